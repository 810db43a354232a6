"""Rules about languages: of the words that are sung, and of the titles that are read."""

import re
from collections.abc import Iterator

from antiphon.model.findings import Severity
from antiphon.model.resources import NO_WORDS, Resource
from antiphon.model.roles import is_vocalist
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.anatomy import list_tracks, shown_title
from antiphon.rules.credits import role_word
from antiphon.rules.evidence import Evidence
from antiphon.rules.registry import Breach, Confidence, breach_at, rule

_CODE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_INSTRUMENTAL = re.compile(r"[(\[][^()\[\]]{0,40}\binstrumental\b[^()\[\]]{0,20}[)\]]", re.I)
"""The word in a version. Inside a title it is a title: "Instrumental for Two"."""


@rule(
    "L2",
    "Every track says what language it is sung in, and every title what language it is in",
    severity=Severity.WARN,
    source="PLAYT, MG-REJ, WB",
    confidence=Confidence.DISTRIBUTOR,
    fix=f'add LanguageOfPerformance with an ISO 639 code such as "en"; "{NO_WORDS}" where there are no words',
    ack_code=AckCode.METADATA_MISSING,
    why="Recommendations, lyrics and the casing of titles go by language; without one a song is offered to nobody.",
)
def has_languages(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach for tracks without a language, per word that is no code, and where language and track disagree.

    An instrumental version with a language warns. Titles without one, and vocalists on a track without words, are
    notes: ERN 3 has no place for the first but an attribute that hardly anybody writes, and voices also hum.
    """
    tracks = evidence.tracks
    unsaid = [track for track in tracks if not track.language]
    if unsaid:
        yield breach_at(
            unsaid[0],
            got=f"no language on {list_tracks(unsaid, tracks)}",
            expected="an ISO 639 code on every track",
            message="It is not said what language is sung.",
        )
    for code in dict.fromkeys(track.language for track in tracks if track.language):
        if not _CODE.fullmatch(code):
            so_said = [track for track in tracks if track.language == code]
            yield breach_at(
                so_said[0],
                got=f"language {code!r} on {list_tracks(so_said, tracks)}",
                expected="an ISO 639 code",
                message=f"The language {code!r} is no code.",
                fix=f'write LanguageOfPerformance as an ISO 639 code such as "en"; "{NO_WORDS}" where nobody sings',
            )
    yield from _find_contradictions(tracks)
    yield from _find_untold_titles(evidence)


def _find_contradictions(tracks: tuple[Resource, ...]) -> Iterator[Breach]:
    for track in tracks:
        title = shown_title(track.titles)
        is_sung = track.language not in ("", NO_WORDS)
        if is_sung and "nstrumental" in title.lower() and _INSTRUMENTAL.search(title):
            yield breach_at(
                track,
                got=f"language {track.language!r} on {title!r}",
                expected=f"{NO_WORDS!r}, if nobody sings",
                message="An instrumental has a language.",
                fix=f"set LanguageOfPerformance to {NO_WORDS!r}, or correct the version",
            )
    humming = [t for t in tracks if t.language == NO_WORDS and _has_vocalist(t)]
    if humming:
        yield breach_at(
            humming[0],
            got=f"a vocalist and no words on {list_tracks(humming, tracks)}",
            expected="the language that is sung",
            message="A vocalist is credited where there are no words.",
            fix="set LanguageOfPerformance to the language that is sung; nothing, if the voice has no words",
            severity=Severity.NOTE,
        )


def _find_untold_titles(evidence: Evidence) -> Iterator[Breach]:
    if evidence.statement.format.language or not evidence.parts or any(p.default_language for p in evidence.parts):
        return
    if not any(title.scope.language for part in evidence.parts for title in part.titles):
        yield breach_at(
            evidence.parts[0],
            got="no language of any title, nor of the message",
            message="It is not said what language the titles are in.",
            expected="an ISO 639 code",
            fix="add LanguageAndScriptCode to the message or to its titles",
            severity=Severity.NOTE,
        )


def _has_vocalist(track: Resource) -> bool:
    return any(is_vocalist(role_word(role)) for credit in track.contributors for role in credit.roles)


RULES = (has_languages,)
