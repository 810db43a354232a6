"""Rules about the words of titles. All are distributors' readings, so a provider's policy may drop them."""

import re
import unicodedata
from collections.abc import Iterator

from antiphon.model.findings import Severity
from antiphon.model.releases import Release
from antiphon.model.resources import Resource
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.anatomy import artist_names, described_parts, shown_title, tracks_of
from antiphon.rules.evidence import Evidence
from antiphon.rules.registry import Breach, Confidence, breach_at, rule

TITLE_LENGTH_READ = 1_000
"""Characters of a title that are searched for words. Real titles stay under 300; patterns may take the square of it."""

_PROMOTION = (
    r"exclusive|limited edition|now streaming|out now|new single|official|official (?:music |lyric )?(?:audio|video)"
)
_PROMOTED = re.compile(rf"[(\[]\s*(?:{_PROMOTION})\s*[)\]]|\s[-–—|]\s*(?:{_PROMOTION})\s*$", re.I)
"""Promotion stands in brackets or after a dash. Inside a title the same words are a title: "Exclusive"."""

_FORBIDDEN = {
    "an address": re.compile(r"https?://|\bwww\.|\b[a-z0-9-]{2,}\.(?:com|net|org|info|fm|tv|de|fr|co\.uk)\b", re.I),
    "a handle": re.compile(r"(?<![\w.])@\w{2,}"),
    "a price": re.compile(r"[$€£¥]\s?\d+[.,]\d\d\b|\b\d+[.,]\d\d\s?(?:USD|EUR|GBP)\b", re.I),
    "a store": re.compile(r"\b(?:spotify|itunes|apple music|amazon music|youtube|deezer|soundcloud|bandcamp)\b", re.I),
    "a quality mark": re.compile(r"[(\[]\s*(?:HD|HQ|Hi-?Res|lossless|320 ?kbps)\s*[)\]]", re.I),
    "an emoji": re.compile(r"[\U0001F000-\U0001FAFF\uFE0F]"),
}


@rule(
    "T8",
    "No two tracks of an artist have the same title and version",
    severity=Severity.HOLD,
    source="SYM",
    confidence=Confidence.DISTRIBUTOR,
    fix="give the versions their version text, or take out the track that is there twice",
    ack_code=AckCode.USER_DEFINED,
)
def has_unique_titles(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per track titled like an earlier one. By other artists (on a compilation) it is another song."""
    seen: dict[tuple[str, tuple[str, ...]], Resource] = {}
    for track in tracks_of(evidence.statement):
        title = unicodedata.normalize("NFKC", shown_title(track.titles)).casefold()
        key = (title, tuple(sorted(set(artist_names(track.display_artists, track.display_artist_names)))))
        first = seen.setdefault(key, track)
        if title and first is not track:
            yield breach_at(
                track,
                got=f"title {shown_title(track.titles)!r}, as {first.reference} has",
                expected="a title or version of its own",
            )


@rule(
    "T10",
    "Titles do not advertise",
    severity=Severity.HOLD,
    source="SYM, FUGA, REPR-DSP",
    confidence=Confidence.DISTRIBUTOR,
    fix="take the promotional words out of the title",
    ack_code=AckCode.USER_DEFINED,
)
def does_not_advertise(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per title with promotion in brackets or after a dash."""
    for titled, title in _titles(evidence):
        found = _PROMOTED.search(title)
        if found:
            yield breach_at(titled, got=f"{found[0].strip()!r} in {title!r}", expected="the title alone")


@rule(
    "T11",
    "Titles hold no address, handle, price, store, quality mark or emoji",
    severity=Severity.HOLD,
    source="REPR-DSP, REPR-OV",
    confidence=Confidence.DISTRIBUTOR,
    fix="take it out of the title",
    ack_code=AckCode.USER_DEFINED,
)
def holds_nothing_but_title(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per kind of thing a title holds that is no title."""
    for titled, title in _titles(evidence):
        for kind, pattern in _FORBIDDEN.items():
            found = pattern.search(title)
            if found:
                yield breach_at(titled, got=f"{kind}, {found[0]!r}, in {title!r}", expected="the title alone")


def _titles(evidence: Evidence) -> Iterator[tuple[Release | Resource, str]]:
    for titled in described_parts(evidence.statement):
        yield titled, shown_title(titled.titles)[:TITLE_LENGTH_READ]


RULES = (has_unique_titles, does_not_advertise, holds_nothing_but_title)
