"""Works: the compositions that the recordings of a release are of, as the release tells of them.

A delivery names a work by its ISWC and seldom says more, so its title and its writers are those of its recording. Of a
recording of several works (a medley) nobody can tell which title or writer is whose: what is not known is left out.
"""

from collections.abc import Mapping
from typing import NamedTuple

from antiphon.catalogue.choices import Chosen
from antiphon.catalogue.current import CurrentStatement, Links
from antiphon.identity import list_track_places, resource_anchors, work_anchors
from antiphon.model.claims import Credit, DeliveredId, IdScheme
from antiphon.model.entities import EntityKind, Work, WorkWriter
from antiphon.model.resources import Resource
from antiphon.model.roles import is_writer


class WorkFields(NamedTuple):
    """The fields of a work as they were chosen."""

    iswc: Chosen[str]
    title: Chosen[str]
    writers: Chosen[tuple[WorkWriter, ...]]


class ChosenWorks(NamedTuple):
    """The works of a release by id, and the ids of those each recording is of, by the recording's."""

    works: Mapping[str, WorkFields]
    of_recordings: Mapping[str, Chosen[tuple[str, ...]]]


def choose_works(current: CurrentStatement, links: Links) -> ChosenWorks:
    """Return the works that a release tells of: of each what the first track with it says.

    An ISWC that was never linked, since it came before works were, is passed over until the release is delivered anew.
    """
    statement = current.statement
    resources = {resource.reference: resource for resource in statement.resources}
    recordings = resource_anchors(statement, current.release_key)
    works: dict[str, WorkFields] = {}
    of_recordings: dict[str, Chosen[tuple[str, ...]]] = {}
    for place in list_track_places(statement):
        resource = resources[place.resource_reference]
        anchors = [anchor for anchor in work_anchors(resource) if (EntityKind.WORK, anchor) in links]
        ids = tuple(links[EntityKind.WORK, anchor] for anchor in anchors)
        recording = links.get((EntityKind.RECORDING, recordings[resource.reference]))
        if ids and recording is not None:
            of_recordings.setdefault(recording, Chosen(ids, _list_work_ids(resource)))
        for work_id, anchor in zip(ids, anchors, strict=True):
            works.setdefault(work_id, _choose_fields(resource, anchor, is_alone=len(ids) == 1))
    return ChosenWorks(works, of_recordings)


def assemble_work(work_id: str, fields: WorkFields) -> Work:
    """Return the work that was chosen."""
    return Work(id=work_id, iswc=fields.iswc.value, title=fields.title.value, writers=fields.writers.value)


def _choose_fields(resource: Resource, anchor: str, *, is_alone: bool) -> WorkFields:
    titles = resource.titles[:1] if is_alone else ()
    writers = [credit for credit in resource.contributors if is_alone and credit.name and _writing_roles(credit)]
    return WorkFields(
        iswc=Chosen(anchor.partition(":")[2], _list_work_ids(resource)),
        title=Chosen(titles[0].value if titles else "", titles),
        writers=Chosen(tuple(_read_writer(credit) for credit in writers), tuple(writers)),
    )


def _list_work_ids(resource: Resource) -> tuple[DeliveredId, ...]:
    return tuple(given for given in resource.work_ids if given.scheme is IdScheme.ISWC)


def _writing_roles(credit: Credit) -> tuple[str, ...]:
    words = (role.user_value or role.value for role in credit.roles)
    return tuple(word for word in words if is_writer(word))


def _read_writer(credit: Credit) -> WorkWriter:
    ipi = next((given.text for given in credit.ids if given.scheme is IdScheme.IPI), "")
    return WorkWriter(name=credit.name, roles=_writing_roles(credit), ipi=ipi)
