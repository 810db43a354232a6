"""The writer: a statement to the bytes of an ERN message."""

from lxml import etree
from lxml.etree import _Element as Element

from antiphon.formats.ern import writer_releases_3, writer_releases_4, writer_resources_3, writer_resources_4
from antiphon.formats.ern.markup import add_element, add_ids, add_title, language_attributes
from antiphon.formats.ern.writer_deals import add_deal_list
from antiphon.formats.ern.writer_header import add_header, make_root
from antiphon.formats.ern.writer_parties import PartyList
from antiphon.model.errors import Refused
from antiphon.model.statement import MessageKind, Statement

VERSIONS = ("4.3.2", "3.8.2")
"""The versions we write: the newest, and the one most deployed."""


def write_message(statement: Statement, version: str) -> bytes:
    """Return the message as indented UTF-8 XML of this version ("4.3.2" or "3.8.2"), elements in schema order.

    Reading it gives the statement again, lines, paths and format apart, except what the version has no place for: see
    the ``writer_`` modules. ``unread`` elements are not written.
    Raises: Refused for another version, and for deals whose meaning the version cannot say. The caller's fault.
    """
    if version not in VERSIONS:
        raise Refused("VersionNotWritten", f"ERN {version} is not written; choose {' or '.join(VERSIONS)}")
    root = make_root(statement.kind, statement.format, version)
    add_header(root, statement.header, version)
    if statement.kind is MessageKind.PURGE:
        _add_purged_releases(root, statement)
    elif version.startswith("3"):
        _fill_old_body(root, statement)
    else:
        _fill_new_body(root, statement)
    if statement.kind is MessageKind.NEW_RELEASE:
        add_deal_list(root, statement, version)
    etree.indent(root, "  ")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def _fill_old_body(root: Element, statement: Statement) -> None:
    resource_list = add_element(root, "ResourceList")
    for resource in statement.resources:
        writer_resources_3.add_resource(resource_list, resource)
    release_list = add_element(root, "ReleaseList")
    for release in statement.releases:
        writer_releases_3.add_release(release_list, release)


def _fill_new_body(root: Element, statement: Statement) -> None:
    parties = PartyList(statement)
    parties.add_list(root)
    resource_list = add_element(root, "ResourceList")
    for resource in statement.resources:
        writer_resources_4.add_resource(resource_list, resource, parties)
    release_list = add_element(root, "ReleaseList")
    for release in statement.releases:
        writer_releases_4.add_release(release_list, release, parties)


def _add_purged_releases(root: Element, statement: Statement) -> None:
    for release in statement.releases:
        element = add_element(root, "PurgedRelease")
        add_ids(element, "ReleaseId", release.ids)
        for title in release.titles:
            attributes = {"TitleType": title.kind or "DisplayTitle"} | language_attributes(title.scope.language)
            add_title(element, "Title", title, attributes)
