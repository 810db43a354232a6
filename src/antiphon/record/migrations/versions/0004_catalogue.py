"""What the catalogue keeps besides entities: see the functions below, one for each subject.

Frozen: this is what the record looked like then, whatever ``tables`` says today.
"""

import json

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    RowMapping,
    Text,
    column,
    text,
)
from sqlalchemy import table as table_clause

from antiphon.record.triggers import protect_rows, protect_table, refuse_rows

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add each subject's tables and columns."""
    _unify_decisions()
    _add_quality()
    _add_works()
    _order_contributions()
    _add_refusals()
    _add_erasures()


def _unify_decisions() -> None:
    """Keep takedowns, merges and splits as what they are, decisions, in one form with what is to come."""
    kept, undone = _read_decisions(op.get_bind())
    op.execute("DROP TABLE correction_undos")
    op.execute("DROP TABLE corrections")
    op.execute("DROP TABLE decision_undos")
    _replace_decisions()
    op.create_table(
        "decision_undos",
        Column("decision_id", Text, ForeignKey("decisions.id"), primary_key=True),
        _given("undone_by"),
        Column("undone_at", Text, nullable=False),
    )
    op.create_table(
        "unfinished_decisions",
        Column("decision_id", Text, ForeignKey("decisions.id"), nullable=False),
        Column("is_undo", Boolean, nullable=False),
        Column("provider", Text, nullable=False),
        Column("release_key", Text, nullable=False),
        Column("worked_at", Text, nullable=False),
        PrimaryKeyConstraint("decision_id", "is_undo"),
    )
    for name, rows in (("decisions", kept), ("decision_undos", undone)):
        if rows:
            op.bulk_insert(table_clause(name, *(column(key) for key in rows[0])), rows)
        protect_rows(name)
    if op.get_context().dialect.name == "postgresql":
        op.create_foreign_key("fk_changes_decision_id", "changes", "decisions", ["decision_id"], ["id"])


