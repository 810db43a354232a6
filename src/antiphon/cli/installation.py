"""An installation as a command opens it: record and blobs."""

import os
from pathlib import Path

import msgspec
from sqlalchemy import Engine, make_url

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
    record = make_url(places.record_url)
    if not create and record.get_backend_name() == "sqlite" and not Path(record.database or "").exists():
        message = f"{places.data} holds no installation; `antiphon serve --data {data}` makes one"
        raise Refused("NoInstallation", message)
    make_folders(places)
    engine = open_record(places.record_url)
    migrate(engine)
    return Installation(places, engine, open_blobs(places.blobs_url))
