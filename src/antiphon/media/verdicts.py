"""Where a child's outcome becomes the service's: a result, or the ``Rejected`` that names the file."""

import os
from typing import BinaryIO, TypeVar

from antiphon.media.jobs import UNACCEPTED, Outcome, Refusal
from antiphon.model.errors import Broken, Rejected
from antiphon.model.findings import Place

T = TypeVar("T", bound=Outcome)


def expect_outcome(outcome: Outcome, kind: type[T], place: Place) -> T:
    """Return the outcome, known to be of the kind its job gives. Raises: Rejected for a refusal."""
    if isinstance(outcome, Refusal):
        raise Rejected(outcome.code, got=outcome.got, expected=outcome.expected, fix=outcome.fix, place=place)
    if not isinstance(outcome, kind):
        raise Broken(f"a media child answered a {kind.__name__} job with a {type(outcome).__name__}")
    return outcome


def check_file_size(source: BinaryIO, bytes_max: int, place: Place) -> int:
    """Return the open file's size in bytes. Raises: Rejected if it is above ``bytes_max``."""
    size_bytes = os.fstat(source.fileno()).st_size
    if size_bytes > bytes_max:
        raise Rejected(
            UNACCEPTED,
            got=f"a file of {size_bytes} bytes",
            expected=f"at most {bytes_max} bytes",
            fix="deliver the resource in parts, or as FLAC or PNG",
            place=place,
        )
    return size_bytes
