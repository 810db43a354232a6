"""The operations that go beyond the compatibility profile: one line per route, in the order of the documentation."""

from antiphon.surfaces.reads.changes import answer_changes
from antiphon.surfaces.reads.exports import answer_export, answer_export_file, answer_exports
from antiphon.surfaces.reads.identifiers import answer_external_ids
from antiphon.surfaces.reads.linked_in import answer_linked_in
from antiphon.surfaces.reads.routes import CallerRoute, CatalogueRoute

EXTENSION_ROUTES: tuple[CallerRoute | CatalogueRoute, ...] = (
    CatalogueRoute(path="/v1/tracks/{id}/linked-in", operation="list_linked_in", answer=answer_linked_in),
    CatalogueRoute(path="/v1/lookup", operation="find_by_external_id", answer=answer_external_ids),
    CallerRoute(path="/v1/changes", operation="list_changes", answer=answer_changes),
    CallerRoute(path="/v1/exports", operation="list_exports", answer=answer_exports),
    CallerRoute(path="/v1/exports/{version}", operation="get_export", answer=answer_export),
    CallerRoute(path="/v1/exports/{version}/{file}", operation="get_export_file", answer=answer_export_file),
)
