"""The only places where a blob or a name becomes part of a path; both refuse whatever could leave the store."""

import re

from antiphon.blobs.errors import InvalidBlobName

_BLOB = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*){0,3}")
_NAME_LENGTH_MAX = 120
"""Characters. Our names are far shorter; every file system takes 255 in a part and 1,024 in a path."""

_RESERVED = ("sha256", "tmp")
"""First parts the stores use themselves."""


def blob_key(blob: str) -> str:
    """Return where a blob lies in its store: two digits make the folder, so that none grows large.

    Raises: InvalidBlobName (the caller's fault) for anything but 64 lower-case hex digits.
    """
    if not _BLOB.fullmatch(blob):
        raise InvalidBlobName(blob, "the 64 lower-case hex digits of a SHA-256")
    return f"sha256/{blob[:2]}/{blob[2:]}"


def named_key(name: str) -> str:
    """Return where a named object lies in its store: the name itself, once it has proved harmless.

    Raises: InvalidBlobName (the caller's fault) for dots, empty parts, capitals, absolute paths and reserved words.
    """
    is_plain = len(name) <= _NAME_LENGTH_MAX and _NAME.fullmatch(name)
    if not is_plain or name.partition("/")[0] in _RESERVED:
        raise InvalidBlobName(
            name, "one to four parts of a-z, 0-9, _ and -, joined by /, the first neither sha256 nor tmp"
        )
    return name
