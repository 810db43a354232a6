"""Rules about what listeners are told beforehand: explicit words, and what generative AI made.

Whether words are explicit is for the sender to say; nobody here listens. What can be seen in a message is where it says
nothing, or says two things at once.
"""

import re
from collections.abc import Iterable, Iterator

from antiphon.model.claims import Scope
from antiphon.model.findings import Severity
from antiphon.model.releases import Release
from antiphon.model.resources import Resource
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.anatomy import list_tracks, shown_title
from antiphon.rules.evidence import Evidence
from antiphon.rules.registry import Breach, Confidence, breach_at, rule

EXPLICIT = "Explicit"
NOT_EXPLICIT = "NotExplicit"
EDITED = "ExplicitContentEdited"

_UNSAID = frozenset({"Unknown", "NoAdviceAvailable"})
_WARNINGS = frozenset({EXPLICIT, NOT_EXPLICIT, EDITED}) | _UNSAID
"""The values of ParentalWarningType. Source: ERN, all versions."""

_SAYS_CLEAN = re.compile(r"[(\[]\s*(?:clean|censored|edited for (?:radio|tv|content))(?: version| edit)?\s*[)\]]", re.I)
_SAYS_EXPLICIT = re.compile(r"[(\[]\s*(?:explicit|uncensored|dirty)(?: version| edit)?\s*[)\]]", re.I)

_AI_NOT_USED = "None"
_AI_ARTIST = "GenerativeAI"
"""The value of SpecialDisplayArtist and SpecialContributor (ERN 4.3.2) for a party that is no person."""
_AI_NAMES = frozenset(
    {
        *("ai", "a.i.", "ai artist", "ai music", "ai singer", "ai vocal", "ai vocals", "ai voice", "ai-generated"),
        *("artificial intelligence", "generative ai", "ai generated"),
        *("aiva", "boomy", "chatgpt", "mubert", "musicgen", "openai", "suno", "suno ai", "udio", "udio ai"),
    }
)
"""Names of AI tools, and words that say as much, in lower case."""


