"""Rules about who a release and its tracks are by: one real artist per field, by the name it goes by.

Names are judged by what the message itself shows. "The Tidemarks & Aino Lehtola" may be the name of a duo or two
artists in one field: it is told as the latter only where the message credits both on their own, or joins them by words
that no act has in its name. An ISNI settles it: who has one of its own is one artist.
"""

from collections.abc import Iterator

from antiphon.model.claims import IdScheme, Role
from antiphon.model.findings import Severity
from antiphon.model.releases import Release
from antiphon.model.resources import Resource
from antiphon.model.roles import is_featured_artist, is_main_artist, is_with_artist
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.anatomy import artist_names
from antiphon.rules.credits import NameUse, fold_name, role_word
from antiphon.rules.evidence import Evidence
from antiphon.rules.names import (
    VARIOUS_PLACEHOLDER,
    ends_with_friends,
    is_company_name,
    is_various,
    joined_as_list,
    joined_by_battle,
    joined_by_featuring,
    joined_names,
)
from antiphon.rules.registry import Breach, Confidence, breach_at, rule
from antiphon.rules.vocabulary import Vocabulary

MAIN_ARTISTS_LIMIT = 4
"""Main artists from which on a release of several tracks is by Various Artists. Source: CATA, ING7."""

VARIOUS_ARTISTS = "Various Artists"
"""The one spelling every service takes for a compilation's display artist."""

_DISPLAY_ROLES = (("FeaturedArtist", is_featured_artist), ("MainArtist", is_main_artist), ("With", is_with_artist))
"""What stands where in a display line, and how it is told from the words of senders."""


