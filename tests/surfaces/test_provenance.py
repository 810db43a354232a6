"""What is told of where a field is from, and to whom; on both databases."""

from collections.abc import Iterator

import msgspec
import pytest

from antiphon.model.decisions import Decision, Takedown, TargetKind
from antiphon.model.entities import RECORDED_KINDS, EntityKind
from antiphon.model.errors import Refused
from antiphon.record import deciding, open_record, reading, writing
from antiphon.surfaces.explain.provenance import (
    AnsweredField,
    DecisionSource,
    FileSource,
    Giver,
    ProvenanceAnswer,
    StatementSource,
    answer_provenance,
    say_source,
)
from tests.builders import ARTIST, a_cover, a_recording, a_release, a_statement, changed
from tests.supply import AUDIO, NOW, Supply, a_purge, created, entitled


@pytest.fixture
def supply(record_url: str) -> Iterator[Supply]:
    engine = open_record(record_url)
    yield Supply(engine)
    engine.dispose()


def answer(supply: Supply, kind: EntityKind, entity_id: str, field: str = "") -> ProvenanceAnswer:
    with reading(supply.engine) as conn:
        found = answer_provenance(conn, kind, entity_id, field)
    assert found is not None
    return found


def one(supply: Supply, kind: EntityKind, entity_id: str, field: str) -> AnsweredField:
    return answer(supply, kind, entity_id, field).fields[0]


def test_of_what_is_not_there_nothing_is_told_and_a_wrong_field_is_refused_with_the_right_ones(supply: Supply) -> None:
    supply.deliver(entitled("Harbour Lights", 1))
    with reading(supply.engine) as conn:
        for kind in RECORDED_KINDS:
            assert answer_provenance(conn, kind, "nothing") is None
        with pytest.raises(Refused, match="'name'; it has: title, type, artists, label"):
            answer_provenance(conn, EntityKind.ALBUM, supply.album().id, "name")


def test_the_public_learns_who_gave_a_field_and_nothing_more(supply: Supply) -> None:
    supply.deliver(entitled("Harbour Lights", 1))
    told = msgspec.to_builtins(answer(supply, EntityKind.ALBUM, supply.album().id).for_everyone())
    assert told.keys() == {"kind", "id", "fields"}
    assert all(field.keys() == {"field", "given_by"} for field in told["fields"])


def test_a_title_is_from_the_newest_message_of_its_owner(supply: Supply) -> None:
    newest, _ = supply.deliver(entitled("Newest", 3))
    supply.deliver(entitled("Older", 2))
    field = one(supply, EntityKind.ALBUM, supply.album().id, "title")
    assert (field.value, field.given_by) == ("Newest", Giver.PROVIDER)
    assert field.sources == (
        StatementSource(
            delivery_id=newest,
            message="north/1.xml",
            line=65,
            path="ReleaseList/Release[1]",
            part="releases[0].titles[0]",
        ),
    )
    assert say_source(field.sources[0]) == "north/1.xml:65  ReleaseList/Release[1]  (releases[0].titles[0])"


def test_a_file_is_named_by_the_delivery_that_brought_it(supply: Supply) -> None:
    first, _ = supply.deliver(entitled("With audio", 1))
    supply.deliver(entitled("Without", 2), files={})
    track = supply.album().tracks[0]
    assert one(supply, EntityKind.TRACK, track.id, "duration_ms").sources == (
        FileSource(delivery_id=first, path="resources/01.flac", blob=AUDIO),
    )
    claimed = one(supply, EntityKind.TRACK, supply.album().tracks[1].id, "duration_ms")
    assert isinstance(claimed.sources[0], StatementSource)


def test_what_nobody_says_is_given_by_nobody(supply: Supply) -> None:
    supply.deliver(created(a_statement(releases=(a_release(labels=()), *a_statement().releases[1:])), 1))
    assert one(supply, EntityKind.ALBUM, supply.album().id, "label").given_by is Giver.NOBODY


def test_rights_name_their_deals_and_what_takes_them_away(supply: Supply) -> None:
    supply.deliver(entitled("Harbour Lights", 1))
    album = supply.album()
    decision = Decision(
        id="down1",
        effect=Takedown(),
        target_kind=TargetKind.ALBUM,
        target_id=album.id,
        decided_by="ana",
        decided_at="2026-11-22T09:00:00Z",
        reason="court order",
    )
    with writing(supply.engine) as conn:
        deciding.decide(conn, decision, NOW)
    field = one(supply, EntityKind.TRACK, album.tracks[0].id, "intervals")
    taken, deal = field.sources
    assert field.given_by is Giver.DECISION
    assert isinstance(taken, DecisionSource)
    assert (taken.id, taken.kind, taken.decided_by, taken.reason) == ("down1", "takedown", "ana", "court order")
    assert isinstance(deal, StatementSource)
    assert (deal.part, deal.line) == ("release_deals[0].deals[0]", 90)
    with writing(supply.engine) as conn:
        deciding.undo(conn, "down1", by="ana", now=NOW)
    assert one(supply, EntityKind.TRACK, album.tracks[0].id, "intervals").sources == (deal,)


def test_after_a_purge_the_description_is_from_one_message_and_the_lack_of_rights_from_another(supply: Supply) -> None:
    described, _ = supply.deliver(entitled("Harbour Lights", 1))
    purge, _ = supply.deliver(a_purge(2), files={})
    track = supply.album().tracks[0]
    title, rights = (one(supply, EntityKind.TRACK, track.id, name).sources[0] for name in ("title", "intervals"))
    assert isinstance(title, StatementSource)
    assert isinstance(rights, StatementSource)
    assert (title.delivery_id, rights.delivery_id, rights.part) == (described, purge, "")


def test_what_is_shared_is_from_the_newest_statement_of_any_provider(supply: Supply) -> None:
    supply.deliver(entitled("Harbour Lights", 1))
    recording = supply.album().tracks[0].recording_id
    compiled = created(a_statement(1), 2)
    release = a_release(1, ids=(changed(a_release().ids[0], text="00602577318801"),))
    newer, _ = supply.deliver(
        changed(
            compiled,
            resources=(a_recording(1, display_artists=(changed(ARTIST, name="The  Tidemarks"),)), a_cover()),
            releases=(release, *compiled.releases[1:]),
        ),
        provider="south",
    )
    assert supply.album("00602577318801").tracks[0].recording_id == recording
    whole = answer(supply, EntityKind.RECORDING, recording, "title")
    assert (whole.provider, whole.delivery_id) == ("south", newer)
    source = whole.fields[0].sources[0]
    assert isinstance(source, StatementSource)
    assert (source.delivery_id, source.part) == (newer, "resources[0].titles[0]")


def test_every_field_of_every_entity_says_what_the_catalogue_has(supply: Supply) -> None:
    supply.deliver(entitled("Harbour Lights", 1))
    album = supply.album()
    told = {field.field: field.value for field in answer(supply, EntityKind.ALBUM, album.id).fields}
    stored = msgspec.to_builtins(album)
    assert told == {name: stored[name] for name in told}
    told = {field.field: field.value for field in answer(supply, EntityKind.TRACK, album.tracks[0].id).fields}
    stored = msgspec.to_builtins(album.tracks[0])
    assert told.keys() == stored.keys() - {"id", "album_id", "recording_id"}
    assert all(told[name] == stored[name] for name in told.keys() - {"intervals"})
    assert "SE" in {code for interval in told["intervals"] for code in interval["territories"]}
    artist = answer(supply, EntityKind.ARTIST, album.artists[0].artist_id).fields[0]
    assert (artist.field, artist.value) == ("name", "The Tidemarks")
