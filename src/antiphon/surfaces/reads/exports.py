"""Exports of the whole public catalogue, as the store has them: which there are, and the bytes of their files."""

import re

import msgspec

from antiphon.segments.export import EXPORT_TYPE, Export, ExportColumn, list_exports, load_export
from antiphon.surfaces.reads.blobs import answer_range
from antiphon.surfaces.reads.node import Answer, CallerCall, Node
from antiphon.surfaces.reads.refusals import bad_parameter, not_found
from antiphon.surfaces.reads.responses import VARY, name_body

_LISTING = "private, max-age=60"
"""seconds; exports are made daily, and one may be taken away."""

_FILE = "private, max-age=86400"
"""A day. The entity tag is the hash of the bytes: an export that was made again has another one."""

_VERSION = re.compile(r"[1-9][0-9]{0,7}", re.ASCII)


class _Column(msgspec.Struct):
    name: str
    type: str
    description: str


class _File(msgspec.Struct, kw_only=True):
    name: str
    href: str
    description: str
    sha256: str
    size_bytes: int
    rows: int
    columns: list[_Column]


class _Export(msgspec.Struct, kw_only=True):
    version: int
    href: str
    announced_at: str
    made_at: str
    changes: str
    size_bytes: int
    files: list[_File]


def answer_exports(node: Node, call: CallerCall) -> Answer:
    """Return every export there is, the newest version first."""
    found = (load_export(node.blobs, version) for version in list_exports(node.blobs))
    exports = [_tell(export, call.asking.base_url) for export in found if export is not None]
    return _answer_json(msgspec.json.encode({"exports": exports}))


def answer_export(node: Node, call: CallerCall) -> Answer:
    """Return one export. Raises: ReadRefused (404)."""
    return _answer_json(msgspec.json.encode(_tell(_load(node, call.argument), call.asking.base_url)))


def answer_export_file(node: Node, call: CallerCall) -> Answer:
    """Return a file of an export, or the range of it that was asked for. Raises: ReadRefused (404, 412, 416)."""
    version, _, name = call.argument.partition("/")
    file = next((file for file in _load(node, version).files if file.name == name), None)
    if file is None:
        raise not_found("File of the export")
    return answer_range(
        node, call.request, file.blob, call.now_s, media_type=EXPORT_TYPE, caching=_FILE, headers=(VARY,)
    )


def _load(node: Node, version: str) -> Export:
    if not _VERSION.fullmatch(version):
        raise bad_parameter("version", got=version, expected="the number of a version")
    export = load_export(node.blobs, int(version))
    if export is None:
        raise not_found("Export")
    return export


def _tell(export: Export, base_url: str) -> _Export:
    href = f"{base_url}/v1/exports/{export.version}"
    files = [
        _File(
            name=file.name,
            href=f"{href}/{file.name}",
            description=file.says,
            sha256=file.blob,
            size_bytes=file.size_bytes,
            rows=file.rows,
            columns=[_tell_column(column) for column in file.columns],
        )
        for file in export.files
    ]
    return _Export(
        version=export.version,
        href=href,
        announced_at=export.announced_at,
        made_at=export.made_at,
        changes=f"{base_url}/v1/changes?cursor={export.version}",
        size_bytes=sum(file.size_bytes for file in export.files),
        files=files,
    )


def _tell_column(column: ExportColumn) -> _Column:
    return _Column(column.name, column.type, column.says)


def _answer_json(body: bytes) -> Answer:
    return Answer(body=body, etag=name_body(body), caching=_LISTING, headers=(VARY,))
