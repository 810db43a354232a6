"""Rules about credits: who wrote, performed and produced a track, in which role, under which name.

Most deliveries of today have thin credits, and music without them is good music: nothing here stops a delivery. What
is missing on many tracks is told once, since it is one program that leaves it out.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from antiphon.model.findings import Severity
from antiphon.model.resources import NO_WORDS, Resource
from antiphon.model.roles import is_lyricist, is_main_artist, is_performer, is_producer, is_writer
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.anatomy import list_tracks
from antiphon.rules.credits import role_word, role_words
from antiphon.rules.evidence import Evidence
from antiphon.rules.names import joined_as_list, joined_names
from antiphon.rules.registry import Breach, Confidence, breach_at, rule


class _Coverage(NamedTuple):
    """A kind of credit every track is to have, how much it weighs to lack it, and which roles make it."""

    kind: str
    is_of: Callable[[str], bool]
    severity: Severity
    message: str
    roles: str


_COVERAGE = (
    _Coverage("writer", is_writer, Severity.WARN, "No writer is credited.", "Composer, Lyricist or ComposerLyricist"),
    _Coverage("performer", is_performer, Severity.NOTE, "No performer is credited.", "Vocalist, Guitarist or another"),
    _Coverage(
        "producer", is_producer, Severity.NOTE, "No producer is credited.", "Producer, Mixer or RecordingEngineer"
    ),
)
"""What each track is to be credited with, and how much it weighs to lack it: writers are paid by their credits."""

_TRADITIONAL = re.compile(r"(?:trad(?:\.|itional)?|folk ?song|anon(?:\.|ymous)?|public domain|volksweise)\b", re.I)
_STAGE = re.compile(r"\d|^(?:dj|mc|the)\s|[(\[$@_]", re.I)
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ.'’-]+")


@rule(
    "R7",
    "Every credit says what it is for, and somebody is the main artist",
    severity=Severity.WARN,
    source="SP-MD",
    confidence=Confidence.PLATFORM,
    fix="give each artist a DisplayArtistRole and each contributor a Role; make one artist the MainArtist",
    ack_code=AckCode.ARTIST_ROLE_UNKNOWN,
    why='Roles decide who gets a page, who stands after "feat.", and who is shown as what.',
)
def has_roles(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per display artist without a role, per part without a main artist, and one for contributors.

    The contributors without a role are told together: a sender that leaves roles out leaves them out everywhere.
    """
    words = evidence.words
    for use in evidence.artists.values():
        if any(not credit.roles and not credit.kind for credit in use.credits):
            yield breach_at(
                use.place,
                line=use.line,
                got=f"no role of artist {use.name}{use.extent}",
                expected="a display role",
                message=f"{use.name!r} has no role.",
                fix=f"add {words.artist_role}, such as MainArtist or FeaturedArtist",
            )
    for part in evidence.parts:
        artists = part.display_artists
        is_told = artists and all(c.roles and not c.kind and not c.special for c in artists)
        if is_told and not any(map(is_main_artist, role_words(artists))):
            yield breach_at(
                part,
                line=artists[0].line,
                got=f"no main artist on {part.reference}, only {', '.join(dict.fromkeys(role_words(artists)))}",
                expected="an artist with the role MainArtist",
                message=f"Nobody is the main artist of {part.reference}.",
                fix=f"give the artist it is by the {words.artist_role} MainArtist",
            )
    idle = {
        use.name: (place, credit)
        for use in evidence.contributors.values()
        for place, credit in use.uses
        if credit is not None and not credit.roles and not credit.instruments
    }
    if idle:
        place, credit = next(iter(idle.values()))
        yield breach_at(
            place,
            line=credit.line,
            got=f"no role of {_list_contributors(list(idle))}",
            expected="what each of them did",
            message="Contributors have no role." if len(idle) > 1 else "A contributor has no role.",
            fix=f"add {words.role} to each {words.contributor}, such as Guitarist, Producer or Mixer",
        )


