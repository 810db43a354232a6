"""The score of each release whenever it changed. One row a change, for ever; the newest is the score it has now."""

from collections.abc import Iterable, Mapping

import msgspec
from sqlalchemy import Connection, RowMapping, Select, bindparam, case, exists, func, insert, literal, select

from antiphon.catalogue import CurrentStatement
from antiphon.catalogue.quality import Count, Quality, measure_quality
from antiphon.catalogue.quality_dimensions import POLICY_VERSION, Dimension
from antiphon.model.entities import Album, EntityKind
from antiphon.model.findings import Finding
from antiphon.record.catalogue import load_album, load_inputs
from antiphon.record.changes import Cause
from antiphon.record.instants import format_instant
from antiphon.record.quality_tables import quality_days, quality_scores
from antiphon.record.statements import list_current_keys
from antiphon.record.timeline import load_findings

Counts = Mapping[Dimension, Count]

COUNTS = msgspec.json.Decoder(dict[Dimension, Count])

DAY_LENGTH = len("2026-12-24")

_EARLIER = quality_scores.alias("earlier")
_VALUES = {
    column.name: bindparam(f"new_{column.name}", type_=column.type)
    for column in quality_scores.columns
    if column.name not in ("number", "day")
}
_NUMBER = select(func.max(_EARLIER.c.number)).where(_EARLIER.c.album_id == bindparam("new_album_id")).scalar_subquery()
_IS_KNOWN = exists().where(
    _EARLIER.c.number == _NUMBER,
    *(_EARLIER.c[name] == _VALUES[name] for name in ("album_id", "provider", "is_counted", "score_bp", "counts")),
)
_OPEN_DAY = select(quality_days.c.next_day).order_by(quality_days.c.day.desc()).limit(1).scalar_subquery()
_DAY = bindparam("new_day", type_=quality_scores.c.day.type)

# Built once, since every delivery makes it: see ``entries``. One statement, whatever was there before.
_ADD = insert(quality_scores).from_select(
    [*_VALUES, "number", "day"],
    select(
        *_VALUES.values(),
        func.coalesce(_NUMBER, literal(0)) + 1,
        case((func.coalesce(_OPEN_DAY, literal("")) > _DAY, _OPEN_DAY), else_=_DAY),
    ).where(~_IS_KNOWN),
)


class ReleaseScore(msgspec.Struct, frozen=True, kw_only=True):
    """The score a release came to at an instant. ``number`` counts its scores from 1; ``delivery_id`` None: a decision
    made it so. A release that is not ``is_counted`` was purged."""

    album_id: str
    number: int
    provider: str
    release_key: str
    delivery_id: str | None
    measured_at: str
    day: str
    is_counted: bool
    score_bp: int
    counts: Counts


def record_quality(
    conn: Connection, current: CurrentStatement, album_id: str, findings: Iterable[Finding], cause: Cause
) -> None:
    """Measure a release and keep its score where that is another one than before; the head row must be locked.

    ``findings`` are those of the delivery that describes the release. One statement, which reads nothing of others.
    """
    quality = measure_current(current, findings)
    _add_score(
        conn,
        cause,
        album_id=album_id,
        provider=find_owner(current),
        release_key=current.release_key,
        is_counted=not current.is_purged,
        score_bp=quality.score_bp,
        counts=encode_counts(quality.counts),
    )


def end_quality(conn: Connection, album: Album, cause: Cause) -> None:
    """Keep that an album which was taken off the catalogue counts no more; the head row must be locked."""
    gone = {"album_id": album.id, "provider": album.provider, "release_key": album.release_key}
    _add_score(conn, cause, **gone, is_counted=False, score_bp=0, counts=encode_counts({}))


def measure_current(current: CurrentStatement, findings: Iterable[Finding]) -> Quality:
    """Return the quality of what counts for a release now; of one that was purged nothing is asked."""
    return measure_quality(current.statement, current.media, () if current.is_purged else findings)


