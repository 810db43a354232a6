"""The hardened XML parser: bytes of a stranger to a tree of plain elements, or a refusal with a code.

Everything is refused that a delivery does not need and an attacker does: document types (so no entities at all),
encodings in which markup hides from a look at the bytes, and trees large enough to hurt. Source: formats 11.
"""

import re

from lxml import etree
from lxml.etree import _Element as Element

from antiphon.model.errors import Rejected
from antiphon.model.findings import Place

MAX_MESSAGE_BYTES = 64 * 2**20
"""Bytes of one message. The largest real one known is below 1 MB. Source: formats 8."""

MAX_DEPTH = 100
"""Levels of elements. ERN needs about 12; the parser itself stops at 256. Source: formats 8."""

MAX_TAGS = 4_000_000
"""Characters that may open a tag. libxml2 takes up to 250 bytes for each, so a tree stays below 1 GB."""

MAX_ATTRIBUTES = 64
"""Attributes of one element. ERN needs at most 12."""

_UTF16 = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
_DECLARED_ENCODING = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")

_SAFE_ENCODING = re.compile(r"utf-?(8|16(le|be)?)|(us-)?ascii|iso-?8859-?\d{1,2}|windows-125\d|cp125\d", re.IGNORECASE)
"""Encodings in which every byte of a tag stands for itself, or which we decode ourselves."""

_START_BYTES = 4096
"""Bytes at the start of a document in which its first tag must begin."""

_XINCLUDE = b"http://www.w3.org/2001/XInclude"
"""Inclusions are never followed here; a message that wants them would be read without a part of it."""

_DEFAULT_NAMESPACE = b"xmlns="
_DECLARED_PREFIX = re.compile(rb"xmlns:([^\s=]{1,40})")

_PLACE_IN_FAULT = re.compile(r", line \d+, column (\d+)$")

_TOO_DEEP = etree.XPath("boolean(/" + "/".join("*" * (MAX_DEPTH + 1)) + ")")
_TOO_MANY_ATTRIBUTES = etree.XPath(f"boolean(//*/@*[{MAX_ATTRIBUTES + 1}])")
_HAS_QUALIFIED_CHILD = etree.XPath("boolean(/*/descendant::*[namespace-uri()])")

_RESEND = "correct the message and send it again"


def parse_xml(data: bytes, *, code: str, file: str = "") -> Element:
    """Return the root of the document. No element below the root is in a namespace any more, whatever was written.

    ``code`` is the code of the refusal, which differs by what the bytes should have been.
    Raises: Rejected (the provider's fault), and nothing else, for any bytes.
    """
    refusal = _Refusal(code, file)
    if len(data) > MAX_MESSAGE_BYTES:
        raise refusal.because(f"{len(data)} bytes", f"at most {MAX_MESSAGE_BYTES} bytes", "split the delivery")
    text, encoding = _readable_bytes(data, refusal)
    _refuse_document_type(text, refusal)
    if _XINCLUDE in text:
        raise refusal.because("XInclude", "a message in one piece", "put the included text into the message")
    if text.count(b"<") > MAX_TAGS:
        raise refusal.because("too many elements", f"at most {MAX_TAGS // 2} elements", "split the delivery")
    parser = etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root: Element = etree.fromstring(text, parser)
    except etree.XMLSyntaxError as error:
        raise refusal.because(_describe_fault(error), "well-formed XML", _RESEND, error.lineno or 0) from error
    _refuse_hostile_tree(root, refusal)
    if _may_qualify_children(text) and _HAS_QUALIFIED_CHILD(root):
        _strip_namespaces(root)
    return root


def _describe_fault(error: etree.XMLSyntaxError) -> str:
    """Return what is wrong with the XML; the parser repeats the line, which the place tells."""
    fault = _PLACE_IN_FAULT.sub(r" in column \1", str(error.msg or "no document"))
    return f"XML that is not well-formed: {fault}"


class _Refusal:
    """Makes the refusals of one document."""

    def __init__(self, code: str, file: str) -> None:
        self._code = code
        self._file = file

    def because(self, got: str, expected: str, fix: str, line: int = 0) -> Rejected:
        place = Place(file=self._file, line=line)
        return Rejected(self._code, got=got, expected=expected, fix=fix, place=place)


def _readable_bytes(data: bytes, refusal: _Refusal) -> tuple[bytes, str | None]:
    """Return bytes in which markup is plain ASCII, and the encoding to impose on the parser (None: as declared)."""
    if data.startswith((b"\x00\x00", b"\xff\xfe\x00\x00", b"<\x00\x00")):
        raise refusal.because("UTF-32", "UTF-8", _RESEND)
    for mark, name in _UTF16:
        if data.startswith(mark):
            try:
                return data.decode(name).encode(), "utf-8"
            except UnicodeError as error:
                raise refusal.because(f"broken UTF-16: {error}", "UTF-8", _RESEND) from error
    start = data[:_START_BYTES].removeprefix(b"\xef\xbb\xbf")
    if not start.lstrip().startswith(b"<"):
        raise refusal.because("no XML", "an XML document", _RESEND)
    declared = _DECLARED_ENCODING.match(start)
    if not declared:
        return data, None
    encoding = declared[1].decode("ascii")
    if not _SAFE_ENCODING.fullmatch(encoding):
        raise refusal.because(f"encoding {encoding}", "UTF-8", _RESEND, 1)
    is_misdeclared = encoding.lower().startswith("utf") and "16" in encoding
    return data, "utf-8" if is_misdeclared else None


def _refuse_document_type(text: bytes, refusal: _Refusal) -> None:
    """Walk over the prolog, which holds comments and instructions, and refuse any other declaration.

    After the first element no document type can follow in well-formed XML.
    """
    position = 3 if text.startswith(b"\xef\xbb\xbf") else 0
    while (start := text.find(b"<", position)) >= 0:
        if text.startswith(b"<!--", start):
            end, closing = text.find(b"-->", start + 4), 3
        elif text.startswith(b"<?", start):
            end, closing = text.find(b"?>", start + 2), 2
        elif text.startswith(b"<!", start):
            line = text.count(b"\n", 0, start) + 1
            raise refusal.because("a document type", "no DOCTYPE", "remove the DOCTYPE; messages need none", line)
        else:
            return
        if end < 0:
            return
        position = end + closing


def _refuse_hostile_tree(root: Element, refusal: _Refusal) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise refusal.because("a document type", "no DOCTYPE", "remove the DOCTYPE; messages need none")
    if _TOO_DEEP(root):
        raise refusal.because("a deeper nesting", f"at most {MAX_DEPTH} levels of elements", _RESEND)
    if _TOO_MANY_ATTRIBUTES(root):
        raise refusal.because("more attributes", f"at most {MAX_ATTRIBUTES} attributes of an element", _RESEND)


def _may_qualify_children(text: bytes) -> bool:
    """Tell whether an element below the root can be in a namespace: a look at the bytes, much cheaper than at the tree.

    It cannot where namespaces are declared at the start alone, none of them a default, and one start tag has a prefix.
    """
    start = text[:_START_BYTES]
    if text.count(b"xmlns") != start.count(b"xmlns") or _DEFAULT_NAMESPACE in start:
        return True
    prefixes = set(_DECLARED_PREFIX.findall(start))
    return sum(text.count(b"<%b:" % prefix) for prefix in prefixes) > 1


def _strip_namespaces(root: Element) -> None:
    """Make every element below the root local. Senders with a default namespace qualify all of them."""
    for element in root.iterdescendants():
        if element.tag[0] == "{":
            element.tag = element.tag.rpartition("}")[2]
