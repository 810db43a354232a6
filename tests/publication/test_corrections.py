"""Merges and splits, from the record to what a node answers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from antiphon.catalogue import plan_split
from antiphon.model.claims import DeliveredId, IdScheme
from antiphon.model.decisions import AnchorName, Decision, Effect, Merge, Split, Takedown, TargetKind
from antiphon.model.entities import EntityKind
from antiphon.model.errors import Refused
from antiphon.model.statement import Statement
from antiphon.publication import deciding
from antiphon.record import reading, writing
from antiphon.record.deciding import decide, list_anchors, undo
from antiphon.record.instants import format_instant
from antiphon.record.rebuild import recompute
from antiphon.record.tables import contributions, entities
from antiphon.segments import DocumentKind, DocumentView
from tests.builders import a_statement, changed
from tests.publication.test_publisher import NOW, House, an_update

NAMES = ("Mira Vale", "Mira  Vayle")


def titled(name: str, icpn: str) -> Statement:
    """Return a release by an artist of this name, under a barcode of its own."""
    statement = a_statement()
    resources = tuple(
        changed(r, display_artists=tuple(changed(c, name=name, ids=()) for c in r.display_artists))
        for r in statement.resources
    )
    first = statement.releases[0]
    release = changed(
        first,
        ids=(DeliveredId(scheme=IdScheme.ICPN, text=icpn),),
        display_artists=tuple(changed(c, name=name, ids=()) for c in first.display_artists),
    )
    return changed(statement, resources=resources, releases=(release, *statement.releases[1:]))


@pytest.fixture
def house(tmp_path: Path, record_url: str) -> Iterator[House]:
    """Return a house with two releases by what may be one artist, published and followed: on each engine in turn."""
    house = House(tmp_path, record_url)
    for number, (name, icpn) in enumerate(zip(NAMES, ("96385074", "00602577318801"), strict=True), 1):
        house.commit(an_update(titled(name, icpn), number), number)
    house.catch_up()
    yield house
    house.close()


def artists(house: House) -> list[str]:
    with reading(house.engine) as conn:
        query = select(entities.c.id).where(entities.c.kind == "artist").order_by(entities.c.id)
        return list(conn.execute(query).scalars())


def everything(house: House) -> set[tuple[object, ...]]:
    """Return the whole catalogue as it is stored, byte for byte."""
    with reading(house.engine) as conn:
        rows = [tuple(row) for table in (entities, contributions) for row in conn.execute(select(table))]
        assert recompute(conn) == []
    return set(rows)


def a_correction(effect: Effect, target: str, number: int = 1) -> Decision:
    return Decision(
        id=f"c{number}",
        effect=effect,
        target_kind=TargetKind.ARTIST,
        target_id=target,
        decided_by="ana",
        decided_at=f"2026-11-22T10:00:{number:02}Z",
        reason="the label says so",
    )


def a_merge(target: str, into: str, number: int = 1) -> Decision:
    return a_correction(Merge(into_id=into), target, number)


def a_split(target: str, into: str, anchor: AnchorName, number: int = 1) -> Decision:
    return a_correction(Split(into_id=into, anchors=(anchor,)), target, number)


def served_artist(house: House, artist_id: str) -> bytes | None:
    with house.follower.replica.transaction() as view:
        data = view.get(DocumentKind.ARTIST, artist_id)
    return DocumentView(data).body() if data is not None else None


def test_a_merge_joins_two_pages_and_its_undo_restores_the_catalogue_byte_for_byte(house: House) -> None:
    before, (one, other) = everything(house), artists(house)
    own = served_artist(house, one)
    with writing(house.engine) as conn:
        assert decide(conn, a_merge(one, other), NOW) > 0
    house.catch_up()
    assert artists(house) == [other]
    assert everything(house) != before
    assert served_artist(house, one) == served_artist(house, other) is not None
    with writing(house.engine) as conn:
        undo(conn, "c1", by="ben", now=NOW)
    house.catch_up()
    assert everything(house) == before
    assert served_artist(house, one) == own != served_artist(house, other)


def test_a_split_after_a_merge_restores_the_catalogue_byte_for_byte_and_the_old_id_means_itself_again(
    house: House,
) -> None:
    before, (one, other) = everything(house), artists(house)
    own = served_artist(house, one)
    with writing(house.engine) as conn:
        anchor = list_anchors(conn, EntityKind.ARTIST, one)[0]
        decide(conn, a_merge(one, other), NOW)
    house.catch_up()
    with writing(house.engine) as conn:
        decide(conn, a_split(other, one, anchor, number=2), NOW)
    house.catch_up()
    assert everything(house) == before
    assert served_artist(house, one) == own != served_artist(house, other)


def test_an_old_id_leads_on_through_a_merge_of_a_merge(house: House) -> None:
    one, other = artists(house)
    with reading(house.engine) as conn:
        anchor = list_anchors(conn, EntityKind.ARTIST, other)[0]
    third = plan_split("c2", EntityKind.ARTIST, [anchor])
    with writing(house.engine) as conn:
        decide(conn, a_merge(one, other), NOW)
    house.catch_up()
    with writing(house.engine) as conn:
        decide(conn, a_split(other, third, anchor, number=2), NOW)
        decide(conn, a_merge(other, third, number=3), NOW)
    house.catch_up()
    assert artists(house) == [third]
    assert served_artist(house, one) == served_artist(house, other) == served_artist(house, third) is not None


def test_a_split_gives_one_release_to_somebody_else_of_the_same_name(house: House) -> None:
    house.commit(an_update(titled(NAMES[0], "4006381333931"), 3), 3)
    assert len(artists(house)) == 2
    with reading(house.engine) as conn:
        named = {name: i for i in artists(house) for name in list_anchors(conn, EntityKind.ARTIST, i)}
    anchor = next(name for name in named if name.anchor == "name:mira vale")
    moved = changed(anchor, release="icpn:04006381333931")
    new = plan_split("c1", EntityKind.ARTIST, [moved])
    with writing(house.engine) as conn:
        decide(conn, a_split(named[anchor], new, moved), NOW)
    house.catch_up()
    assert sorted({*named.values(), new}) == artists(house)
    everything(house)
    house.commit(an_update(titled(NAMES[0], "4006381333931"), 4), 4)  # an update keeps what was decided
    assert new in artists(house)


def test_what_would_bring_music_back_that_was_taken_down_is_refused(house: House) -> None:
    one, other = artists(house)
    takedown = Decision(
        id="t1",
        effect=Takedown(),
        target_kind=TargetKind.ARTIST,
        target_id=one,
        decided_by="on call",
        decided_at=format_instant(NOW),
        reason="court order",
    )
    deciding.decide(house.engine, house.blobs, takedown, NOW)
    with writing(house.engine) as conn, pytest.raises(Refused, match="taken down"):
        decide(conn, a_merge(one, other), NOW)
    with writing(house.engine) as conn:
        decide(conn, a_merge(other, one), NOW)
    with writing(house.engine) as conn, pytest.raises(Refused, match="taken down"):
        undo(conn, "c1", by="ben", now=NOW)


def test_what_cannot_be_corrected_is_refused_and_says_why(house: House) -> None:
    one, other = artists(house)
    merge = a_merge(one, other)
    refusals = {
        "itself already": changed(merge, effect=Merge(into_id=one)),
        "no artist": changed(merge, target_id="0" * 22),
        "needs the name": changed(merge, reason=""),
        "about one of: artist, recording": changed(merge, target_kind=TargetKind.ALBUM),
    }
    for match, correction in refusals.items():
        with writing(house.engine) as conn, pytest.raises(Refused, match=match):
            decide(conn, correction, NOW)
    with writing(house.engine) as conn, pytest.raises(Refused, match="does not mean"):
        decide(conn, a_split(one, other, AnchorName(provider="x", anchor="y")), NOW)
    with writing(house.engine) as conn:
        decide(conn, merge, NOW)
    with writing(house.engine) as conn, pytest.raises(Refused, match=f"merged into {other}"):
        decide(conn, changed(merge, id="c9"), NOW)
