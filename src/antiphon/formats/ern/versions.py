"""ERN versions: told by the namespace of the root. MessageSchemaVersionId is often wrong, so it counts
only where there is no namespace. Source: formats 1."""

import re

from lxml import etree
from lxml.etree import _Element as Element

from antiphon.formats.ern.elements import source_line, take_attribute
from antiphon.model.errors import Rejected
from antiphon.model.findings import Place
from antiphon.model.statement import MessageFormat, MessageKind

_NAMESPACE = re.compile(
    r"https?://(?:service\.|www\.)?ddex\.net/xml/(?:[0-9]{4}/)?ern(?:-main)?/([34][0-9]{0,3}(?:D[0-9])?)/?",
    re.IGNORECASE,
)
_SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
_SCHEMA_VERSION = re.compile(r"/?(?:[0-9]{4}/)?ern(?:-main)?/([34][0-9]{0,3}(?:D[0-9])?)/?", re.IGNORECASE)
_APPLE_PACKAGE = re.compile(r"https?://(?:www\.)?apple\.com/itunes/importer")
"""The namespace of metadata.xml in an .itmsp package, which the rule of that code is about."""

_KINDS = {"NewReleaseMessage": MessageKind.NEW_RELEASE, "PurgeReleaseMessage": MessageKind.PURGE}


def read_version(root: Element, *, file: str = "") -> tuple[MessageKind, MessageFormat]:
    """Return what the message asks for, and in which words it is written.

    ``profile`` is the release profile; variants of it follow a slash ("Audio/Classical").
    Raises: Rejected(ErnMissing) where the document is no ERN message at all, Rejected(D17) where it is an iTunes
    package, Rejected(NewReleaseMessageInvalid) where it is one of an unknown version or kind. The provider's fault all.
    """
    name = etree.QName(root)
    place = Place(file=file, line=source_line(root), path=f"/{name.localname}")
    version = _read_digits(root, (name.namespace or "").strip())
    if _APPLE_PACKAGE.match((name.namespace or "").strip()):
        raise Rejected(
            "D17",
            got="the metadata of an iTunes package",
            expected="an ERN message",
            fix="export the release as ERN 4.3.2; most distribution tools do both",
            place=place,
        )
    if not version:
        raise Rejected(
            "ErnMissing",
            got=f"{name.localname} in {name.namespace or 'no namespace'}",
            expected="an ERN message, 3.x or 4.x, in a namespace http://ddex.net/xml/ern/...",
            fix="send the ERN message here, and other messages on their own way",
            place=place,
        )
    kind = _KINDS.get(name.localname)
    if kind is None:
        raise Rejected(
            "NewReleaseMessageInvalid",
            got=name.localname,
            expected=" or ".join(_KINDS),
            fix="describe updates and takedowns by a NewReleaseMessage",
            place=place,
        )
    profiles = ("ReleaseProfileVersionId", "ReleaseProfileVariantVersionId")
    profile = "/".join(text for one in profiles if (text := take_attribute(root, one)))
    return kind, MessageFormat(
        name="ern",
        version=dotted_version(version),
        profile=profile,
        avs_version=take_attribute(root, "AvsVersionId"),
        language=take_attribute(root, "LanguageAndScriptCode"),
        business_profile=take_attribute(root, "BusinessProfileVersionId"),
        schema_version=_read_odd_schema_version(root, version),
    )


def dotted_version(digits: str) -> str:
    """Return the version a namespace names: "382" is 3.8.2, "43" is 4.3, the draft "37D2" is 3.7D2."""
    number, _, draft = digits.partition("D")
    return ".".join(number) + (f"D{draft}" if draft else "")


def namespace_of(version: str) -> str:
    """Return the namespace of messages of a dotted version."""
    return f"http://ddex.net/xml/ern/{version.replace('.', '')}"


def _read_digits(root: Element, namespace: str) -> str:
    """Return the digits of the version; "" where it is no ERN message.

    A message without any namespace is what its schema location says, else what MessageSchemaVersionId says.
    """
    if namespace:
        match = _NAMESPACE.fullmatch(namespace)
        return match[1].upper() if match else ""
    locations = (root.get(_SCHEMA_LOCATION) or "").split()
    located = next((match[1] for location in locations if (match := _NAMESPACE.fullmatch(location))), "")
    declared = _SCHEMA_VERSION.fullmatch((root.get("MessageSchemaVersionId") or "").strip())
    return (located or (declared[1] if declared else "")).upper()


def _read_odd_schema_version(root: Element, digits: str) -> str:
    """Take MessageSchemaVersionId, and return it where it does not say what the namespace says."""
    declared = take_attribute(root, "MessageSchemaVersionId")
    match = _SCHEMA_VERSION.fullmatch(declared)
    return "" if match and match[1].upper() == digits else declared
