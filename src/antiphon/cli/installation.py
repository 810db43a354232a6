"""An installation as a command opens it: record, blobs, keys."""

import os
from pathlib import Path

import msgspec
from sqlalchemy import Engine

from antiphon.access import SigningKeys, load_signing_keys
from antiphon.blobs import BlobStore, open_blobs
from antiphon.model.errors import Refused
from antiphon.record import migrate, open_record
from antiphon.settings import Places, find_places, make_folders


class Installation(msgspec.Struct, frozen=True):
    """The opened parts of an installation."""

    places: Places
    engine: Engine
    blobs: BlobStore


def open_installation(data: Path, *, create: bool = False) -> Installation:
    """Open the record and the blobs of an installation, its tables brought up to date.

    ``create``: make it if it is not there. Raises: Refused where it is not.
    """
    places = find_places(data, os.environ)
    if not create and places.record_url.startswith("sqlite") and not (places.data / "record.db").exists():
        message = f"{places.data} holds no installation; `antiphon serve --data {data}` makes one"
        raise Refused("NoInstallation", message)
    make_folders(places)
    engine = open_record(places.record_url)
    migrate(engine)
    return Installation(places, engine, open_blobs(places.blobs_url))


def read_signing_keys() -> SigningKeys:
    """Return the signing keys of the environment: ``ANTIPHON_SIGNING_KEY`` and, while rotating, ``..._PREVIOUS``.

    Raises: Refused for a missing, short or guessable key; nothing that signs starts without one.
    """
    lines = [os.environ.get(name, "") for name in ("ANTIPHON_SIGNING_KEY", "ANTIPHON_SIGNING_KEY_PREVIOUS")]
    try:
        return load_signing_keys("\n".join(lines))
    except Refused as error:
        raise Refused(error.code, f"ANTIPHON_SIGNING_KEY: {error}") from error
