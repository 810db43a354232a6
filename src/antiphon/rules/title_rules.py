"""Rules about words that do not belong in a title. Distributors' readings, so a provider's policy may drop most.

What a title may hold for good reasons (a store's session, a heart, an EP that is called one) only warns, also where
distributors reject it: a catalogue of real music has all of these.
"""

import re
from collections.abc import Iterator

from antiphon.model.findings import Severity
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.evidence import Evidence
from antiphon.rules.registry import Breach, Confidence, breach_at, rule
from antiphon.rules.title_anatomy import ShownTitle, compared_text, version_texts

_PROMOTION = (
    r"exclusive|limited edition|now streaming|out now|new single|official|official (?:music |lyric )?(?:audio|video)"
)
_PROMOTED = re.compile(rf"[(\[]\s*(?:{_PROMOTION})\s*[)\]]|\s[-–—|]\s*(?:{_PROMOTION})\s*$", re.I)
"""Promotion stands in brackets or after a dash. Inside a title the same words are a title: "Exclusive"."""

_FORBIDDEN = {
    "an address": re.compile(r"https?://|\bwww\.|\b[a-z0-9-]{2,}\.(?:com|net|org|info|co\.uk)\b", re.I),
    "a handle": re.compile(r"(?<![\w.])@\w{2,}"),
    "a price": re.compile(r"[$€£¥]\s?\d+[.,]\d\d\b|\b\d+[.,]\d\d\s?(?:USD|EUR|GBP)\b", re.I),
    "a store": re.compile(r"\b(?:spotify|itunes|apple music|amazon music|youtube|deezer|soundcloud|bandcamp)\b", re.I),
    "a quality mark": re.compile(r"[(\[]\s*(?:HD|HQ|Hi-?Res|lossless|320 ?kbps)\s*[)\]]", re.I),
    "an emoji": re.compile(r"[\U0001F000-\U0001FAFF\uFE0F]"),
    "a decoration": re.compile(r"[★☆♪♫♬►▶◄●■◆✨♥♡]"),
}
_CLUES = {
    "an address": ("://", "www.", ".com", ".net", ".org", ".info", ".co.uk"),
    "a handle": ("@",),
    "a price": ("$", "usd", "eur", "gbp"),
    "a store": ("spotify", "itunes", "apple m", "amazon m", "youtube", "deezer", "soundcloud", "bandcamp"),
    "a quality mark": ("hd", "hq", "res", "lossless", "kbps"),
}
"""What a title in ASCII has in lower case if it holds such a thing: looking for these is quicker than for the thing."""

_LIGHTER = frozenset({"a store", "a decoration"})
"""What real titles hold, too: "iTunes Session", "★"."""

_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
"""Scripts in whose titles stars and notes are punctuation."""

_GENERIC = re.compile(
    r"(?:audio ?)?(?:track|titel|piste|pista|traccia|faixa|recording|new recording|untitled track|audio)"
    r"[ _#-]*(?:no\.? ?)?\d+|track|title|untitled track|unknown(?: track| title)?|instrumental|audio ?track|no title"
    r"|n/a|tba|test",
    re.I,
)

_FEATURING = re.compile(
    r"[(\[]\s*(?:(?:feat|ft)\b\.?|featuring\b)\s*([^)\]]+)[)\]]|(?<!\d)\s(?:feat|ft)\.\s*(\S.*)$", re.I
)
_ACCOMPANIED = re.compile(r"[(\[]\s*(?:with|w/|prod(?:uced|\.)?(?: by)?|by)\s+([^)\]]+)[)\]]", re.I)

_PRODUCT_TYPE = re.compile(r"(?:\s[-–—]\s*|[(\[]\s*)(?:single|e\.?p\.?)\s*[)\]]?$", re.I)
_NAMED_EP = re.compile(r"\sE\.?P\.?$")

_ADVISORY = re.compile(r"(?:explicit|clean|dirty|uncensored|censored)(?: (?:version|edit|lyrics|album version))?", re.I)
_MASKED = re.compile(r"\b[^\W\d_]\w*\*+\w+|\b[^\W\d_]\w*\*{2,}")
_SPELLED_WITH_STARS = re.compile(r"(?:\w\*)+\w")
"""Titles such as M*A*S*H: every letter apart."""


