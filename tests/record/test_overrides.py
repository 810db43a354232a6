"""Fields that people gave a value of their own: on both databases, through deliveries, rebuild and undo."""

import msgspec
import pytest
from sqlalchemy import Engine, select

from antiphon.catalogue import OVERRIDABLE
from antiphon.model.decisions import Decision, Override, TargetKind
from antiphon.model.entities import AlbumType, EntityKind
from antiphon.model.errors import Refused
from antiphon.record import reading
from antiphon.record.catalogue import load_artist, load_recording
from antiphon.record.changes import changes_after, head_version
from antiphon.record.tables import album_tracks, contributions, entities, identifiers
from antiphon.surfaces.explain.provenance import DecisionSource, Giver, answer_provenance
from tests.builders import a_release, a_statement, changed
from tests.supply import Supply, created, entitled

OTHER_ICPN = "00602577318801"


@pytest.fixture
def supply(engine: Engine) -> Supply:
    return Supply(engine)


def decide(supply: Supply, kind: TargetKind, target: str, field: str, value: object, *, number: int = 1) -> str:
    """Override a field; return the decision's id."""
    decision = Decision(
        id=f"override{number}",
        effect=Override(field=field, value=msgspec.json.encode(value).decode()),
        target_kind=kind,
        target_id=target,
        decided_by="ana",
        decided_at=f"2026-11-22T09:00:{number:02}Z",
        reason="as the label asked by mail",
    )
    return supply.decide(decision)


def everything(supply: Supply) -> set[tuple[object, ...]]:
    """Return the whole catalogue as it is stored, byte for byte, proven to be what its inputs say."""
    assert supply.is_proven()
    with reading(supply.engine) as conn:
        tables = (entities, contributions, identifiers, album_tracks)
        return {(table.name, *row) for table in tables for row in conn.execute(select(table))}


@pytest.mark.parametrize(
    ("kind", "field", "value", "said"),
    [
        (TargetKind.ALBUM, "upc", "1", "'upc' cannot be overridden; of album entities these can: title, type, label, "),
        (TargetKind.TRACK, "isrc", "1", "of track entities these can: title, explicit"),
        (TargetKind.ARTIST, "title", "1", "of artist entities these can: name"),
        (TargetKind.ALBUM, "title", " ", "title cannot be .* expected a text of 1 to 1000 characters"),
        (TargetKind.ALBUM, "title", "a\nb", "title cannot be .* characters that can be shown"),
        (TargetKind.ALBUM, "title", 7, "title cannot be 7; expected a text"),
        (TargetKind.ALBUM, "type", "EP", 'type cannot be "EP"; expected one of album, single, compilation'),
        (TargetKind.ALBUM, "release_date", "2026-02-30", "release_date cannot be .* expected a date as YYYY"),
        (TargetKind.ALBUM, "release_date", "soon", "expected a date as YYYY"),
        (TargetKind.ALBUM, "genres", "Folk", "expected a list of at most 20 texts, none twice"),
        (TargetKind.ALBUM, "genres", ["Folk", "Folk"], "expected a list of at most 20 texts, none twice"),
        (TargetKind.TRACK, "explicit", "yes", "expected true or false"),
    ],
)
def test_a_field_or_a_value_that_cannot_be_is_refused_with_what_can(
    supply: Supply, kind: TargetKind, field: str, value: object, said: str
) -> None:
    supply.deliver(entitled("Harbour Lights", 1))
    before = everything(supply)
    album = supply.album()
    targets = {TargetKind.ALBUM: album.id, TargetKind.TRACK: album.tracks[0].id}
    with pytest.raises(Refused, match=said):
        decide(supply, kind, targets.get(kind, album.artists[0].artist_id), field, value)
    assert everything(supply) == before


def test_every_field_that_can_be_overridden_is_shown_so_until_it_is_undone_and_then_as_it_was(supply: Supply) -> None:
    supply.deliver(entitled("Harbour Lights", 1))
    before = everything(supply)
    album = supply.album()
    targets = {
        TargetKind.ALBUM: album.id,
        TargetKind.TRACK: album.tracks[0].id,
        TargetKind.RECORDING: album.tracks[0].recording_id,
        TargetKind.ARTIST: album.artists[0].artist_id,
    }
    values = {
        "type": "compilation",
        "release_date": "1999-09",
        "genres": ("Ska",),
        "explicit": True,
        "is_explicit": True,
    }
    decided: list[str] = []
    for kind, fields in OVERRIDABLE.items():
        for field in fields:
            value = values.get(field, "Decided")
            decision = decide(supply, kind, targets[kind], field, value, number=len(decided) + 1)
            decided.append(decision)
            with reading(supply.engine) as conn:
                answer = answer_provenance(conn, EntityKind(kind.value), targets[kind], field)
            assert answer is not None
            source = answer.fields[0].sources[0]
            assert (answer.fields[0].value, answer.fields[0].given_by) == (value, Giver.DECISION)
            assert isinstance(source, DecisionSource)
            assert (source.id, source.decided_by, source.reason) == (decision, "ana", "as the label asked by mail")
    shown = supply.album()
    assert (shown.title, shown.type, shown.release_date) == ("Decided", AlbumType.COMPILATION, "1999-09")
    assert supply.is_proven()
    for decision in decided:
        supply.undo(decision)
    assert everything(supply) == before