def measure_album(conn: Connection, album: Album) -> Quality | None:
    """Return the quality of a release as the record has it now, with every loss; None: nothing describes it."""
    inputs = load_inputs(conn, album.provider, album.release_key)
    if inputs is None:
        return None
    return measure_current(inputs.current, load_findings(conn, inputs.current.delivery_id))


def list_scores(conn: Connection, album_id: str, *, limit: int) -> tuple[ReleaseScore, ...]:
    """Return the scores a release had, newest first."""
    query = (
        select(quality_scores)
        .where(quality_scores.c.album_id == album_id)
        .order_by(quality_scores.c.number.desc())
        .limit(limit)
    )
    return tuple(_read_score(row) for row in conn.execute(query).mappings())


def list_worst(conn: Connection, provider: str, *, limit: int) -> tuple[ReleaseScore, ...]:
    """Return a provider's releases with the lowest scores, the worst first; it reads as many rows as it returns, and
    those of lower scores that are history."""
    query = _select_newest().where(quality_scores.c.provider == provider, quality_scores.c.is_counted)
    query = query.order_by(quality_scores.c.score_bp, quality_scores.c.album_id).limit(limit)
    return tuple(_read_score(row) for row in conn.execute(query).mappings())


def find_album(conn: Connection, key: str, provider: str | None) -> Album | None:
    """Return the album of this id or this release key; None: there is none, or not of this provider.

    ``provider`` None: of anybody; where several have a release of one key, of the first by name.
    """
    query = _select_newest().where((quality_scores.c.album_id == key) | (quality_scores.c.release_key == key))
    if provider is not None:
        query = query.where(quality_scores.c.provider == provider)
    row = conn.execute(query.order_by(quality_scores.c.provider).limit(1)).one_or_none()
    return load_album(conn, row.album_id) if row is not None else None


def find_differing(conn: Connection) -> list[str]:
    """Return the ids of the albums whose kept score is another one than is measured now, sorted; empty: proven.

    Measures every release anew from its statement, media and findings, and writes nothing.
    """
    measured: dict[str, tuple[object, ...]] = {}
    for provider, release_key in list_current_keys(conn):
        inputs = load_inputs(conn, provider, release_key)
        album_id = inputs.links[EntityKind.ALBUM, release_key] if inputs is not None else ""
        if inputs is not None and album_id not in measured:
            current = inputs.current
            quality = measure_current(current, load_findings(conn, current.delivery_id))
            is_counted, counts = not current.is_purged, encode_counts(quality.counts)
            measured[album_id] = (find_owner(current), is_counted, quality.score_bp, counts)
    rows = (row for row in conn.execute(_select_newest()) if row.is_counted or row.album_id in measured)
    kept = {row.album_id: (row.provider, row.is_counted, row.score_bp, row.counts) for row in rows}
    return sorted(i for i in kept.keys() | measured.keys() if kept.get(i) != measured.get(i))


def find_owner(current: CurrentStatement) -> str:
    """Return whose release it is, whoever's statement describes it."""
    return current.owner or current.provider


def encode_counts(counts: Counts) -> str:
    """Return counts as the record keeps them; equal counts give equal text."""
    return msgspec.json.encode(counts).decode()


def _add_score(conn: Connection, cause: Cause, **content: object) -> None:
    at = format_instant(cause.at)
    made = {"delivery_id": cause.delivery_id, "measured_at": at, "day": at[:DAY_LENGTH]}
    row = {**content, **made, "policy_version": POLICY_VERSION}
    conn.execute(_ADD, {f"new_{name}": value for name, value in row.items()})


def _select_newest() -> Select[tuple[object, ...]]:
    later = quality_scores.alias("later")
    is_superseded = exists().where(
        later.c.album_id == quality_scores.c.album_id, later.c.number == quality_scores.c.number + 1
    )
    return select(quality_scores).where(~is_superseded)


def _read_score(row: RowMapping) -> ReleaseScore:
    known = {name: row[name] for name in ReleaseScore.__struct_fields__ if name != "counts"}
    return ReleaseScore(**known, counts=COUNTS.decode(row["counts"]))
