"""Stores by address, as settings name them."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from antiphon.blobs.errors import InvalidBlobName
from antiphon.blobs.folder import FolderBlobs
from antiphon.blobs.store import BlobStore

if TYPE_CHECKING:
    from obstore.store import RetryConfig

REQUEST_RETRIES_MAX = 4
"""Tries after the first, with growing pauses: rides out a store's short hiccup, not its outage."""

REQUEST_RETRY_S = 20
"""Seconds spent on one request with its retries; then the caller hears StoreUnavailable and has its own budget."""


def open_blobs(location: str) -> BlobStore:
    """Return the store at a path, ``file:///path``, ``s3://bucket/prefix``, ``gs://bucket/prefix`` or ``memory://``.

    Credentials of object stores come from where their own tools look for them: environment, files, instance role.
    Every ``memory://`` is a store of its own and ends with the process.
    Raises: InvalidBlobName (who wrote the setting) for another scheme; StoreFull or StoreUnavailable for a folder.
    """
    if "://" not in location:
        return FolderBlobs(Path(location))
    scheme = location.partition("://")[0]
    if scheme == "file":
        return FolderBlobs(Path(unquote(urlsplit(location).path)))
    if scheme not in ("s3", "gs", "memory"):
        raise InvalidBlobName(location, "a folder, or an address that starts with file://, s3://, gs:// or memory://")
    # Imported here, since a folder needs none of it and a decoding child should not carry it.
    from obstore.store import MemoryStore, from_url

    from antiphon.blobs.objects import ObjectBlobs

    if scheme == "memory":
        return ObjectBlobs(MemoryStore())
    retries: RetryConfig = {"max_retries": REQUEST_RETRIES_MAX, "retry_timeout": timedelta(seconds=REQUEST_RETRY_S)}
    return ObjectBlobs(from_url(location, retry_config=retries))
