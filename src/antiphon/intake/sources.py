"""Which delivered file each resource of a statement means."""

from collections.abc import Mapping

import msgspec

from antiphon.model.delivery import DeliveredFile, Delivery
from antiphon.model.resources import Resource, ResourceKind
from antiphon.model.statement import Statement
from antiphon.rules.references import resolve_file

RENDERED_KINDS = frozenset({ResourceKind.SOUND_RECORDING, ResourceKind.IMAGE})
"""The kinds of resources that renditions are made of. The files of others are kept as they came."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """The one file that is rendered for a resource: the first it names that came and is no preview."""

    resource: Resource
    file: DeliveredFile


def list_sources(statement: Statement, delivery: Delivery) -> tuple[Source, ...]:
    """Return what is to be rendered, in message order; resources whose file did not come are left out."""
    files = {file.path: file for file in delivery.files}
    return tuple(
        Source(resource=resource, file=file)
        for resource in statement.resources
        if resource.kind in RENDERED_KINDS and (file := _find_file(resource, files)) is not None
    )


def _find_file(resource: Resource, files: Mapping[str, DeliveredFile]) -> DeliveredFile | None:
    paths = (resolve_file(claim.uri, files) for claim in resource.files if not claim.is_preview)
    return next((files[path] for path in paths if path is not None), None)
