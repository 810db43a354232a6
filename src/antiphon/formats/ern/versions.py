"""ERN versions: told by the namespace of the root alone. MessageSchemaVersionId is often wrong. Source: formats 1."""

import re

from lxml import etree
from lxml.etree import _Element as Element

from antiphon.formats.ern.elements import source_line
from antiphon.model.errors import Rejected
from antiphon.model.findings import Place
from antiphon.model.statement import MessageFormat, MessageKind

_NAMESPACE = re.compile(
    r"https?://(?:service\.)?ddex\.net/xml/(?:[0-9]{4}/)?ern(?:-main)?/([34][0-9]{0,3}(?:D[0-9])?)/?"
)
_KINDS = {"NewReleaseMessage": MessageKind.NEW_RELEASE, "PurgeReleaseMessage": MessageKind.PURGE}


def read_version(root: Element, *, file: str = "") -> tuple[MessageKind, MessageFormat]:
    """Return what the message asks for, and in which words it is written.

    ``profile`` is the release profile; variants of it follow a slash ("Audio/Classical").
    Raises: Rejected(ErnMissing) where the document is no ERN message at all, Rejected(NewReleaseMessageInvalid) where
    it is one of an unknown version or kind. The provider's fault both.
    """
    name = etree.QName(root)
    place = Place(file=file, line=source_line(root), path=f"/{name.localname}")
    match = _NAMESPACE.fullmatch((name.namespace or "").strip())
    if not match:
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
    profile = "/".join(_attributes(root, "ReleaseProfileVersionId", "ReleaseProfileVariantVersionId"))
    return kind, MessageFormat(
        name="ern",
        version=dotted_version(match[1]),
        profile=profile,
        avs_version=(root.get("AvsVersionId") or "").strip(),
        language=(root.get("LanguageAndScriptCode") or "").strip(),
    )


def dotted_version(digits: str) -> str:
    """Return the version a namespace names: "382" is 3.8.2, "43" is 4.3, the draft "37D2" is 3.7D2."""
    number, _, draft = digits.partition("D")
    return ".".join(number) + (f"D{draft}" if draft else "")


def namespace_of(version: str) -> str:
    """Return the namespace of messages of a dotted version."""
    return f"http://ddex.net/xml/ern/{version.replace('.', '')}"


def _attributes(root: Element, *names: str) -> list[str]:
    return [text for name in names if (text := (root.get(name) or "").strip())]