@rule(
    "R9",
    "Every track credits who wrote, performed and produced it",
    severity=Severity.WARN,
    source="SYM-AP",
    confidence=Confidence.DISTRIBUTOR,
    fix="add contributors with their roles",
    ack_code=AckCode.METADATA_MISSING,
    why="Who is not credited is not found and often not paid; platforms rate distributors by how full their "
    "credits are.",
)
def has_full_credits(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per kind of credit that tracks lack: a warning for writers, a note for the others.

    Display artists of a performing role ("Soloist") count, main artists do not: who sang and who played is asked for.
    """
    main = evidence.statement.main_release
    common = frozenset(role_words(main.contributors)) if main is not None else frozenset()
    credited = [(track, common | _credited_words(track)) for track in evidence.tracks]
    combinations = {words for _, words in credited}  # few: the tracks of an album have the same kinds of credits
    for coverage in _COVERAGE:
        without = {words for words in combinations if not any(map(coverage.is_of, words))}
        lacking = [track for track, words in credited if words in without]
        if lacking:
            element = evidence.words.writer if coverage.kind == "writer" else evidence.words.contributor
            yield breach_at(
                lacking[0],
                got=f"no {coverage.kind} on {list_tracks(lacking, evidence.tracks)}",
                expected=f"a {coverage.kind} on every track",
                message=coverage.message,
                fix=f"add a {element} with the role {coverage.roles}",
                severity=coverage.severity,
            )


@rule(
    "R10",
    "Writers have their legal names, and words have a lyricist",
    severity=Severity.WARN,
    source="MG-REJ",
    confidence=Confidence.DISTRIBUTOR,
    fix="give the first and last name under which the writer is registered with a collecting society",
    ack_code=AckCode.USER_DEFINED,
    why="Societies match payments by the registered name; a stage name reaches nobody.",
)
def has_legal_names_of_writers(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per writer called as nobody is by law, and a note for tracks with words and no lyricist.

    A legal name has two words or more and no digits; of names in other scripts than Latin nothing is said. A writer
    with an IPI name number or ISNI is known by that, whatever the name.
    """
    for use in evidence.contributors.values():
        wrote = any(is_writer(role_word(role)) for _, credit in use.uses if credit for role in credit.roles)
        if wrote and not use.ids and not _TRADITIONAL.match(use.name):
            if joined := joined_as_list(use.name) or _joined_full_names(use.name):
                yield breach_at(
                    use.place,
                    line=use.line,
                    got=f"writer {use.name!r}{use.extent}",
                    expected="one person in a field",
                    message=f"{use.name!r} are several writers in one field.",
                    fix=f"credit {' and '.join(map(repr, joined))} in {evidence.words.writer} elements of their own",
                )
            elif not _may_be_legal(use.name):
                yield breach_at(
                    use.place,
                    line=use.line,
                    got=f"writer {use.name!r}{use.extent}",
                    expected="a first and a last name",
                    message=f"{use.name!r} is no legal name of a writer.",
                )
    wordless = [track for track in evidence.tracks if _lacks_lyricist(track)]
    if wordless:
        yield breach_at(
            wordless[0],
            got=f"a composer and no lyricist on {list_tracks(wordless, evidence.tracks)}, with words",
            expected="who wrote the words",
            message="Words that are sung have no author.",
            fix="add a Lyricist, or use ComposerLyricist for who wrote both; of a track without words, set "
            'LanguageOfPerformance to "zxx"',
            severity=Severity.NOTE,
        )


def _credited_words(track: Resource) -> frozenset[str]:
    words = {role_word(role) for credit in track.contributors for role in credit.roles}
    for credit in track.display_artists:
        if credit.kind:
            words.add(credit.kind.removeprefix("Display"))
        for role in credit.roles:
            if not role.value.endswith("Artist"):
                words.add(role_word(role))
    return frozenset(words)


def _lacks_lyricist(track: Resource) -> bool:
    if not track.language or track.language == NO_WORDS:
        return False
    writers = [
        c for c in (*track.contributors, *track.display_artists) if any(is_writer(role_word(r)) for r in c.roles)
    ]
    has_real_writer = any(not _TRADITIONAL.match(credit.name) for credit in writers)
    return has_real_writer and not any(map(is_lyricist, role_words(writers)))


def _joined_full_names(name: str) -> tuple[str, ...]:
    joined = joined_names(name)
    return joined if all(" " in part for part in joined) else ()


def _may_be_legal(name: str) -> bool:
    words = name.split()
    is_latin = all(_LATIN_WORD.fullmatch(word.strip(",")) for word in words)
    return not _STAGE.search(name) and (len(words) > 1 or not is_latin)


def _list_contributors(names: list[str]) -> str:
    shown = ", ".join(names[:3])
    if len(names) > 3:
        return f"{shown} and {len(names) - 3} more contributors"
    return f"contributors {shown}" if len(names) > 1 else f"contributor {shown}"


RULES = (has_roles, has_full_credits, has_legal_names_of_writers)
