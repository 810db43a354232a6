"""Rules about what one ISRC means: in a message, and against what the catalogue knows.

An ISRC stands for one recording, forever and everywhere. Whoever asks more than the message asks ``knowledge``; where
there is none, that half of a rule is silent. Of another provider's recording a finding says no more than a listener
could see: title, artists and duration.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from antiphon.model.claims import DeliveredId, IdScheme
from antiphon.model.findings import Severity
from antiphon.model.identifiers import InvalidIdentifier, parse_isrc
from antiphon.model.knowledge import KnownRecording
from antiphon.model.resources import Resource
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.anatomy import artist_names, ids_of_file, shown_title
from antiphon.rules.evidence import Evidence
from antiphon.rules.references import resolve_file
from antiphon.rules.registry import Breach, Confidence, breach_at, rule
from antiphon.rules.title_anatomy import compared_text, compared_title, version_kinds

SAME_DURATION_MS = 10_000
"""How far durations of one recording may differ: fades and silences are cut anew. A new edit needs its own ISRC.
Source: ISRC Handbook, changes of playing time."""


@rule(
    "I2",
    "A recording keeps its ISRC wherever it is released",
    severity=Severity.WARN,
    source="ISRC-N",
    confidence=Confidence.STANDARD,
    fix="send the ISRC the recording was given first, on every release",
    ack_code=AckCode.IDENTIFIER_INVALID,
    why="Plays, saves and charts of a recording add up by its ISRC; a second one splits them.",
)
def keeps_isrc(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per track whose very file has another ISRC, in this message or by this provider before."""
    brought = list(_delivered_files(evidence))
    known_as: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for _, path, isrc in brought:
        known_as[path][isrc] = None
    knowledge = evidence.context.knowledge
    if knowledge is not None and brought:
        for path, recordings in knowledge.find_same_audio(known_as).items():
            known_as[path].update((known.isrc, None) for known in recordings if known.is_own and known.isrc)
    for resource, path, isrc in brought:
        other = next((other for other in known_as[path] if other != isrc), "")
        if other:
            yield breach_at(
                resource,
                got=f"ISRC {isrc!r} for {path}, a file that has {other}",
                expected=other,
                message=f"The same file was delivered as {other}.",
            )


