"""The writer: a statement to the bytes of an ERN message."""

import msgspec
from lxml import etree
from lxml.etree import _Element as Element

from antiphon.formats.ern import writer_releases_3, writer_releases_4, writer_resources_3, writer_resources_4
from antiphon.formats.ern.markup import add_element, add_ids, add_title, language_attributes
from antiphon.formats.ern.omissions import list_omissions
from antiphon.formats.ern.reader import read_message
from antiphon.formats.ern.writer_deals import add_deal_list
from antiphon.formats.ern.writer_header import add_header, make_root
from antiphon.formats.ern.writer_parties import PartyList, add_inline_credit
from antiphon.model.errors import Refused
from antiphon.model.statement import MessageKind, Statement

VERSIONS = ("4.3.2", "3.8.2")
"""The versions we write: the newest, and the one most deployed."""

_SHOWN_OMISSIONS = 5
"""Paths a refusal names; the rest it counts."""


class WrittenMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message with what it leaves out of the statement: paths of fields, in the order of the statement."""

    data: bytes
    left_out: tuple[str, ...] = ()


def write_message(statement: Statement, version: str) -> bytes:
    """Return the message as indented UTF-8 XML of this version ("4.3.2" or "3.8.2"), elements in schema order.

    Reading it gives the statement again, lines, paths and version apart.
    Raises: Refused(VersionNotWritten) for another version, Refused(StatementNotExpressible) where the version has no
    place for something the statement says, Refused(DealNotExpressible) where leaving it out would turn a withdrawal
    into a grant. The caller's fault; ``write_what_fits`` leaves out what is only missing.
    """
    written = write_what_fits(statement, version)
    if written.left_out:
        shown = ", ".join(written.left_out[:_SHOWN_OMISSIONS])
        more = len(written.left_out) - _SHOWN_OMISSIONS
        raise Refused(
            "StatementNotExpressible",
            f"ERN {version} has no place for {shown}{f' and {more} more' if more > 0 else ''}; write another version, "
            "or write what fits and tell what was left out",
        )
    return written.data


def write_what_fits(statement: Statement, version: str) -> WrittenMessage:
    """Return the message of this version with what it leaves out, which is found by reading it back.

    Raises: Refused(VersionNotWritten), Refused(DealNotExpressible); the caller's fault.
    """
    if version not in VERSIONS:
        raise Refused("VersionNotWritten", f"ERN {version} is not written; choose {' or '.join(VERSIONS)}")
    root = make_root(statement.kind, statement.format, version)
    add_header(root, statement.header, version)
    if statement.kind is MessageKind.PURGE:
        _add_purged_releases(root, statement, version)
    elif version.startswith("3"):
        _fill_old_body(root, statement)
    else:
        _fill_new_body(root, statement)
    if statement.kind is MessageKind.NEW_RELEASE:
        add_deal_list(root, statement, version)
    etree.indent(root, "  ")
    data = etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"
    return WrittenMessage(data=data, left_out=list_omissions(statement, read_message(data)))


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


def _add_purged_releases(root: Element, statement: Statement, version: str) -> None:
    for release in statement.releases:
        element = add_element(root, "PurgedRelease")
        add_ids(element, "ReleaseId", release.ids)
        for title in release.titles:
            attributes = {"TitleType": title.kind or "DisplayTitle"} | language_attributes(title.scope.language)
            add_title(element, "Title", title, attributes)
        for credit in release.contributors:
            role_tag = "ResourceContributorRole" if version.startswith("3") else "Role"
            tag = "ResourceContributor" if version.startswith("3") else "Contributor"
            add_inline_credit(element, tag, role_tag, credit)
