"""Rules about artists the catalogue knows: the same name as before, and from whom their music came until now.

Both ask the catalogue, once for all artists of a message. Where there is none, as on a laptop, they are silent.
"""

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

from antiphon.model.findings import Severity
from antiphon.model.knowledge import KnownArtist
from antiphon.model.roles import is_main_artist
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.credits import NameUse, fold_name, role_words
from antiphon.rules.evidence import Evidence
from antiphon.rules.names import is_various
from antiphon.rules.registry import Breach, Confidence, breach_at, rule
from antiphon.rules.title_anatomy import compared_text

BY_NAME = "name"
"""How a known artist was matched where no id led to it."""

BY_RECORDING = "recording"
"""How a known artist was matched that is credited on a recording which a track may be."""

ANOTHER_NAME_RATIO = 0.5
"""Likeness of two names below which an id is more likely wrong than the name: "Prince" and "The Artist" have 0.25."""

ESTABLISHED_ALBUMS = 10
"""Albums from which on an artist is established: there is an audience to be stolen, and labels to be asked. Ours: most
artists never have ten, and those who have been through several labels, who deliver what they have, do."""

COMPARED_LENGTH = 100
"""Characters of two names that are compared: the comparison takes the square of them."""

_SCHEME_NAMES = {"isni": "ISNI", "ipi": "IPI name number", "dpid": "DPID", "proprietary": "id", "name": "name"}


