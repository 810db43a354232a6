"""Rules about a product as a whole: its tracks against each other and against the release they are on."""

from collections.abc import Iterator

from antiphon.model.claims import IdScheme
from antiphon.model.findings import Severity
from antiphon.model.releases import Release
from antiphon.model.resources import Resource
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.anatomy import RECORDING_KINDS, artist_names, places_of, resources_by_reference
from antiphon.rules.evidence import Evidence
from antiphon.rules.registry import Breach, Confidence, breach_at, rule
from antiphon.rules.title_anatomy import ShownTitle, compared_text, compared_words

TrackKey = tuple[str, frozenset[str]]
"""What tells tracks of a product apart: the words of title and version, and the artists' names."""


@rule(
    "T7",
    "The product of one track is titled and credited as its track",
    severity=Severity.WARN,
    source="ING7, SYM, MB9",
    confidence=Confidence.DISTRIBUTOR,
    fix="give product and track the same title, version and artists",
    ack_code=AckCode.USER_DEFINED,
    why="Listeners search for the single by its song; where the two differ they find neither.",
)
def is_titled_as_its_track(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach where product and track of a one-track product differ in title, version or artists.

    It only warns, though distributors reject it: classical and film singles are titled otherwise with reason.
    """
    main = evidence.statement.main_release
    if main is None or len(evidence.tracks) != 1 or len(evidence.titles) != 2 or _count_recordings(evidence) > 1:
        return
    product, track = evidence.titles
    if compared_words(product) != compared_words(track):
        yield breach_at(
            main,
            got=f"product {product.shown!r}, track {track.shown!r}",
            expected="one title for both",
            message="The product of one track is titled otherwise than its track.",
        )
    artists, performers = _artists_of(main), _artists_of(evidence.tracks[0])
    if artists and performers and artists != performers:
        yield breach_at(
            main,
            got=f"product by {_list_names(main)}, track by {_list_names(evidence.tracks[0])}",
            expected="the same artists on both",
            message="The product of one track is credited to others than its track.",
        )


@rule(
    "T8",
    "No two tracks of an artist have the same title and version",
    severity=Severity.HOLD,
    source="SYM",
    confidence=Confidence.DISTRIBUTOR,
    fix="give the versions their version text, or take out the track that is there twice",
    ack_code=AckCode.USER_DEFINED,
    why="Two tracks of one title look like an error in every list, and mostly are one.",
)
def has_unique_titles(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per track titled like an earlier one. By other artists (on a compilation) it is another song."""
    seen: dict[TrackKey, ShownTitle] = {}
    for title in evidence.titles:
        if not title.is_release:
            first = seen.setdefault(_key_of(title), title)
            if first is not title:
                yield breach_at(
                    title.titled,
                    got=f"title {title.shown!r}, as {first.titled.reference} has",
                    expected="a title or version of its own",
                    message=f"{title.titled.reference} is titled as {first.titled.reference} is.",
                )


@rule(
    "I6",
    "No two tracks of a product are described alike",
    severity=Severity.HOLD,
    source="RBS",
    confidence=Confidence.DISTRIBUTOR,
    fix="describe each recording once and give it a place wherever it is on the product",
    ack_code=AckCode.USER_DEFINED,
    why="The same recording described twice becomes two tracks that compete for each play.",
)
def describes_no_track_twice(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per track with title, artists, duration and ISRC of an earlier one."""
    seen: dict[tuple[TrackKey, int | None, str], ShownTitle] = {}
    for title in evidence.titles:
        if isinstance(title.titled, Resource):
            isrc = next((i.text for i in title.titled.ids if i.scheme is IdScheme.ISRC), "")
            first = seen.setdefault((_key_of(title), title.titled.duration_ms, isrc), title)
            if first is not title:
                yield breach_at(
                    title.titled,
                    got=f"{title.titled.reference}, described as {first.titled.reference} is",
                    expected="each recording once",
                    message=f"{first.titled.reference} and {title.titled.reference} are the same, described twice.",
                )


def _key_of(title: ShownTitle) -> TrackKey:
    return compared_words(title), _artists_of(title.titled)


def _artists_of(part: Release | Resource) -> frozenset[str]:
    names = artist_names(part.display_artists, part.display_artist_names)
    return frozenset(compared_text(name) or name for name in names)


def _list_names(part: Release | Resource) -> str:
    return ", ".join(map(repr, dict.fromkeys(artist_names(part.display_artists, part.display_artist_names))))


def _count_recordings(evidence: Evidence) -> int:
    main = evidence.statement.main_release
    resources = resources_by_reference(evidence.statement)
    placed = {place.resource_reference for place in places_of(main)} if main is not None else set()
    return sum(resources[r].kind in RECORDING_KINDS for r in placed if r in resources)


RULES = (is_titled_as_its_track, has_unique_titles, describes_no_track_twice)
