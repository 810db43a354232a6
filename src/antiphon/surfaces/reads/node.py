"""What the operations of the read path work with: the node's parts, and one call."""

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from antiphon.access import STREAM_TOKEN_TTL_S, Caller, SigningKeys
from antiphon.blobs import BlobStore, SoundBook
from antiphon.replica import Replica, ReplicaView
from antiphon.segments import Reader
from antiphon.surfaces.reads.asking import Asking
from antiphon.surfaces.reads.candidates import NewReleases
from antiphon.surfaces.reads.change_feed import ChangeFeed
from antiphon.surfaces.reads.exchange import BlobRange, Header, LiveBody, Request
from antiphon.surfaces.reads.tokens import TokenDesk

CATALOGUE_MAX_AGE_S = 10
"""seconds a client may reuse a catalogue answer unasked: short, since a timed release goes live with nothing pushed."""


MAX_ANSWERS_KEPT = 500
"""answers of one second; albums have 15 kB, at most 100: 8 MB, and 50 at worst."""

JSON_TYPE = "application/json; charset=utf-8"


class ReadSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a node answers. ``public_url`` is the base of absolute links, without a slash at its end; empty: what each
    request was sent to, which is right only where no proxy rewrites the Host header. ``rate_per_s``: requests a second
    one client may make of this process; 0: as many as it likes.
    """

    public_url: str = ""
    rate_per_s: float = 0
    stream_token_ttl_s: int = STREAM_TOKEN_TTL_S
    catalogue_caching: str = f"private, max-age={CATALOGUE_MAX_AGE_S}"


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """The parts a node answers from. It has no others: no database, no broker, no other node.

    ``new_releases`` keeps what was found once per version; ``tokens`` knows the clients, ``sound`` the blobs
    that were found whole; ``changes`` has those who wait for the next version.
    """

    replica: Replica
    blobs: BlobStore
    keys: SigningKeys
    settings: ReadSettings
    new_releases: NewReleases
    tokens: TokenDesk
    sound: SoundBook
    changes: ChangeFeed


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One request on its way through an operation. ``argument`` is what stands for the braces of the route, decoded.

    ``now_s``: seconds since the epoch.
    """

    request: Request
    now_s: float
    argument: str
    parameters: Mapping[str, str]
    base_url: str

    @property
    def now(self) -> datetime:
        """The time of the call, UTC."""
        return datetime.fromtimestamp(self.now_s, UTC)


class CallerCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call of a known caller that reads no one version: it waits for the next, or asks the store."""

    request: Request
    now_s: float
    argument: str
    asking: Asking

    @property
    def parameters(self) -> Mapping[str, str]:
        """The query's parameters by name."""
        return self.asking.parameters


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What an operation gives back; how it is sent (304, HEAD, headers every answer has) is decided elsewhere.

    ``etag`` names the whole representation, strong, with its quotes; empty: there is none to name. ``caching`` is the
    Cache-Control value.
    """

    body: bytes | BlobRange | LiveBody
    caching: str
    etag: str = ""
    media_type: str = JSON_TYPE
    status: int = 200
    headers: tuple[Header, ...] = ()


class KeptAnswers:
    """Answers that are dear to make, kept until the second or the version ends: what many ask for is made once in it.

    They differ by reader, so they are kept by it, and by what was asked for. Looking one up takes a tenth of a
    microsecond; an album takes ten to make.
    """

    __slots__ = ("_by_asked",)

    def __init__(self) -> None:
        self._by_asked: dict[tuple[Reader, str], Answer] = {}

    def find(self, reader: Reader, asked: str) -> Answer | None:
        """Return what a reader was answered before."""
        return self._by_asked.get((reader, asked))

    def keep(self, reader: Reader, asked: str, answer: Answer) -> Answer:
        """Keep an answer, unless there are many, and return it."""
        if len(self._by_asked) < MAX_ANSWERS_KEPT:
            self._by_asked[reader, asked] = answer
        return answer


class CatalogueCall(msgspec.Struct, frozen=True):
    """A call of a known caller on one version of the catalogue: everything it reads is of that version.

    ``answers``: what this reader and others were answered within this second.
    """

    now_s: float
    argument: str
    asking: Asking
    view: ReplicaView
    reader: Reader
    answers: KeptAnswers

    @property
    def now(self) -> datetime:
        """The time of the call, UTC."""
        return datetime.fromtimestamp(self.now_s, UTC)

    @property
    def caller(self) -> Caller:
        """Who calls."""
        return self.asking.caller

    @property
    def parameters(self) -> Mapping[str, str]:
        """The query's parameters by name."""
        return self.asking.parameters

    @property
    def base_url(self) -> str:
        """The base of absolute links."""
        return self.asking.base_url