@rule(
    "R11",
    "An artist is spelled as on its earlier releases",
    severity=Severity.WARN,
    source="SP-MD",
    confidence=Confidence.PLATFORM,
    fix="spell the name as before; if the artist has another name now, say so to the people here, and all releases "
    "will have it",
    ack_code=AckCode.USER_DEFINED,
    why="The page of an artist has one name. Another spelling changes it for every release, or makes a second page.",
)
def is_spelled_as_before(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per artist that its id knows by another name, and per name of ours that differs in case only.

    A name that has nothing in common with the known one holds, since its id may be somebody else's. Artists do change
    their names, so everything else warns.
    """
    for use, known_artists in _known_artists(evidence):
        by_id = [known for known in known_artists if known.matched_by != BY_NAME]
        candidates = by_id or [known for known in known_artists if known.is_own]
        if not candidates or {known.name for known in candidates} & set(_names_of(use)):
            continue
        known = candidates[0]
        if known.matched_by == BY_NAME:
            got = f"artist {use.name!r}{use.extent}, who was {known.name!r} in your earlier deliveries"
        else:
            scheme = _SCHEME_NAMES.get(known.matched_by, known.matched_by)
            got = f"artist {use.name!r}{use.extent}, whose {scheme} belongs to {known.name!r}"
        is_somebody_else = known.matched_by != BY_NAME and _likeness(use.name, known.name) < ANOTHER_NAME_RATIO
        yield breach_at(
            use.place,
            line=use.line,
            got=got,
            expected=repr(known.name),
            message=f"{use.name!r} is known as {known.name!r}.",
            fix=f"check the id: it may be another artist's; if it is right, spell the name {known.name!r}"
            if is_somebody_else
            else f"spell the name {known.name!r}; if it has changed, ask for all releases to be changed",
            severity=Severity.HOLD if is_somebody_else else None,
        )


@rule(
    "R12",
    "A new provider of an established artist is confirmed",
    severity=Severity.HOLD,
    source="our inference; listening services' impersonation reports",
    confidence=Confidence.INFERRED,
    fix="confirm that you may deliver this artist; if it only has the same name, give its party an ISNI or your own id",
    ack_code=AckCode.USER_DEFINED,
    why="Music put on somebody else's page is the commonest fraud there is, and it is done by the first delivery.",
)
def is_confirmed_for_artist(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per main artist that only other providers have delivered; but for established ones it warns.

    It holds where the music would come onto the page of an artist of ten albums or more: an id leads there, or one of
    the tracks is a recording of that artist, by its ISRC or as the same song. A name alone leads nowhere: names are
    shared by many. Guests are not asked about: they are on other people's records all the time.
    """
    knowledge = evidence.context.knowledge
    uses = [use for use in _list_uses(evidence) if not _is_guest(use)]
    found = knowledge.find_artists(use.credits[0] for use in uses) if knowledge is not None and uses else {}
    is_new = any(not any(known.is_own for known in found.get(use.name, ())) for use in uses)
    credited = knowledge.find_credited(evidence.tracks) if knowledge is not None and is_new and evidence.tracks else ()
    for use in uses:
        known_artists = found.get(use.name, ())
        is_known_here = any(known.is_own for known in known_artists)
        joined = () if is_known_here else (known for known in credited if _loosen(known.name) == _loosen(use.name))
        strangers = _find_strangers((*known_artists, *joined))
        if strangers:
            known = max(strangers, key=lambda known: (known.matched_by != BY_NAME, known.album_count))
            yield _explain_stranger(use, known, is_known_here=is_known_here)


def _explain_stranger(use: NameUse, known: KnownArtist, *, is_known_here: bool) -> Breach:
    by_name = known.matched_by == BY_NAME
    albums = f"{known.album_count} albums" if known.album_count != 1 else "one album"
    is_established = not by_name and not is_known_here and known.album_count >= ESTABLISHED_ALBUMS
    message = f"{use.name!r} is new from this provider, and known from others."
    return breach_at(
        use.place,
        line=use.line,
        got=f"artist {use.name!r}{use.extent}, {_say_match(known)} {known.name!r} ({albums}, none of yours)",
        expected="an artist you delivered before, or a confirmation",
        message=f"{use.name!r} is joined with an artist of others." if is_known_here else message,
        fix="nothing, if this is another artist; if it is the same one, give its party the ISNI it has"
        if by_name
        else "",
        severity=None if is_established else Severity.WARN,
    )


def _say_match(known: KnownArtist) -> str:
    if known.matched_by == BY_RECORDING:
        return "with a recording of"
    scheme = _SCHEME_NAMES.get(known.matched_by, known.matched_by)
    return f"whose {scheme} is that of"


def _is_guest(use: NameUse) -> bool:
    return bool(use.credits[0].roles) and not any(map(is_main_artist, role_words(use.credits)))


def _loosen(name: str) -> str:
    """Return a name in the form in which recordings join artists: without case, accents, punctuation, and "The"."""
    first, _, rest = name.strip().partition(" ")
    return compared_text(rest if rest and first.casefold() == "the" else name)


def _find_strangers(known_artists: tuple[KnownArtist, ...]) -> tuple[KnownArtist, ...]:
    """Return the artists that only others delivered; beside one of the provider's own, only those an id leads to."""
    own = {known.artist_id for known in known_artists if known.is_own}
    strangers = (known for known in known_artists if not known.is_own and known.artist_id not in own)
    return tuple(known for known in strangers if not own or known.matched_by != BY_NAME)


def _list_uses(evidence: Evidence) -> list[NameUse]:
    """Return the display artists that the catalogue could know, in message order."""
    return [use for use in evidence.artists.values() if use.credits and not is_various(use.name)]


def _known_artists(evidence: Evidence) -> Iterator[tuple[NameUse, tuple[KnownArtist, ...]]]:
    """Yield the display artists that the catalogue knows, with what it knows, in message order."""
    knowledge = evidence.context.knowledge
    uses = _list_uses(evidence)
    if knowledge is None or not uses:
        return
    found: Mapping[str, tuple[KnownArtist, ...]] = knowledge.find_artists(use.credits[0] for use in uses)
    for use in uses:
        if known := found.get(use.name):
            yield use, known


def _names_of(use: NameUse) -> Iterator[str]:
    """Yield the name and its forms in other languages and scripts."""
    yield use.name
    for credit in use.credits:
        yield from (name.full for name in credit.names if name.full)


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, fold_name(one)[:COMPARED_LENGTH], fold_name(other)[:COMPARED_LENGTH]).ratio()


RULES = (is_spelled_as_before, is_confirmed_for_artist)
