"""Conflicts in the record: they last as long as their reason, and everybody asks with few queries."""

from typing import Any

import pytest
from sqlalchemy import Engine, event

from antiphon.catalogue import Conflict
from antiphon.model.claims import Credit, IdScheme, ScopedText
from antiphon.model.entities import EntityKind
from antiphon.record import reading
from antiphon.record.catalogue import find_entities
from antiphon.record.conflicts import list_conflicts
from tests.builders import a_deal, a_recording, changed, some_deals
from tests.databases import ON_SQLITE
from tests.record.deliveries import ICPN, NOW, OTHER_ICPN, an_album, apply

ANOTHER_SONG: dict[str, Any] = {
    "titles": (ScopedText(value="Night Ferry"),),
    "display_artists": (Credit(name="Ilse Marr"),),
    "duration_ms": 241_000,
}


def conflicts_of(engine: Engine, provider: str | None) -> tuple[Conflict, ...]:
    with reading(engine) as conn:
        return list_conflicts(conn, int(NOW.timestamp()), provider=provider)


def test_nobody_has_a_conflict_about_one_recording(engine: Engine) -> None:
    apply(engine, an_album(a_recording(1)))
    apply(engine, an_album(a_recording(1), icpn=OTHER_ICPN), provider="south")
    assert conflicts_of(engine, None) == conflicts_of(engine, "north") == ()


def test_one_isrc_on_two_recordings_is_told_to_both_sides_until_it_is_corrected(engine: Engine) -> None:
    apply(engine, an_album(a_recording(1)))
    apply(engine, an_album(a_recording(1, **ANOTHER_SONG), icpn=OTHER_ICPN), provider="south")
    with reading(engine) as conn:
        kinds = [kind for kind, _ in find_entities(conn, "isrc", "QZANT2600001")]
    assert kinds.count(EntityKind.RECORDING) == 2
    (north,), (south,), (everybody) = (
        conflicts_of(engine, "north"),
        conflicts_of(engine, "south"),
        conflicts_of(engine, None),
    )
    assert north == south == everybody[0]
    assert {(claim.provider, claim.title) for claim in north.claims} == {
        ("north", "Harbour Light No. 1"),
        ("south", "Night Ferry"),
    }
    assert conflicts_of(engine, "east") == ()
    apply(engine, an_album(a_recording(2, **ANOTHER_SONG), icpn=OTHER_ICPN, day=2), provider="south")
    assert conflicts_of(engine, "north") == conflicts_of(engine, "south") == conflicts_of(engine, None) == ()


@pytest.mark.parametrize(("territories", "count"), [(("NO", "SE"), 1), (("NO",), 0)])
def test_one_barcode_of_two_providers_is_a_conflict_where_both_grant_a_territory(
    engine: Engine, territories: tuple[str, ...], count: int
) -> None:
    def granted(*codes: str) -> Any:
        return (some_deals(a_deal(territories=codes), on=("R1",)),)

    apply(engine, changed(an_album(a_recording(1)), release_deals=granted("SE", "FI")))
    apply(engine, changed(an_album(a_recording(1)), release_deals=granted(*territories)), provider="south")
    for provider in ("north", "south", None):
        found = conflicts_of(engine, provider)
        assert [(conflict.scheme, conflict.value) for conflict in found] == [(IdScheme.ICPN, f"0{ICPN}")] * count


@ON_SQLITE
def test_a_provider_is_asked_about_by_its_own_albums_whatever_the_size_of_the_catalogue(engine: Engine) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "AS theirs" in statement:
            asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    conflicts_of(engine, "north")
    event.remove(engine, "before_cursor_execute", note)
    ((statement, parameters),) = asked
    with engine.connect() as conn:
        plan = [row.detail for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    assert plan[0].startswith("SEARCH links USING")
    assert plan[1].startswith("SEARCH mine USING INDEX ix_identifiers_album_id")
