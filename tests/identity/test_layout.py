"""In which order and on which disc recordings stand."""

from antiphon.identity import list_track_places
from antiphon.model.releases import ResourceGroup, ResourcePlace
from antiphon.model.statement import Statement
from tests.builders import a_release, a_statement, changed


def _places(*references: str, start: int = 1) -> tuple[ResourcePlace, ...]:
    return tuple(ResourcePlace(resource_reference=r, sequence=n) for n, r in enumerate(references, start))


def _with_group(group: ResourceGroup | None, tracks: int = 4) -> Statement:
    statement = a_statement(tracks)
    return changed(statement, releases=(a_release(tracks, group=group), *statement.releases[1:]))


def _layout(statement: Statement) -> list[tuple[int, int, str]]:
    return [(p.disc_number, p.track_number, p.resource_reference) for p in list_track_places(statement)]


def test_a_statement_without_a_main_release_has_no_tracks() -> None:
    assert _layout(a_statement(releases=())) == []


def test_a_place_that_names_no_recording_of_the_message_is_no_track() -> None:
    assert _layout(_with_group(ResourceGroup(places=_places("A9", "A90", "A1")))) == [(1, 1, "A1")]


def test_one_group_is_one_disc_in_the_order_of_its_sequence_numbers() -> None:
    places = (ResourcePlace(resource_reference="A2", sequence=2), ResourcePlace(resource_reference="A1", sequence=1))
    assert _layout(_with_group(ResourceGroup(places=places))) == [(1, 1, "A1"), (1, 2, "A2")]


def test_nested_groups_are_discs_and_each_counts_from_one_even_if_the_sender_counts_on() -> None:
    discs = (
        ResourceGroup(sequence=2, places=_places("A3", "A4", start=3)),
        ResourceGroup(sequence=1, places=_places("A1", "A2")),
    )
    expected = [(1, 1, "A1"), (1, 2, "A2"), (2, 1, "A3"), (2, 2, "A4")]
    assert _layout(_with_group(ResourceGroup(groups=discs))) == expected
    assert _layout(_with_group(ResourceGroup(groups=(ResourceGroup(groups=discs),)))) == expected


def test_the_movements_of_a_work_are_no_discs() -> None:
    work = ResourceGroup(kind="MultiWorkPart", sequence=2, places=_places("A2", "A3"))
    among_tracks = ResourceGroup(
        places=(
            ResourcePlace(resource_reference="A1", sequence=1),
            ResourcePlace(resource_reference="A4", sequence=3),
        ),
        groups=(work,),
    )
    assert _layout(_with_group(among_tracks)) == [(1, 1, "A1"), (1, 2, "A2"), (1, 3, "A3"), (1, 4, "A4")]
    assert _layout(_with_group(ResourceGroup(groups=(work,)))) == [(1, 1, "A2"), (1, 2, "A3")]


def test_without_groups_the_flat_list_counts_less_its_secondary_resources() -> None:
    statement = _with_group(None)
    flat = (*_places("A2", "A1"), ResourcePlace(resource_reference="A3", is_primary=False))
    release = changed(statement.releases[0], resources=flat)
    assert _layout(changed(statement, releases=(release,))) == [(1, 1, "A2"), (1, 2, "A1")]


def test_without_any_list_the_track_releases_count_in_their_order() -> None:
    assert _layout(_with_group(None, tracks=2)) == [(1, 1, "A1"), (1, 2, "A2")]