def test_it_holds_through_later_deliveries_and_only_for_its_field(supply: Supply) -> None:
    supply.deliver(entitled("Harbor Lights", 1))
    decide(supply, TargetKind.ALBUM, supply.album().id, "title", "Harbour Lights")
    newer = entitled("Harbor Lights (Deluxe)", 2)
    release = changed(newer.releases[0], labels=(changed(newer.releases[0].labels[0], value="Lantern"),))
    supply.deliver(changed(newer, releases=(release, *newer.releases[1:])))
    assert (supply.album().title, supply.album().label) == ("Harbour Lights", "Lantern")
    assert supply.is_proven()
    supply.undo("override1")
    assert supply.album().title == "Harbor Lights (Deluxe)"


def test_of_two_the_last_word_counts_and_undoing_it_gives_the_one_before(supply: Supply) -> None:
    supply.deliver(entitled("First", 1))
    album = supply.album().id
    decide(supply, TargetKind.ALBUM, album, "title", "Second", number=1)
    decide(supply, TargetKind.ALBUM, album, "title", "Third", number=2)
    assert supply.album().title == "Third"
    supply.undo("override1")
    assert supply.album().title == "Third"
    supply.undo("override2")
    assert supply.album().title == "First"


def test_what_is_decided_of_a_recording_holds_on_every_track_that_has_nothing_of_its_own(supply: Supply) -> None:
    supply.deliver(entitled("Harbour Lights", 1))
    compiled = created(a_statement(1), 2)
    release = a_release(1, ids=(changed(a_release().ids[0], text=OTHER_ICPN),))
    supply.deliver(changed(compiled, releases=(release, *compiled.releases[1:])), provider="south")
    mine, theirs = supply.album().tracks[0], supply.album(OTHER_ICPN).tracks[0]
    assert mine.recording_id == theirs.recording_id
    decide(supply, TargetKind.RECORDING, mine.recording_id, "is_explicit", True, number=1)
    assert supply.album().tracks[0].explicit
    assert supply.album(OTHER_ICPN).tracks[0].explicit
    decide(supply, TargetKind.TRACK, theirs.id, "explicit", False, number=2)
    assert supply.album().tracks[0].explicit
    assert not supply.album(OTHER_ICPN).tracks[0].explicit
    with reading(supply.engine) as conn:
        recording = load_recording(conn, mine.recording_id)
    assert recording is not None
    assert recording.is_explicit
    assert supply.is_proven()


def test_an_artists_name_is_spelled_so_wherever_it_is_credited(supply: Supply) -> None:
    supply.deliver(entitled("Harbour Lights", 1))
    artist_id = supply.album().artists[0].artist_id
    decide(supply, TargetKind.ARTIST, artist_id, "name", "The Tide Marks")
    album = supply.album()
    credits_of_it = [*album.artists, *(credit for track in album.tracks for credit in track.artists)]
    assert {credit.name for credit in credits_of_it if credit.artist_id == artist_id} == {"The Tide Marks"}
    with reading(supply.engine) as conn:
        artist = load_artist(conn, artist_id)
    assert artist is not None
    assert artist.name == "The Tide Marks"
    assert supply.is_proven()


def test_an_override_is_a_change_that_nodes_follow_and_names_its_decision(supply: Supply) -> None:
    supply.deliver(entitled("Harbour Lights", 1))
    with reading(supply.engine) as conn:
        version = head_version(conn)
    decision = decide(supply, TargetKind.ALBUM, supply.album().id, "label", "Lantern")
    with reading(supply.engine) as conn:
        changes = changes_after(conn, version, 10)
    assert (EntityKind.ALBUM, supply.album().id) in {(change.kind, change.entity_id) for change in changes}
    assert {change.decision_id for change in changes} == {decision}


def test_a_corrected_track_changes_no_list_of_albums_and_no_other_track_of_its_recording(supply: Supply) -> None:
    supply.deliver(entitled("Harbour Lights", 1))
    album = supply.album()
    with reading(supply.engine) as conn:
        version = head_version(conn)
    decide(supply, TargetKind.TRACK, album.tracks[0].id, "title", "Harbour Dark")
    with reading(supply.engine) as conn:
        kinds = {change.kind for change in changes_after(conn, version, 100)}
    assert kinds == {EntityKind.ALBUM, EntityKind.TRACK}


def test_a_corrected_album_title_changes_the_lists_of_its_artists(supply: Supply) -> None:
    supply.deliver(entitled("Harbour Lights", 1))
    album = supply.album()
    with reading(supply.engine) as conn:
        version = head_version(conn)
    decide(supply, TargetKind.ALBUM, album.id, "title", "Harbour Dark")
    with reading(supply.engine) as conn:
        changed = {(change.kind, change.entity_id) for change in changes_after(conn, version, 100)}
    assert changed == {(EntityKind.ALBUM, album.id), (EntityKind.ARTIST, album.artists[0].artist_id)}