@rule(
    "R1",
    "Every artist has a field of its own",
    severity=Severity.HOLD,
    source="SP-MD, CATA",
    confidence=Confidence.PLATFORM,
    fix="credit each artist in a DisplayArtist of its own, with its own role; if this is the name of one act, give its "
    "party an ISNI",
    ack_code=AckCode.USER_DEFINED,
    why="Whoever follows one of the artists does not find the track, and a page appears for a pair that does "
    "not exist.",
)
def has_one_artist_per_field(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per name that holds several artists; one that may be a duo's name only warns.

    It holds for names joined by "feat.", and where the message credits every one of the joined as an artist elsewhere.
    It warns for "vs." and "presents", for lists, and where the joined are only known as contributors: "Daryl Hall &
    John Oates" write their own songs. A name with an ISNI is one artist, and so is "Earth, Wind & Fire".
    """
    for use in evidence.artists.values():
        if any(party_id.scheme is IdScheme.ISNI for party_id in use.ids):
            continue
        found = _find_joined(use, evidence)
        if found is None:
            continue
        joined, severity, reason = found
        line_only = not use.credits
        yield breach_at(
            use.place,
            line=use.line,
            got=f"artist {use.name!r}{use.extent}",
            expected="one artist in a field",
            message=f"{reason}{' There is no credit, only this display line.' if line_only else ''}",
            fix=_credit_featured(joined) if joined_by_featuring(use.name) else _credit_apart(joined, evidence.words),
            severity=severity,
        )


@rule(
    "R3",
    "A release of four main artists or more is by Various Artists",
    severity=Severity.WARN,
    source="CATA, ING7",
    confidence=Confidence.DISTRIBUTOR,
    fix="make Various Artists the display artist of the release, mark it a compilation, and name the artists on their "
    "tracks",
    ack_code=AckCode.USER_DEFINED,
    why="A line of many names cannot be read in a player; services show and group such releases as compilations.",
)
def has_few_main_artists(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach where a release of several tracks names four main artists or more; one track names all it has."""
    main = evidence.statement.main_release
    if main is None or len(evidence.tracks) < 2:
        return
    mains = {c.name: c for c in main.display_artists if any(is_main_artist(role_word(role)) for role in c.roles)}
    if len(mains) >= MAIN_ARTISTS_LIMIT:
        yield breach_at(
            main,
            line=next(iter(mains.values())).line,
            got=f"{len(mains)} main artists: {_list_names(list(mains))}",
            expected=f"{VARIOUS_ARTISTS}, or at most {MAIN_ARTISTS_LIMIT - 1}",
            message=f"The release is by {len(mains)} main artists.",
        )


@rule(
    "R4",
    "Various Artists stands alone, in these words, and on no track",
    severity=Severity.HOLD,
    source="CATA, OMZ2, REV-SG",
    confidence=Confidence.DISTRIBUTOR,
    fix="name the artists of each track; only a release may be by Various Artists",
    ack_code=AckCode.USER_DEFINED,
    why="A track is by somebody: pages, searches and payments hang on its artists.",
)
def names_artists_of_tracks(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per track by a placeholder for many; a release that mixes or misspells it only warns.

    REV-SG forbids the words on releases too and wants a compilation flag; most services take them, so they may stand.
    """
    main = evidence.statement.main_release
    if not any(map(is_various, evidence.artists)) and not any(
        c.special for p in evidence.parts for c in p.display_artists
    ):
        return
    for part in evidence.parts:
        specials = tuple(credit.special for credit in part.display_artists if credit.special)
        names = dict.fromkeys((*artist_names(part.display_artists, part.display_artist_names), *specials))
        various = [name for name in names if is_various(name)]
        others = [name for name in names if name not in various]
        if not various:
            continue
        line = next((c.line for c in part.display_artists if {c.name, c.special} & set(various)), 0)
        if part is not main:
            yield breach_at(
                part,
                line=line,
                got=f"artist {various[0]!r}",
                expected="the artists of this track",
                message=f"The track is by {VARIOUS_ARTISTS}.",
            )
        elif others:
            yield breach_at(
                part,
                line=line,
                got=f"artist {various[0]!r} beside {_list_names(others)}",
                expected=f"{VARIOUS_ARTISTS} alone, or names alone",
                message="The release is by Various Artists and by artists with names.",
                fix=f"take out {various[0]!r}, or take out the names and leave them to the tracks",
                severity=Severity.WARN,
            )
        elif not set(various) & {VARIOUS_ARTISTS, VARIOUS_PLACEHOLDER}:
            yield breach_at(
                part,
                line=line,
                got=f"artist {various[0]!r}",
                expected=f"{VARIOUS_ARTISTS!r}",
                message=f"{VARIOUS_ARTISTS} is spelled {various[0]!r}.",
                fix=f"write {VARIOUS_ARTISTS!r}; services know it by no other spelling",
                severity=Severity.WARN,
            )


@rule(
    "R6",
    "No label, friends or lone member stands among the artists",
    severity=Severity.WARN,
    source="FUGA, CATA",
    confidence=Confidence.DISTRIBUTOR,
    fix="credit the artists; labels go into the label field, members and guests into the contributors",
    ack_code=AckCode.USER_DEFINED,
    why="Every display artist gets a page: a label's or a guest's collects music that others made.",
)
def has_artists_only(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per artist that is the label or a company, ends in "and Friends", or stands beside its own band.

    Only a company's name counts as a label: many artists release on a label that has their own name. Warns, because
    some bands are called "... Records" and "... & Friends".
    """
    companies = _company_names(evidence)
    for use in evidence.artists.values():
        if fold_name(use.name) in companies:
            yield breach_at(
                use.place,
                line=use.line,
                got=f"artist {use.name!r}{use.extent}, which is the label or the sender",
                expected="the artist",
                message=f"{use.name!r} is a company, and stands among the artists.",
                fix="credit who made the recording; the company belongs into the label",
            )
        elif ends_with_friends(use.name):
            yield breach_at(
                use.place,
                line=use.line,
                got=f"artist {use.name!r}{use.extent}",
                expected="the artist alone, and the guests by their names",
                message=f"{use.name!r} names nobody but the first.",
                fix=f"credit the artist alone, and each guest as a FeaturedArtist or {evidence.words.contributor}",
            )
    for part in evidence.parts:
        yield from _find_members_beside_bands(part, evidence.words)


@rule(
    "R8",
    'Nobody is featured and a main or "with" artist of the same item',
    severity=Severity.HOLD,
    source="AP-SG",
    confidence=Confidence.PLATFORM,
    fix="give the artist one display role on this item",
    ack_code=AckCode.ARTIST_ROLE_UNKNOWN,
    why='A player writes "A feat. B" or "A with B", and has no way to write both.',
)
def has_one_display_role(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per artist credited as featured and as "with" on one item; as featured and main it warns."""
    for part in evidence.parts:
        if len(part.display_artists) == 1 and len(part.display_artists[0].roles) < 2:
            continue
        roles: dict[str, set[str]] = {}
        for credit in part.display_artists:
            roles.setdefault(fold_name(credit.name), set()).update(_display_roles(credit.roles))
        for credit in part.display_artists:
            kinds = roles.pop(fold_name(credit.name), set())
            if credit.name and "FeaturedArtist" in kinds and len(kinds) > 1:
                yield breach_at(
                    part,
                    line=credit.line,
                    got=f"{credit.name} as {' and as '.join(sorted(kinds))} on {part.reference}",
                    expected="one display role",
                    message=f"{credit.name!r} has two display roles on one item.",
                    fix=f"leave {credit.name!r} one {evidence.words.artist_role} on {part.reference}",
                    severity=None if "With" in kinds else Severity.WARN,
                )


def _find_joined(use: NameUse, evidence: Evidence) -> tuple[tuple[str, ...], Severity | None, str] | None:
    name = use.name
    if featuring := joined_by_featuring(name):
        severity = None if use.credits else Severity.WARN
        return featuring, severity, f'{name!r} joins artists by "featuring".'
    for joined, reason in (
        (joined_by_battle(name), f'{name!r} joins artists by "vs." or "presents".'),
        (joined_as_list(name), f"{name!r} lists several artists."),
    ):
        if joined:
            return joined, Severity.WARN, reason
    joined = joined_names(name)
    if joined and use.credits:
        if all(part in evidence.artists for part in joined):
            is_certain = not any(party_id.scheme is IdScheme.PROPRIETARY for party_id in use.ids)
            return joined, None if is_certain else Severity.WARN, f"The artists in {name!r} are also credited alone."
        if all(part in evidence.artists or part in evidence.contributors for part in joined):
            return joined, Severity.WARN, f"The artists in {name!r} are also credited alone, as contributors."
    return None


def _credit_featured(names: tuple[str, ...]) -> str:
    return f"credit {names[0]!r} as MainArtist and {_list_names(list(names[1:]))} as FeaturedArtist, each on its own"


def _credit_apart(names: tuple[str, ...], words: Vocabulary) -> str:
    listed = f"{', '.join(map(repr, names[:-1]))} and {names[-1]!r}"
    return (
        f"credit {listed} each in a DisplayArtist of its own, with its own {words.artist_role}; if this is the name of "
        f"one act, give its party {words.isni}"
    )


def _company_names(evidence: Evidence) -> frozenset[str]:
    """Return the names, folded, of the release's labels and of the sender, as far as they are companies' names."""
    main = evidence.statement.main_release
    header = evidence.statement.header
    names = [label.value for label in main.labels] if main else []
    names += [header.sender.name, header.sent_on_behalf_of.name if header.sent_on_behalf_of else ""]
    return frozenset(fold_name(name) for name in names if is_company_name(name))


def _find_members_beside_bands(part: Release | Resource, words: Vocabulary) -> Iterator[Breach]:
    if len(part.display_artists) < 2:
        return
    mains = [c for c in part.display_artists if any(is_main_artist(role_word(role)) for role in c.roles)]
    names = {fold_name(credit.name) for credit in mains}
    if len(names) < 2:
        return
    for credit in mains:
        parts = joined_names(credit.name)
        lone = [name for name in parts if fold_name(name) in names]
        if lone and len(lone) < len(parts):
            yield breach_at(
                part,
                line=credit.line,
                got=f"{lone[0]!r} beside {credit.name!r} on {part.reference}",
                expected="the band, without its member",
                message=f"{lone[0]!r} stands beside its own band.",
                fix=f"make {lone[0]!r} a {words.contributor} instead of a display artist",
            )


def _display_roles(roles: tuple[Role, ...]) -> Iterator[str]:
    for role in roles:
        word = role_word(role)
        for kind, is_of in _DISPLAY_ROLES:
            if is_of(word):
                yield kind


def _list_names(names: list[str]) -> str:
    shown = ", ".join(map(repr, names[:4]))
    return f"{shown} and {len(names) - 4} more" if len(names) > 4 else shown


RULES = (
    has_one_artist_per_field,
    has_few_main_artists,
    names_artists_of_tracks,
    has_artists_only,
    has_one_display_role,
)
