"""The works that the recordings of a release are of."""

from typing import Any

from antiphon.catalogue import BuiltRelease, build_album, choose_release, fields_of, trace_fields
from antiphon.model.claims import Credit, DeliveredId, IdScheme
from antiphon.model.entities import EntityKind, WorkWriter
from antiphon.model.resources import Resource
from tests.builders import a_recording, a_statement, some_roles
from tests.catalogue.statements import a_current

ISWC, OTHER_ISWC = "T0345246801", "T0000000010"
IPI = DeliveredId(scheme=IdScheme.IPI, text="00014107338")


def an_iswc(text: str = ISWC, **changes: Any) -> DeliveredId:
    return DeliveredId(scheme=IdScheme.ISWC, text=text, **changes)


def a_song(number: int, *works: DeliveredId, **changes: Any) -> Resource:
    writers = (
        Credit(name="Ada North", roles=some_roles("Composer", "Producer"), ids=(IPI,)),
        Credit(name="Bo West", roles=some_roles("Mixer")),
    )
    return a_recording(number, work_ids=works, contributors=writers, **changes)


def build(*songs: Resource) -> BuiltRelease:
    return build_album(*a_current(a_statement(len(songs), resources=songs)), ())


def test_a_recording_without_an_iswc_that_can_be_read_is_of_no_work_we_know() -> None:
    nothing_said = build(a_song(1), a_song(2, an_iswc("T0345246802"), an_iswc(OTHER_ISWC, is_replaced=True)))
    assert nothing_said.works == ()
    assert [recording.work_ids for recording in nothing_said.recordings] == [(), ()]


def test_a_work_is_what_its_recording_says_of_it_and_is_found_by_its_iswc() -> None:
    built = build(a_song(1, an_iswc("T-034.524.680-1")))
    (work,) = built.works
    assert (work.iswc, work.title) == (ISWC, "Harbour Light No. 1")
    assert work.writers == (WorkWriter(name="Ada North", roles=("Composer",), ipi="00014107338"),)
    assert built.recordings[0].work_ids == (work.id,)
    named = [(i.value, i.entity_id) for i in built.identifiers if i.kind is EntityKind.WORK]
    assert named == [(ISWC, work.id)]


def test_two_recordings_of_a_work_share_it_and_the_first_tells_of_it() -> None:
    built = build(a_song(1, an_iswc()), a_song(2, an_iswc()))
    (work,) = built.works
    assert work.title == "Harbour Light No. 1"
    assert {recording.work_ids for recording in built.recordings} == {(work.id,)}


def test_of_a_medley_nobody_knows_which_title_or_writer_is_whose() -> None:
    built = build(a_song(1, an_iswc(), an_iswc(OTHER_ISWC)))
    assert [(work.iswc, work.title, work.writers) for work in built.works] == [(ISWC, "", ()), (OTHER_ISWC, "", ())]
    assert built.recordings[0].work_ids == tuple(work.id for work in built.works)


def test_an_iswc_that_came_before_works_were_linked_is_passed_over() -> None:
    current, links = a_current(a_statement(1, resources=(a_song(1, an_iswc()),)))
    older = {key: entity for key, entity in links.items() if key[0] is not EntityKind.WORK}
    built = build_album(current, older, ())
    assert (built.works, built.recordings[0].work_ids) == ((), ())


def test_every_field_of_a_work_says_where_it_is_from() -> None:
    current, links = a_current(a_statement(1, resources=(a_song(1, an_iswc()),)))
    chosen = choose_release(current, links, ())
    (work_id,) = chosen.works.works
    fields = fields_of(chosen, EntityKind.WORK, work_id)
    assert fields is not None
    traced = {field.name: [place.part for place in field.places] for field in trace_fields(current.statement, fields)}
    assert traced == {
        "iswc": ["resources[0].work_ids[0]"],
        "title": ["resources[0].titles[0]"],
        "writers": ["resources[0].contributors[0]"],
    }
    assert fields_of(chosen, EntityKind.WORK, "x" * 22) is None
    of_recording = fields_of(chosen, EntityKind.RECORDING, next(iter(chosen.recordings)))
    assert of_recording is not None
    assert of_recording["work_ids"].value == (work_id,)