@rule(
    "T6",
    "Artists are named in their own fields, not in titles",
    severity=Severity.WARN,
    source="SP-MD, LG",
    confidence=Confidence.PLATFORM,
    fix="credit the artist with its role (FeaturedArtist), and leave the name out of the title",
    ack_code=AckCode.USER_DEFINED,
    why="An artist in a title has no page, no link and no share in search; the same name in its field has.",
)
def names_no_artist_in_title(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per title that names a featured artist, or begins with its own artist and a dash.

    It only warns, though platforms demand it: many real messages have it in the title they display, by intent.
    """
    credited = {compared_text(name): name for name in evidence.artists}
    for title in evidence.titles:
        guest = _FEATURING.search(title.shown)
        if guest:
            named = compared_text(guest[1] or guest[2])
            is_credited = any(name and name in named for name in credited)
            yield breach_at(
                title.titled,
                got=f"{guest[0].strip()!r} in {title.shown!r}",
                expected="the title alone",
                message=f'"{guest[0].strip()}" names an artist in the title'
                f"{'.' if is_credited else ', whom no DisplayArtist names.'}",
            )
        else:
            yield from _find_own_artist(title, credited)


@rule(
    "T9",
    "Titles are not generic",
    severity=Severity.WARN,
    source="SYM",
    confidence=Confidence.DISTRIBUTOR,
    fix="send the title of the recording; if this is it, nothing is to do",
    ack_code=AckCode.METADATA_MISSING,
    why="A program's placeholder says that somebody forgot to enter the title.",
)
def is_no_generic_title(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per title that a program gave: "Track 01", "Instrumental"."""
    for title in evidence.titles:
        if _GENERIC.fullmatch(title.text.strip()):
            yield breach_at(
                title.titled,
                got=f"title {title.text!r}",
                expected="the title of the recording",
                message=f'"{title.text}" stands for a title that is missing.',
            )


@rule(
    "T10",
    "Titles do not advertise",
    severity=Severity.HOLD,
    source="SYM, FUGA, REPR-DSP",
    confidence=Confidence.DISTRIBUTOR,
    fix="take the promotional words out of the title",
    ack_code=AckCode.USER_DEFINED,
    why="Promotion is out of date after a week, and stays in the title for good.",
)
def does_not_advertise(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per title with promotion in brackets or after a dash."""
    for title in evidence.titles:
        found = _PROMOTED.search(title.shown)
        if found:
            yield breach_at(
                title.titled,
                got=f"{found[0].strip()!r} in {title.shown!r}",
                expected="the title alone",
                message="The title advertises.",
            )


@rule(
    "T11",
    "Titles hold no address, handle, price, store, quality mark, emoji or decoration",
    severity=Severity.HOLD,
    source="REPR-DSP, REPR-OV",
    confidence=Confidence.DISTRIBUTOR,
    fix="take it out of the title",
    ack_code=AckCode.USER_DEFINED,
    why="Titles are sung, read out and searched; addresses, prices and stores are none of it.",
)
def holds_nothing_but_title(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per kind of thing a title holds that is no title; a warning for what some titles do hold."""
    for title in evidence.titles:
        for kind in _list_suspicions(title.shown):
            found = _FORBIDDEN[kind].search(title.shown)
            if found and not (kind == "a decoration" and _EAST_ASIAN.search(title.shown)):
                yield breach_at(
                    title.titled,
                    got=f"{kind}, {found[0]!r}, in {title.shown!r}",
                    expected="the title alone",
                    message=f"The title holds {kind}.",
                    severity=Severity.WARN if kind in _LIGHTER else None,
                )


@rule(
    "T12",
    'Titles do not end in "Single" or "EP"',
    severity=Severity.WARN,
    source="MB9",
    confidence=Confidence.DISTRIBUTOR,
    fix="say so in the release type; keep the word only where it belongs to the title",
    ack_code=AckCode.USER_DEFINED,
    why="Every surface shows the type of a release itself, so it would stand there twice.",
)
def leaves_type_to_its_field(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach where the release's title or version is its type; a note for a title such as "Harbour EP"."""
    for title in evidence.titles:
        if title.is_release:
            found = _PRODUCT_TYPE.search(title.shown) or _NAMED_EP.search(title.shown)
            if found:
                yield breach_at(
                    title.titled,
                    got=f"{found[0].strip()!r} in {title.shown!r}",
                    expected="the title alone",
                    message="The title says what type of release it is, which ReleaseType does.",
                    severity=Severity.NOTE if _NAMED_EP.fullmatch(found[0]) else None,
                )


@rule(
    "T13",
    "Titles say nothing about explicit words and mask none",
    severity=Severity.WARN,
    source="RBS",
    confidence=Confidence.DISTRIBUTOR,
    fix="say it in ParentalWarningType, and spell words out: every surface masks them as its listeners expect",
    ack_code=AckCode.USER_DEFINED,
    why="Surfaces mark and mask words as their listeners expect; a title that does so itself cannot be unmasked.",
)
def leaves_warning_to_its_field(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per title with an advisory as version, or with asterisks for letters.

    It only warns, though distributors reject it: some songs are published with their asterisks.
    """
    for title in evidence.titles:
        for text in version_texts(title):
            if _ADVISORY.fullmatch(text):
                yield breach_at(
                    title.titled,
                    got=f"{text!r} in {title.shown!r}",
                    expected="the title alone",
                    message=f'"{text}" is a parental warning, not part of the title.',
                )
        masked = _MASKED.search(title.shown) if "*" in title.shown else None
        if masked and not _SPELLED_WITH_STARS.fullmatch(masked[0]):
            yield breach_at(
                title.titled,
                got=f"{masked[0]!r} in {title.shown!r}",
                expected="the word, spelled out",
                message="The title has asterisks for letters.",
            )


def _list_suspicions(shown: str) -> list[str]:
    """Return the kinds of things a title may hold, as a look for their clues tells; other scripts may hold any."""
    if not shown.isascii():
        return list(_FORBIDDEN)
    lowered = shown.lower()
    return [kind for kind, clues in _CLUES.items() if any(clue in lowered for clue in clues)]


def _find_own_artist(title: ShownTitle, credited: dict[str, str]) -> Iterator[Breach]:
    """Yield a breach where a title begins with its artist and a dash, or brings a credited name in brackets."""
    head, dash, _ = title.text.partition(" - ")
    accompanied = _ACCOMPANIED.search(title.text)
    named = head if dash and compared_text(head) in credited else ""
    if not named and accompanied and compared_text(accompanied[1]) in credited:
        named = accompanied[0].strip()
    if named:
        yield breach_at(
            title.titled,
            got=f"artist {named!r} in {title.text!r}",
            expected="the title alone",
            message=f'"{named}" names an artist in the title.',
        )


RULES = (
    names_no_artist_in_title,
    is_no_generic_title,
    does_not_advertise,
    holds_nothing_but_title,
    leaves_type_to_its_field,
    leaves_warning_to_its_field,
)