@rule(
    "I3",
    "Another mix, edit or duration has an ISRC of its own",
    severity=Severity.WARN,
    source="ISRC-A",
    confidence=Confidence.STANDARD,
    fix="give the new version its own ISRC, or correct the duration or title of one of them",
    ack_code=AckCode.IDENTIFIER_INVALID,
    why="Whoever licensed one version did not license the other, and listeners get the one they did not ask for.",
)
def has_own_isrc_per_version(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per ISRC that this message, or this provider before, gives to something audibly different.

    Two songs of other titles under one ISRC in one message hold it: they would become one recording.
    """
    tracks = _tracks_by_isrc(evidence)
    for isrc, resources in tracks.items():
        first = resources[0]
        known = _as_known(isrc, first)
        for other in resources[1:]:
            is_another = _is_titled_otherwise(other, known)
            if is_another or _differs(shown_title(other.titles), other.duration_ms, known):
                what = "songs" if is_another else "versions"
                yield breach_at(
                    other,
                    got=f"ISRC {isrc!r} for {_describe(other)}, and for {_describe(first)}",
                    expected=f"an ISRC for each of the {what}",
                    message=f"One ISRC for two {what}: {first.reference} and {other.reference}.",
                    severity=Severity.HOLD if is_another else None,
                )
    for resource, known in _known_tracks(evidence, tracks):
        if known.is_own and _differs(shown_title(resource.titles), resource.duration_ms, known):
            yield breach_at(
                resource,
                got=f"ISRC {known.isrc!r} for {_describe(resource)}",
                expected=f"{_describe_known(known)}, as delivered before, or another ISRC",
                message="You delivered this ISRC for another version or duration.",
            )


@rule(
    "I5",
    "An ISRC means the same recording to everybody",
    severity=Severity.WARN,
    source="WEB2",
    confidence=Confidence.THIRD_PARTY,
    fix="check the ISRC with the owner of the recording; whoever is wrong has to correct it",
    ack_code=AckCode.IDENTIFIER_INVALID,
    why="Labels do send wrong ISRCs. Plays then go to the owner of another song, and neither side sees why.",
)
def agrees_on_recording(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per ISRC under which somebody else delivered what seems to be another recording.

    Title, artists and duration all differ: a hold, since one of two labels sends a wrong ISRC. Only the duration
    differs: a warning, for it may as well be the same recording, cut anew.
    """
    if evidence.context.knowledge is None:
        return
    for resource, known in _known_tracks(evidence, _tracks_by_isrc(evidence)):
        if known.is_own:
            continue
        is_longer = _differs_in_duration(resource.duration_ms, known)
        is_another = _is_titled_otherwise(resource, known) and not _shares_artist(resource, known)
        if is_longer or is_another:
            yield breach_at(
                resource,
                got=f"ISRC {known.isrc!r} for {_describe(resource)}",
                expected=f"{_describe_known(known)}, as the catalogue has it",
                message="Another provider delivered this ISRC for what seems to be another recording.",
                severity=Severity.HOLD if is_longer and is_another else None,
            )


@rule(
    "I9",
    "An update changes no ISRC",
    severity=Severity.HOLD,
    source="YT-UPD",
    confidence=Confidence.PLATFORM,
    fix="confirm that it is another recording, or send the ISRC of before",
    ack_code=AckCode.IDENTIFIER_INVALID,
    why="Under a new ISRC it is a new recording: the old one is taken down with its plays, and playlists lose it.",
)
def changes_no_isrc(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per track that comes with another ISRC than when the release was last delivered.

    It would be another recording: plays, saves and rights of the old one do not follow. A message that came late is not
    asked: it will change nothing.
    """
    knowledge = evidence.context.knowledge
    is_update = knowledge is not None and bool(evidence.tracks) and not evidence.is_overtaken
    before = knowledge.find_release() if knowledge is not None and is_update else None
    if before is None:
        return
    tracks = _tracks_by_isrc(evidence)
    had = {known.isrc for known in before.tracks}
    gone = {compared_text(known.title): known.isrc for known in before.tracks if known.isrc not in {"", *tracks}}
    for isrc, resources in tracks.items():
        old = gone.get(compared_text(shown_title(resources[0].titles)))
        if isrc not in had and old:
            yield breach_at(
                resources[0],
                got=f"ISRC {isrc!r} for {_describe(resources[0])}",
                expected=f"{old}, as before",
                message="The track comes under another ISRC than before.",
            )


def _tracks_by_isrc(evidence: Evidence) -> dict[str, list[Resource]]:
    """Return the tracks by their ISRCs in normal form; those without a valid one are left out, which is I1's."""
    found: dict[str, list[Resource]] = {}
    for track in evidence.tracks:
        for isrc in dict.fromkeys(_read_isrcs(track.ids)):
            found.setdefault(isrc, []).append(track)
    return found


def _delivered_files(evidence: Evidence) -> Iterator[tuple[Resource, str, str]]:
    """Yield each file of a track with its path and its ISRC; of a bare message the path is what the message names."""
    files = evidence.context.files
    for track in evidence.tracks:
        for file in track.files:
            isrcs = list(_read_isrcs(ids_of_file(track, file)))
            path = file.uri if files is None or file.uri in files else resolve_file(file.uri, files)
            if path and len(isrcs) == 1:
                yield track, path, isrcs[0]


def _read_isrcs(ids: Iterable[DeliveredId]) -> Iterator[str]:
    """Yield the ISRCs among ids in normal form; those that are none, or no longer, are left out."""
    for claimed in ids:
        if claimed.scheme is IdScheme.ISRC and not claimed.is_replaced:
            try:
                yield parse_isrc(claimed.text)
            except InvalidIdentifier:
                continue


def _known_tracks(evidence: Evidence, tracks: dict[str, list[Resource]]) -> Iterator[tuple[Resource, KnownRecording]]:
    """Yield each track with what the catalogue calls its ISRC: of each side one, the first that is not the same."""
    knowledge = evidence.context.knowledge
    if knowledge is None or not tracks:
        return
    for isrc, recordings in knowledge.find_recordings(tracks).items():
        for is_own in (True, False):
            sides = [known for known in recordings if known.is_own is is_own]
            for resource in tracks[isrc][:1]:
                title = shown_title(resource.titles)
                unlike = (known for known in sides if _differs(title, resource.duration_ms, known))
                chosen = next(unlike, sides[0] if sides else None)
                if chosen is not None:
                    yield resource, chosen


def _differs(title: str, duration_ms: int | None, known: KnownRecording) -> bool:
    """Tell whether something is another version of what is known: another length, or named as another kind."""
    return _differs_in_duration(duration_ms, known) or version_kinds(title) != version_kinds(known.title)


def _differs_in_duration(duration_ms: int | None, known: KnownRecording) -> bool:
    is_said = bool(duration_ms) and bool(known.duration_ms)
    return is_said and abs((duration_ms or 0) - known.duration_ms) > SAME_DURATION_MS


def _is_titled_otherwise(resource: Resource, known: KnownRecording) -> bool:
    """Tell whether no title of a track, translations included, is the known one; scripts are not compared."""
    title = compared_title(known.title)
    given = {compared_title(shown_title((title,))) for title in resource.titles}
    return bool(title) and title not in given and any(title.isascii() is other.isascii() for other in given if other)


def _shares_artist(resource: Resource, known: KnownRecording) -> bool:
    names = artist_names(resource.display_artists, resource.display_artist_names)
    return not names or bool(set(map(compared_text, names)) & set(map(compared_text, known.artists)))


def _as_known(isrc: str, resource: Resource) -> KnownRecording:
    return KnownRecording(
        isrc=isrc,
        recording_id="",
        album_id="",
        title=shown_title(resource.titles),
        artists=artist_names(resource.display_artists, resource.display_artist_names),
        duration_ms=resource.duration_ms or 0,
        is_own=True,
    )


def _describe(resource: Resource) -> str:
    duration = f", {resource.duration_ms / 1000:g} s" if resource.duration_ms else ""
    return f"{shown_title(resource.titles)!r}{duration}"


def _describe_known(known: KnownRecording) -> str:
    duration = f", {known.duration_ms / 1000:g} s" if known.duration_ms else ""
    return f"{known.title!r} by {', '.join(known.artists) or 'nobody'}{duration}"


RULES = (keeps_isrc, has_own_isrc_per_version, agrees_on_recording, changes_no_isrc)
