"""Rules about versions: where a title says that a recording is one of several of a song.

They warn at most. Display titles carry the version in brackets by every standard, so only a message that has *no* field
with the version is told, and no release waits for it.
"""

import re
from collections.abc import Iterator

from antiphon.model.findings import Severity
from antiphon.model.releases import Release
from antiphon.model.resources import Resource
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.evidence import Evidence
from antiphon.rules.registry import Breach, Confidence, breach_at, rule
from antiphon.rules.title_anatomy import (
    ShownTitle,
    embedded_texts,
    is_live_version,
    names_version,
    version_kinds,
    version_texts,
)

_ORIGINAL = re.compile(
    r"(?:the )?original(?: (?:mix|version|recording|album version|studio version))?"
    r"|(?:album|lp|main|standard|regular|normal) (?:version|mix)",
    re.I,
)
_LIVE_SOMEWHERE = re.compile(r"\blive (?:at|from)\b", re.I)
"""A release titled so was played live; "live in" and "live on" are as often what people do."""
_HIDDEN_TRACK = re.compile(r"\bhidden (?:bonus )?(?:track|song)\b|\s/\s*\(?hidden\b", re.I)
_NEW_RECORDING = re.compile(r"(?:new|newly|(?:19|20)\d\d) record(?:ing|ed)(?: version)?|re-?sung|re-?cut", re.I)


@rule(
    "T4",
    "A version has its own field",
    severity=Severity.WARN,
    source="REPR-OV, FUGA",
    confidence=Confidence.DISTRIBUTOR,
    fix="move the version to SubTitle; it is shown in brackets behind the title",
    ack_code=AckCode.USER_DEFINED,
    why="A version inside the title hides that two tracks are versions of one song, so nobody finds the other.",
)
def has_version_in_its_field(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per title that holds its version in brackets or after a dash, while no subtitle does."""
    for title in evidence.titles:
        if any(other.subtitle for other in title.titled.titles):
            continue
        for text in embedded_texts(title):
            if names_version(text) and not _ORIGINAL.fullmatch(text):
                yield breach_at(
                    title.titled,
                    got=f"version {text!r} in {title.text!r}",
                    expected=f"{text!r} as subtitle",
                    message=f'The version "{text}" is in the title and in no SubTitle.',
                )


@rule(
    "T5",
    "The original version says nothing of versions",
    severity=Severity.WARN,
    source="SYM",
    confidence=Confidence.DISTRIBUTOR,
    fix='leave "Original Mix" and "Album Version" out; only other versions are named',
    ack_code=AckCode.USER_DEFINED,
    why="The original is the one without a version; naming it makes it look like one more.",
)
def names_no_original_version(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per title whose version says that it is none."""
    for title in evidence.titles:
        for text in version_texts(title):
            if _ORIGINAL.fullmatch(text):
                yield breach_at(
                    title.titled,
                    got=f"version {text!r} of {title.text!r}",
                    expected="no version",
                    message=f'"{text}" is no version: the original has none.',
                )


@rule(
    "T14",
    "Live recordings and re-recordings say so, and hidden tracks are tracks",
    severity=Severity.WARN,
    source="SYM, OMZ",
    confidence=Confidence.DISTRIBUTOR,
    fix='add the version ("Live", "Re-Recorded") to the tracks it is true of; deliver a hidden track as one of its own',
    ack_code=AckCode.USER_DEFINED,
    why="Who asks for a song means its studio version unless the title says otherwise.",
)
def says_how_it_was_recorded(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach where a live release has no live track, a new recording is called otherwise, a track hides one.

    A re-recording that says nothing at all is not found: neither its dates nor its identifiers tell it from a
    remaster.
    """
    for title in evidence.titles:
        if title.is_release and evidence.tracks and _is_live(title) and not any(map(_names_live, evidence.tracks)):
            yield breach_at(
                title.titled,
                got=f"{title.shown!r}, none of whose {len(evidence.tracks)} tracks says that it is live",
                expected='"Live" as version of the tracks that are',
                message="The release is live, and none of its tracks says so.",
            )
        if _HIDDEN_TRACK.search(title.shown):
            yield breach_at(
                title.titled,
                got=f"title {title.shown!r}",
                expected="a track of its own",
                message="A hidden track is part of another one.",
            )
        for text in version_texts(title):
            if _NEW_RECORDING.fullmatch(text):
                yield breach_at(
                    title.titled,
                    got=f"version {text!r}",
                    expected="'Re-Recorded'",
                    message="A new recording of an old song is called otherwise than Re-Recorded.",
                )


def _is_live(title: ShownTitle) -> bool:
    return any(map(is_live_version, version_texts(title))) or _LIVE_SOMEWHERE.search(title.text) is not None


def _names_live(track: Release | Resource) -> bool:
    return any("live" in version_kinds(f"{title.value} {title.subtitle}") for title in track.titles)


RULES = (has_version_in_its_field, names_no_original_version, says_how_it_was_recorded)
