"""What a child is asked, and what it may answer: plain values, since they cross a process boundary."""

import struct

import msgspec

from antiphon.media.limits import Limits
from antiphon.model.media import AudioFacts, ImageFacts


class AudioJob(msgspec.Struct, frozen=True, kw_only=True, tag="audio"):
    """Decode the source to its end; write its Opus rendition to the target."""

    limits: Limits


class CoverJob(msgspec.Struct, frozen=True, kw_only=True, tag="cover"):
    """Decode the source image; answer with it in each of the sizes (longest side, in pixels)."""

    limits: Limits
    sizes_px: tuple[int, ...]


Job = AudioJob | CoverJob


class DecodedAudio(msgspec.Struct, frozen=True, kw_only=True, tag="audio"):
    """Facts of an audio file that decoded to its end, and whose Opus rendition is in the target.

    ``is_native_flac``: the file is FLAC from its first byte on, so that it may be served as it is.
    """

    facts: AudioFacts
    is_native_flac: bool


class EncodedCover(msgspec.Struct, frozen=True, kw_only=True):
    """One JPEG."""

    width_px: int
    height_px: int
    data: bytes


class DecodedCover(msgspec.Struct, frozen=True, kw_only=True, tag="cover"):
    """Facts of an image that decoded whole, and what it was encoded to, largest first."""

    facts: ImageFacts
    covers: tuple[EncodedCover, ...]


class Refusal(msgspec.Struct, frozen=True, kw_only=True, tag="refusal"):
    """Why the file cannot be used: the parts of a ``Rejected``."""

    code: str
    got: str
    expected: str
    fix: str


Outcome = DecodedAudio | DecodedCover | Refusal

LENGTH = struct.Struct("!I")
"""What goes before a job on the nursery's socket: its length in bytes."""

FRAME = struct.Struct("!ci")
"""What an answer is made of: a mark and a number. Each frame comes at most once, in this order."""

PROCESS_ID = b"p"
"""Written by the child, first; the number is its process id."""

OUTCOME = b"o"
"""Written by the child at its end; the number is the length of the outcome that follows the frame."""

STATUS = b"s"
"""Written by the nursery, last; the number is the child's exit status, negative for a signal."""

CORRUPT = "ResourceCorrupt"
"""The file cannot be decoded to its end."""

UNACCEPTED = "ResourceNotMeetingSpecifications"
"""The file is of a kind, or a size, that is not taken."""

DECODABLE = "a file that decodes to its end"
SEND_AGAIN = "deliver the file again: it is cut off or damaged"


class UnusableFile(Exception):
    """Raised inside a child to end its job with a refusal."""

    def __init__(self, code: str, *, got: str, expected: str, fix: str) -> None:
        self.refusal = Refusal(code=code, got=got, expected=expected, fix=fix)
        super().__init__(got)
