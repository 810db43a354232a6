"""Rules about songs of others: karaoke, tributes, covers, sound-alikes, recordings that nobody owns any more.

They are welcome as long as nobody is misled: the original artist is in no artist field and not the first word of a
title, the version says what it is, and those who wrote the song are credited.
"""

import re
from collections.abc import Iterator

from antiphon.model.findings import Severity
from antiphon.model.resources import Resource
from antiphon.model.roles import is_performer, is_writer
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.anatomy import list_tracks, shown_title
from antiphon.rules.covers import (
    TITLE_LENGTH_READ,
    are_karaoke,
    honoured_artist,
    imitated_artist,
    is_cover,
    original_performer,
    says_karaoke,
)
from antiphon.rules.credits import fold_name, role_words
from antiphon.rules.evidence import Evidence
from antiphon.rules.registry import Breach, Confidence, breach_at, rule

OLD_RECORDING_YEARS = 70
"""Years after publication when a recording is out of protection in most of the world. Source: EU 2011/77, US MMA 2018
gives some more to the oldest."""

_LEADING_ARTIST = re.compile(
    r"(?P<artist>[^:()\[\]–—]{2,80}?)(?:'s|’s)?"
    r"(?:\s*[:–—-]?\s+(?:the |a )?tribute\b(?!\s+to\b)"
    r"|\s+(?:karaoke(?!\s+version)|cover versions?|covers|(?:hits|songs) (?:karaoke|tribute))\b)",
    re.I,
)
"""A name, and then what is made of its songs: "Vera Solvang: A Tribute", "Vera Solvang Karaoke"."""
_NO_ARTIST = frozenset(
    {
        "the",
        "a",
        "an",
        "best",
        "great",
        "greatest",
        "ultimate",
        "top",
        "acoustic",
        "piano",
        "live",
        "more",
        "my",
        "our",
        "all",
        "new",
    }
)
_FREE_WORDS = (
    "public domain",
    "domaine public",
    "dominio publico",
    "dominio público",
    "domínio público",
    "gemeinfrei",
    "creative commons",
    "cc0",
)
"""How rights lines say that a recording is free, in lower case."""
_YEAR = re.compile(r"\d{4}")