def _read_decisions(connection: Connection) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Return the rows of decisions and of their undos, in the new form, of what both pairs of tables had."""
    kept: list[dict[str, object]] = []
    for row in connection.execute(text("SELECT * FROM decisions")).mappings():
        effect = {"type": "takedown", "territories": row["territories"].split()}
        kept.append(_read_decision(row) | {"into_id": None, "effect": json.dumps(effect)})
    for row in connection.execute(text("SELECT * FROM corrections")).mappings():
        effect = {"type": row["kind"], "into_id": row["into_id"]}
        if row["kind"] == "split":
            effect["anchors"] = json.loads(row["anchors"])
        kept.append(_read_decision(row) | {"into_id": row["into_id"], "effect": json.dumps(effect)})
    undone = connection.execute(
        text("SELECT decision_id, undone_by, undone_at FROM decision_undos UNION ALL SELECT * FROM correction_undos")
    )
    return kept, [dict(row) for row in undone.mappings()]


def _read_decision(row: RowMapping) -> dict[str, object]:
    names = ("id", "kind", "target_kind", "target_id", "decided_by", "decided_at", "reason")
    return {name: row[name] for name in names}


def _replace_decisions() -> None:
    """Put the new table of decisions in the place of the old one, to which changes refer."""
    if op.get_context().dialect.name == "postgresql":
        op.drop_constraint("fk_changes_decision_id", "changes")
    else:
        op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("DROP TABLE decisions")
    op.create_table(
        "decisions",
        Column("id", Text, primary_key=True),
        Column("kind", Text, nullable=False, index=True),
        Column("target_kind", Text, nullable=False),
        Column("target_id", Text, nullable=False, index=True),
        Column("into_id", Text, index=True),
        Column("effect", Text, nullable=False),
        _given("decided_by"),
        Column("decided_at", Text, nullable=False, index=True),
        _given("reason"),
        Column("until", Text),
        _one_of("kind", "takedown geoblock hold override merge split transfer erase"),
        _one_of("target_kind", "artist album track recording provider"),
        CheckConstraint("into_id <> target_id", name="means_another"),
        CheckConstraint("(kind IN ('merge', 'split')) = (into_id IS NOT NULL)", name="leads_somewhere"),
        CheckConstraint("until > decided_at", name="ends_later"),
        CheckConstraint("until IS NULL OR kind IN ('takedown', 'geoblock', 'hold')", name="may_end"),
    )


def _given(name: str) -> Column[str]:
    return Column(name, Text, CheckConstraint(f"{name} <> ''", name=f"{name}_is_given"), nullable=False)


def _one_of(name: str, values: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values.split())
    return CheckConstraint(f"{name} IN ({listed})", name=f"{name}_is_known")


def _add_quality() -> None:
    """Keep the score of each release whenever it changes, and what the catalogue came to each day."""
    op.create_table(
        "quality_scores",
        Column("album_id", Text, CheckConstraint("length(album_id) = 22", name="album_id_is_whole"), nullable=False),
        Column("number", Integer, CheckConstraint("number >= 1", name="number_counts_from_1"), nullable=False),
        Column("provider", Text, ForeignKey("providers.id"), nullable=False),
        Column("release_key", Text, nullable=False),
        Column("delivery_id", Text, ForeignKey("deliveries.id")),
        Column("measured_at", Text, nullable=False),
        Column("day", Text, nullable=False, index=True),
        Column("policy_version", Integer, nullable=False),
        Column("is_counted", Boolean, nullable=False),
        Column(
            "score_bp",
            Integer,
            CheckConstraint("score_bp BETWEEN 0 AND 10000", name="score_is_a_share"),
            nullable=False,
        ),
        Column("counts", Text, nullable=False),
        PrimaryKeyConstraint("album_id", "number"),
        Index("ix_quality_scores_provider_score_bp", "provider", "score_bp"),
    )
    op.create_table(
        "quality_days",
        Column("day", Text, nullable=False),
        Column("provider", Text, ForeignKey("providers.id"), nullable=False),
        Column("next_day", Text, CheckConstraint("next_day > day", name="next_day_follows"), nullable=False),
        Column("releases", BigInteger, CheckConstraint("releases >= 0", name="releases_are_counted"), nullable=False),
        Column(
            "points_bp", BigInteger, CheckConstraint("points_bp <= releases * 10000", name="points_fit"), nullable=False
        ),
        Column("counts", Text, nullable=False),
        PrimaryKeyConstraint("day", "provider"),
    )
    for name in ("quality_scores", "quality_days"):
        protect_rows(name)


def _add_works() -> None:
    """Let works be entities like others, which several albums speak of.

    SQLite cannot change a constraint. Copying five tables, one of which has a row for every link there ever was, would
    take minutes; so their definitions are rewritten in place. What they hold fits the wider constraint as it is.
    Source: SQLite, ALTER TABLE, "other kinds of schema changes".
    """
    if op.get_context().dialect.name == "postgresql":
        for name, _, after in _WIDENED:
            constraint = "kind_is_shared" if name == "contributions" else "kind_is_known"
            op.drop_constraint(op.f(f"ck_{name}_{constraint}"), name)
            op.create_check_constraint(op.f(f"ck_{name}_{constraint}"), name, f"kind IN {after}")
        return
    connection = op.get_bind()
    version = connection.execute(text("PRAGMA schema_version")).scalar_one()
    op.execute("PRAGMA writable_schema = ON")
    for name, before, after in _WIDENED:
        connection.execute(
            text("UPDATE sqlite_master SET sql = replace(sql, :before, :after) WHERE type = 'table' AND name = :name"),
            {"name": name, "before": f"kind IN {before}", "after": f"kind IN {after}"},
        )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = RESET")


_KINDS = "('artist', 'album', 'track', 'recording')"

_WIDENED = (
    *((name, _KINDS, _KINDS[:-1] + ", 'work')") for name in ("links", "entities", "identifiers", "changes")),
    ("contributions", "('recording', 'artist')", "('recording', 'artist', 'work')"),
)
"""Tables whose constraint lets a further kind in: the kinds before, and after."""


def _order_contributions() -> None:
    """Keep with each contribution where its statement stands, so that an index has the newest of an entity.

    The same digits as ``StatementOrder.digits``. The table is made anew, since SQLite adds columns at its end alone.
    """
    columns = "album_id, kind, entity_id, delivery_id, {}, is_leading, body_format, body"
    op.execute("CREATE TEMPORARY TABLE contributions_before AS SELECT * FROM contributions")
    op.drop_table("contributions")
    op.create_table(
        "contributions",
        Column("album_id", Text, ForeignKey("entities.id"), nullable=False),
        Column("kind", Text, nullable=False),
        Column("entity_id", Text, nullable=False),
        Column("delivery_id", Text, ForeignKey("applied_statements.delivery_id"), nullable=False),
        Column("statement_order", Text, nullable=False),
        Column("is_leading", Boolean, nullable=False),
        Column("body_format", Integer, nullable=False),
        Column("body", LargeBinary, nullable=False),
        CheckConstraint("kind IN ('recording', 'artist', 'work')", name="kind_is_shared"),
        PrimaryKeyConstraint("album_id", "kind", "entity_id"),
        Index("ix_contributions_entity_id_statement_order", "entity_id", "statement_order"),
    )
    orders = f"SELECT delivery_id, {_STATEMENT_ORDER} AS digits FROM applied_statements"  # noqa: S608 - ours
    rows = f"SELECT {columns.format('digits')} FROM contributions_before JOIN orders"  # noqa: S608 - ours
    rows = f"WITH orders AS ({orders}) {rows} USING (delivery_id)"
    op.execute(f"INSERT INTO contributions ({columns.format('statement_order')}) {rows}")
    op.execute("DROP TABLE contributions_before")


_CREATED_DIGITS = "created_at"
for _sign in "-:T.Z":
    _CREATED_DIGITS = f"replace({_CREATED_DIGITS}, '{_sign}', '')"
_STATEMENT_ORDER = f"""
    substr({_CREATED_DIGITS} || '{"0" * 20}', 1, 20) || substr(arranged_at || '{"0" * 17}', 1, 17)
    || substr('{"0" * 19}' || receipt, length(CAST(receipt AS TEXT)) + 1)
