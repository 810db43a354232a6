"""Versions: the small numbered records that announce segments.

There is no mutable head: a node asks for the next number, and a publisher that wakes late finds its number taken.
"""

import msgspec

from antiphon.model.errors import Broken

MAX_VERSION = 99_999_999
"""The largest number ``version_name`` keeps in order by name: 15 years of one version every 5 seconds."""

_FORM = "version/1"


class VersionRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One announced version: ``version`` counts from 1; ``segment`` names the blob.

    ``parent`` is the segment of the version before ("" for the first), so that a node notices a log that is not the
    one it followed. ``record_version`` is the record's change log position this brings nodes to. ``announced_at`` is
    ISO 8601, UTC.
    """

    version: int
    segment: str
    parent: str
    record_version: int
    announced_at: str


class _StoredVersion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    form: str
    version: VersionRecord


def version_name(version: int) -> str:
    """Return the name of a version in the object store: the same for everybody, in order.

    Raises: Broken (our fault) for a number outside 1 to ``MAX_VERSION``.
    """
    if not 1 <= version <= MAX_VERSION:
        raise Broken(f"version {version} is outside 1 to {MAX_VERSION}")
    return f"versions/{version:08d}"


def encode_version(version: VersionRecord) -> bytes:
    """Return the bytes of a version record: JSON, determined by its fields, so that anyone may repeat the put."""
    return msgspec.json.encode(_StoredVersion(form=_FORM, version=version))


def decode_version(data: bytes) -> VersionRecord:
    """Return the version that bytes hold. Raises: Broken for anything else."""
    try:
        stored = msgspec.json.decode(data, type=_StoredVersion)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Broken(f"version record of {len(data)} bytes is not readable: {error}") from error
    if stored.form != _FORM:
        raise Broken(f"version record has the form {stored.form!r}; this node reads {_FORM!r}; upgrade the node")
    return stored.version