@rule(
    "L5",
    "Karaoke says so, and nobody else claims the original artist",
    severity=Severity.HOLD,
    source="ING20, SELF",
    confidence=Confidence.DISTRIBUTOR,
    fix='give the track the version "Karaoke Version", and leave the original artist out of the artists',
    ack_code=AckCode.USER_DEFINED,
    why="Listeners must not take karaoke for the original, nor find it on the original artist's page.",
)
def marks_karaoke(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach where karaoke lacks its version, its words stand on a cover, or the original artist is credited.

    Karaoke is what has that genre or says so in its title. "Originally performed by" is for karaoke alone; a cover
    says nothing, and its artist is who sings it.
    """
    main = evidence.statement.main_release
    is_release_karaoke = main is not None and are_karaoke(main.genres)
    for track, title in evidence.covers:
        if isinstance(track, Resource):
            if not is_release_karaoke and not are_karaoke(evidence.track_genres.get(track.reference, ())):
                yield from _find_karaoke_words(track, title)
            yield from _find_credited_original(track, title)
    release_genres = main.genres if main is not None else ()
    unnamed = [
        track
        for track in evidence.tracks
        if are_karaoke(evidence.track_genres.get(track.reference, release_genres))
        and not says_karaoke(shown_title(track.titles))
    ]
    if unnamed:
        yield breach_at(
            unnamed[0],
            got=f"genre Karaoke and no such version on {list_tracks(unnamed, evidence.tracks)}",
            expected='"Karaoke Version" in the SubTitle',
            message="Karaoke does not say so in its version.",
            fix='write "Karaoke Version" as SubTitle of the title, or choose the genre of the music',
        )


@rule(
    "L6",
    "A tribute does not begin with the original artist, and credits who wrote the songs",
    severity=Severity.WARN,
    source="ING20",
    confidence=Confidence.DISTRIBUTOR,
    fix='put the artist last, as in "A Tribute to ..."',
    ack_code=AckCode.USER_DEFINED,
    why="A title that begins with a star's name catches those who search for the star, and the songs are somebody's.",
)
def does_not_lead_with_original(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach where a title leads with somebody else's name, and one for covers that credit no writer.

    Who stands before "Tribute" or "Karaoke" in a title may also be no artist ("Wedding Karaoke"), so it only warns.
    """
    main = evidence.statement.main_release
    if main is not None:
        title = shown_title(main.titles)[:TITLE_LENGTH_READ]
        found = _LEADING_ARTIST.match(title)
        if found and not _is_own_or_common(found["artist"], evidence):
            yield breach_at(
                main,
                got=f"title {title!r}, which begins with {found['artist']!r}",
                expected="a title that begins with other words",
                message=f"The title begins with {found['artist']!r}, which is none of its artists.",
                fix=f'put the artist last, as in "A Tribute to {found["artist"]}"',
            )
    covers = {part.reference for part, title in evidence.covers if is_cover(title)}
    unwritten = [
        track
        for track in evidence.tracks
        if (track.reference in covers or (main is not None and main.reference in covers))
        and not any(map(is_writer, (*role_words(track.contributors), *role_words(track.display_artists))))
    ]
    if unwritten:
        yield breach_at(
            unwritten[0],
            got=f"no writer on {list_tracks(unwritten, evidence.tracks)}, songs of others",
            expected="those who wrote the original songs",
            message="Songs of others credit no writer.",
            fix="credit the original writers with Composer, Lyricist or ComposerLyricist",
        )


@rule(
    "L7",
    "The release is no sound-alike, and somebody owns its recordings",
    severity=Severity.HOLD,
    source="AP-ESS",
    confidence=Confidence.PLATFORM,
    fix="release it under its own name and title; platforms refuse recordings that pass for others",
    ack_code=AckCode.USER_DEFINED,
    why="Recordings that pass for others mislead listeners; of free ones hundreds of copies are delivered.",
)
def is_no_sound_alike(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per title that offers an imitation, and where a rights line calls a recording free for all.

    A recording of more than seventy years is a note: it is probably free, and many may deliver the same one. Karaoke
    may say in whose style it is.
    """
    main = evidence.statement.main_release
    for part, title in evidence.covers:
        imitated = imitated_artist(title)
        genres = part.genres if part is main else evidence.track_genres.get(part.reference, ())
        if imitated and not says_karaoke(title) and not are_karaoke(genres):
            yield breach_at(
                part,
                got=f"{imitated[0]!r} in {title!r}",
                expected="a recording that passes for no other",
                message="The title offers an imitation.",
            )
    owners = {line.text: part for part in reversed(evidence.parts) for line in part.p_lines}
    text = next((text for text in owners if any(word in text.casefold() for word in _FREE_WORDS)), None)
    if text is not None:
        yield breach_at(
            owners[text],
            got=f"P line {text!r}",
            expected="who owns the recording",
            message="The P line says that nobody owns the recording.",
            fix="name the owner in the P line; of what nobody owns, say why it should be sold here",
        )
    original = main.original_release_date if main is not None else None
    year = _YEAR.match(original.text) if original else None
    if main is not None and year and int(year[0]) < evidence.context.now.year - OLD_RECORDING_YEARS:
        yield breach_at(
            main,
            got=f"original release date {original.text if original else ''}",
            expected=f"recordings of the last {OLD_RECORDING_YEARS} years, or rights in older ones",
            message=f"The recording is of {year[0]}, and may be free to all; platforms may refuse copies of it.",
            fix="nothing, if this is your own master; if not, expect to be asked for the source",
            severity=Severity.NOTE,
        )


def _find_karaoke_words(track: Resource, title: str) -> Iterator[Breach]:
    original = original_performer(title)
    if original and not says_karaoke(title):
        yield breach_at(
            track,
            got=f"{original[0]!r} in {title!r}, which is no karaoke",
            expected="the title of the song alone",
            message="A title names who performed the song first; only karaoke may.",
            fix='take it out of the title; if this is karaoke, say "Karaoke Version" and choose the genre Karaoke',
        )


def _find_credited_original(track: Resource, title: str) -> Iterator[Breach]:
    for named in (original_performer(title), imitated_artist(title), honoured_artist(title)):
        if named and fold_name(named[1]) in _performers(track):
            yield breach_at(
                track,
                got=f"{named[1]!r} among the artists of {title!r}",
                expected="the artist who performs this recording",
                message="The artist whose song it was is credited as if it performed here.",
                fix=f"take {named[1]!r} out of the artists; credit who plays and sings here",
            )
            return


def _performers(track: Resource) -> frozenset[str]:
    names = [credit.name for credit in track.display_artists]
    names += [c.name for c in track.contributors if any(map(is_performer, role_words((c,))))]
    names += [line.value for line in track.display_artist_names]
    return frozenset(map(fold_name, names))


def _is_own_or_common(name: str, evidence: Evidence) -> bool:
    folded = fold_name(name)
    own = {fold_name(artist) for artist in evidence.artists}
    words = folded.split()
    return folded in own or words[-1:] in (["the"], ["a"]) or all(word in _NO_ARTIST for word in words)


RULES = (marks_karaoke, does_not_lead_with_original, is_no_sound_alike)