@rule(
    "L1",
    "Every track says whether it is explicit, and its title says nothing else",
    severity=Severity.HOLD,
    source="RBS, AP-BP",
    confidence=Confidence.DISTRIBUTOR,
    fix=f"set ParentalWarningType to {EXPLICIT}, {NOT_EXPLICIT} or, of a cleaned version, {EDITED}",
    ack_code=AckCode.METADATA_MISSING,
    why="Listeners filter by it and some markets demand it: without one a track is not heard, with a wrong one it is "
    "heard by the wrong people.",
)
def says_whether_explicit(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per title that contradicts its warning; warnings where one is missing, no value, or two at once.

    Only the contradiction holds, since a child may hear the wrong version. ERN 4.3.1 lets the warning out, and half of
    all good messages say that no advice is available, so that is a note.
    """
    yield from _find_contradicting_titles(evidence)
    yield from _find_contradicting_release(evidence)
    tracks = evidence.tracks
    unmarked = [track for track in tracks if not track.advisories]
    if unmarked:
        yield breach_at(
            unmarked[0],
            got=f"no ParentalWarningType on {list_tracks(unmarked, tracks)}",
            expected="whether it is explicit",
            message="It is not said whether the words are explicit.",
            severity=Severity.WARN,
        )
    unsaid = [track for track in tracks if track.advisories and all(a.value in _UNSAID for a in track.advisories)]
    if unsaid:
        yield breach_at(
            unsaid[0],
            got=f"{unsaid[0].advisories[0].value} on {list_tracks(unsaid, tracks)}",
            expected=f"{EXPLICIT}, {NOT_EXPLICIT} or {EDITED}",
            message="It is left open whether the words are explicit.",
            severity=Severity.NOTE,
        )
    for part in evidence.parts:
        if len(part.advisories) > 1 or (part.advisories and part.advisories[0].value not in _WARNINGS):
            yield from _find_odd_warnings(part)


@rule(
    "L8",
    "What generative AI made is disclosed, and shown",
    severity=Severity.NOTE,
    source="SPAM, BOOM; formats 1",
    confidence=Confidence.THIRD_PARTY,
    fix='say "None", "Partly" or "All" in ContainsAI of the recording, and in AiContribution of each contributor '
    "(ERN 4.3.1 and later)",
    ack_code=AckCode.METADATA_MISSING,
    why="Listeners want to know, and platforms ask for it; nothing about AI is judged here, only that it is said.",
)
def discloses_ai_use(evidence: Evidence) -> Iterator[Breach]:
    """Yield a note that repeats what is disclosed, so that everybody sees it; a warning where it is only to be guessed.

    A note is no fault: AI may be used. A guess is a name that is a tool's ("Suno") or says "AI vocals".
    """
    disclosed = [track for track in evidence.tracks if _is_disclosed(track)]
    for amount in ("All", "Partly"):
        tracks = [track for track in disclosed if _ai_amount(track) == amount]
        if tracks:
            yield breach_at(
                tracks[0],
                got=f"made {'by' if amount == 'All' else 'partly by'} generative AI: "
                f"{list_tracks(tracks, evidence.tracks)}{_list_ai_contributions(tracks)}",
                expected="a disclosure where AI was used, which is kept with the release",
                message="The use of generative AI is disclosed.",
                fix="nothing, if that is so",
            )
    main = evidence.statement.main_release
    if main is not None and main.ai_use not in ("", _AI_NOT_USED) and not disclosed:
        yield breach_at(
            main,
            got=f"made {'by' if main.ai_use == 'All' else 'partly by'} generative AI: {main.reference}",
            expected="the tracks that it holds for",
            message="The use of generative AI is disclosed, and not of which tracks.",
            fix="add ContainsAI to the recordings as well",
        )
    for track in disclosed:
        if track.ai_use == _AI_NOT_USED and _has_ai_contribution(track):
            yield breach_at(
                track,
                got=f"ContainsAI {_AI_NOT_USED} on {track.reference}{_list_ai_contributions([track])}",
                expected='"Partly" or "All"',
                message="The recording is said to hold no AI, and a contributor to have used it.",
                fix="set ContainsAI to what the contributors say, or correct their AiContribution",
                severity=Severity.WARN,
            )
    undisclosed = _find_undisclosed(evidence)
    if undisclosed:
        yield breach_at(
            undisclosed[0],
            got=f"credits that name an AI on {list_tracks(undisclosed, evidence.tracks)}",
            expected="a disclosure of what it made",
            message="An AI seems to be credited, and nothing is said of what it made.",
            severity=Severity.WARN,
        )


def _find_contradicting_titles(evidence: Evidence) -> Iterator[Breach]:
    for part in evidence.parts:
        title = shown_title(part.titles)
        if "(" not in title and "[" not in title:
            continue
        values = {advisory.value for advisory in part.advisories}
        if EXPLICIT in values and _SAYS_CLEAN.search(title):
            message = "The title says clean, the warning says explicit."
            expected = f"{EDITED} for a cleaned version"
            fix = f"set ParentalWarningType to {EDITED}, or take the words out of the title"
        elif values & {NOT_EXPLICIT, EDITED} and EXPLICIT not in values and _SAYS_EXPLICIT.search(title):
            message = "The title says explicit, the warning does not."
            expected = f"{EXPLICIT}, as the title says"
            fix = f"set ParentalWarningType to {EXPLICIT}, or take the words out of the title"
        else:
            continue
        got = f"{' and '.join(sorted(values))} on {title!r}"
        yield breach_at(part, got=got, expected=expected, message=message, fix=fix)


def _find_contradicting_release(evidence: Evidence) -> Iterator[Breach]:
    main = evidence.statement.main_release
    if main is None:
        return
    explicit = [track for track in evidence.tracks if _has_warning(track, EXPLICIT)]
    if explicit and _has_warning(main, NOT_EXPLICIT) and not _has_warning(main, EXPLICIT):
        yield breach_at(
            main,
            got=f"{NOT_EXPLICIT} on {main.reference}, {EXPLICIT} on {list_tracks(explicit, evidence.tracks)}",
            expected=f"{EXPLICIT} on a release with explicit tracks",
            message="The release says that it is not explicit, and has explicit tracks.",
            fix=f"set ParentalWarningType of the release to {EXPLICIT}, or correct the track",
            severity=Severity.WARN,
        )
    elif (
        evidence.tracks
        and _has_warning(main, EXPLICIT)
        and all(track.advisories and not _has_warning(track, EXPLICIT) for track in evidence.tracks)
    ):
        yield breach_at(
            main,
            got=f"{EXPLICIT} on {main.reference}, and no track is",
            message="The release says that it is explicit, and none of its tracks does.",
            expected="the explicit tracks marked, or the release not",
            fix=f"set ParentalWarningType to {EXPLICIT} on the tracks that are, or correct the release",
            severity=Severity.WARN,
        )


def _find_odd_warnings(part: Release | Resource) -> Iterator[Breach]:
    values = [advisory.value for advisory in part.advisories]
    strange = [value for value in values if value not in _WARNINGS and value != "UserDefined"]
    if strange:
        yield breach_at(
            part,
            got=f"ParentalWarningType {strange[0]!r} on {part.reference}",
            expected=f"{EXPLICIT}, {NOT_EXPLICIT} or {EDITED}",
            message=f"{strange[0]!r} is no parental warning.",
            severity=Severity.WARN,
        )
    if any(EXPLICIT in warned and len(warned) > 1 for warned in _warnings_by_scope(part)):
        yield breach_at(
            part,
            got=f"{' and '.join(values)} on {part.reference}",
            expected="one warning",
            message="Two warnings contradict each other; it counts as explicit everywhere.",
            fix="leave the one that is true; of two versions make two tracks",
            severity=Severity.WARN,
        )


def _warnings_by_scope(part: Release | Resource) -> Iterable[set[str]]:
    """Return the warnings that hold for the same territories, those that say nothing left out."""
    scopes: dict[Scope, set[str]] = {}
    for advisory in part.advisory_scopes:
        if not advisory.agency and advisory.role.value not in _UNSAID:
            scopes.setdefault(advisory.scope, set()).add(advisory.role.value)
    return scopes.values() if scopes else [{a.value for a in part.advisories if a.value not in _UNSAID}]


def _has_warning(part: Release | Resource, value: str) -> bool:
    return any(advisory.value == value for advisory in part.advisories)


def _ai_amount(track: Resource) -> str:
    """Return "All", "Partly" or nothing: what the recording says or, where it is silent, its contributors."""
    if track.ai_use:
        return {"all": "All", "none": ""}.get(track.ai_use.casefold(), "Partly")
    return "Partly" if _has_ai_contribution(track) else ""


def _has_ai_contribution(track: Resource) -> bool:
    return any(c.ai_contribution not in ("", _AI_NOT_USED) for c in (*track.contributors, *track.display_artists))


def _is_disclosed(track: Resource) -> bool:
    return bool(track.ai_use) or any(c.ai_contribution for c in (*track.contributors, *track.display_artists))


def _list_ai_contributions(tracks: list[Resource]) -> str:
    words = {
        role.user_value or role.value: None
        for track in tracks
        for credit in track.contributors
        if credit.ai_contribution not in ("", _AI_NOT_USED)
        for role in credit.roles
    }
    return f" ({', '.join(words)})" if words else ""


def _find_undisclosed(evidence: Evidence) -> list[Resource]:
    """Return the tracks that credit an AI, in message order, without a word on what it made."""
    named = {
        part.reference
        for uses in (evidence.artists, evidence.contributors)
        for use in uses.values()
        if use.name == _AI_ARTIST or use.name.casefold() in _AI_NAMES
        for part, _ in use.uses
    }
    credited = (
        track
        for track in evidence.tracks
        if track.reference in named
        or any(credit.special == _AI_ARTIST for credit in (*track.contributors, *track.display_artists))
    )
    return [track for track in credited if not _is_disclosed(track)]


RULES = (says_whether_explicit, discloses_ai_use)