"""


def _add_refusals() -> None:
    """Let the database refuse what no column's constraint can: see docs/record.md, which names each."""
    for table in ("deliveries", "delivery_files", "arrivals"):
        protect_rows(table)
    for table in _APPEND_ONLY_BEFORE:
        protect_table(table)
    for table, action, when, told in _REFUSALS:
        refuse_rows(table, action, when, told)


_APPEND_ONLY_BEFORE = (
    "timeline",
    "findings",
    "statements",
    "applied_statements",
    "resources",
    "links",
    "changes",
    "publications",
    "agreements",
    "waivers",
    "waiver_undos",
    "audit",
)
"""What earlier migrations protected row by row, and this one left in place."""

_REFUSALS = (
    ("head", "DELETE", "TRUE", "the head row stays"),
    ("head", "UPDATE", "NEW.version < OLD.version", "versions never go back"),
    ("counters", "DELETE", "TRUE", "a counter stays"),
    ("counters", "UPDATE", "NEW.value < OLD.value", "a counter never goes back"),
    (
        "changes",
        "INSERT",
        "NEW.entity_id = '' OR NEW.version > (SELECT version FROM head)"
        " OR (NEW.version > 1 AND NOT EXISTS (SELECT 1 FROM changes WHERE version = NEW.version - 1))",
        "a change is of an entity, follows the one before, and is not ahead of the head",
    ),
    (
        "publications",
        "INSERT",
        "NEW.segment = '' OR NEW.record_version < 0"
        " OR (NEW.version = 1 AND NEW.parent <> '') OR (NEW.version > 1 AND NOT EXISTS"
        " (SELECT 1 FROM publications WHERE version = NEW.version - 1 AND segment = NEW.parent))",
        "a version has a segment and follows that of the version before",
    ),
    (
        "timeline",
        "INSERT",
        "NEW.at = '' OR NEW.elapsed_ms < 0 OR (NEW.position > 1 AND NOT EXISTS"
        " (SELECT 1 FROM timeline WHERE delivery_id = NEW.delivery_id AND position = NEW.position - 1))",
        "an entry has its time and follows the one before",
    ),
    (
        "links",
        "INSERT",
        "EXISTS (SELECT 1 FROM links WHERE entity_id = NEW.entity_id AND kind <> NEW.kind)"
        " OR (NEW.position > 1 AND NOT EXISTS (SELECT 1 FROM links WHERE position = NEW.position - 1))",
        "an id means one kind of thing, and a link follows the one before",
    ),
    (
        "entities",
        "INSERT",
        "EXISTS (SELECT 1 FROM links WHERE entity_id = NEW.id AND kind <> NEW.kind)",
        "an entity is of the kind its links say",
    ),
    ("entities", "UPDATE", "NEW.id <> OLD.id OR NEW.kind <> OLD.kind", "an entity keeps its id and its kind"),
    (
        "deliveries",
        "INSERT",
        "NEW.id = '' OR NEW.content_hash = '' OR NEW.message_path = '' OR NEW.message_blob = ''"
        " OR NEW.received_at = '' OR NEW.message_size_bytes < 0",
        "a delivery has an id, a message with its hashes, and the time it came",
    ),
    ("delivery_files", "INSERT", "NEW.path = '' OR NEW.blob = ''", "a file has a path and a hash"),
    ("findings", "INSERT", "NEW.position < 1 OR NEW.line < 0 OR NEW.rule = ''", "a finding has a place and a rule"),
    (
        "statements",
        "INSERT",
        "NEW.provider <> (SELECT provider FROM deliveries WHERE id = NEW.delivery_id)",
        "a statement is of the provider that delivered it",
    ),
    (
        "applied_statements",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM deliveries WHERE id = NEW.delivery_id AND provider = NEW.provider"
        " AND receipt = NEW.receipt)",
        "a statement is of the provider that delivered it, with its receipt",
    ),
    ("resources", "INSERT", "NEW.reference = '' OR NEW.anchor = ''", "a resource has a reference and an anchor"),
    ("provider_parties", "INSERT", "NEW.dpid = ''", "a party has a DPID"),
    ("clients", "INSERT", "NEW.id = '' OR NEW.tier NOT IN ('free', 'premium')", "a client has an id and a known tier"),
    ("clients", "UPDATE", "NEW.id <> OLD.id OR NEW.tier NOT IN ('free', 'premium')", "a client keeps its id"),
    ("waivers", "INSERT", "NEW.until <> '' AND NEW.until <= NEW.waived_at", "a waiver ends after it begins"),
    ("uploads", "INSERT", "NEW.expires_at < NEW.created_at", "an upload ends after it begins"),
    ("decisions", "INSERT", "NEW.id = '' OR NEW.target_id = ''", "a decision is about something"),
    ("audit", "INSERT", "NEW.action = ''", "an act is named"),
)
"""What is refused: of which table's rows, when, and in which words. The conditions ask indexes alone."""


def _add_erasures() -> None:
    """Keep which deliveries are erased, and let the body of the statement of such a one be emptied, nothing else."""
    op.create_table(
        "erasures",
        Column("delivery_id", Text, ForeignKey("deliveries.id"), primary_key=True),
        Column("decision_id", Text, ForeignKey("decisions.id"), nullable=False),
        Column("erased_at", Text),
    )
    stays = " OR ".join(
        f"NEW.{name} <> OLD.{name}" for name in ("delivery_id", "provider", "release_key", "body_format")
    )
    is_erased = "EXISTS (SELECT 1 FROM erasures WHERE delivery_id = OLD.delivery_id)"
    when = f"{stays} OR length(NEW.body) > 0 OR NOT {is_erased}"
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP TRIGGER statements_is_append_only ON statements")
        op.execute(
            "CREATE TRIGGER statements_is_append_only BEFORE DELETE ON statements "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        refuse_rows("statements", "UPDATE", when, "statements is append-only")
        return
    op.execute("DROP TRIGGER statements_refuses_update")
    op.execute(
        f"CREATE TRIGGER statements_refuses_update BEFORE UPDATE ON statements WHEN {when} "
        "BEGIN SELECT RAISE(ABORT, 'statements is append-only'); END"
    )
