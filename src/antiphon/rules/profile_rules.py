"""Rules of the release profiles that matter to us. They only warn: the standard's own examples break some of them."""

from collections.abc import Iterator

from antiphon.model.claims import Role, Scope
from antiphon.model.findings import Severity
from antiphon.model.releases import Release
from antiphon.model.resources import Resource
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.anatomy import places_of, track_releases, version_numbers
from antiphon.rules.evidence import Evidence
from antiphon.rules.registry import Breach, Confidence, breach_at, rule

_PROFILED_FROM = (4, 0)
"""ERN versions from here on have track releases as an element of their own, and profiles that ask for them."""

_WITHOUT_TRACK_RELEASES = ("Simple", "Ringtone", "DjMix", "LongForm")
"""How profiles begin whose releases have no track releases. Source: formats 7."""

USER_DEFINED = "UserDefined"


@rule(
    "M11",
    "Every track has a track release",
    severity=Severity.WARN,
    source="release profiles of ERN 4; formats 3.3, 7",
    confidence=Confidence.STANDARD,
    fix="add a TrackRelease for the recording, with a deal that says what may be done with it by itself",
    ack_code=AckCode.NO_DEAL_FOR_TRACK_RELEASE,
    why="Streams are granted by the deals of track releases: a track without one comes with the whole or not at all.",
)
def has_track_release_for_every_track(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per track that no track release has, where the version and its profile ask for them."""
    format_ = evidence.statement.format
    releases = track_releases(evidence.statement)
    is_profiled = version_numbers(format_.version) >= _PROFILED_FROM
    if not is_profiled or format_.profile.startswith(_WITHOUT_TRACK_RELEASES) or not (releases or evidence.tracks[1:]):
        return
    released = {place.resource_reference for release in releases for place in places_of(release)}
    for track in evidence.tracks:
        if track.reference not in released:
            yield breach_at(
                track,
                got=f"no track release of {track.reference}",
                expected="one",
                message="The track has no release of its own.",
            )


@rule(
    "M12",
    "A value of the sender's own says which, and whose it is",
    severity=Severity.WARN,
    source="release profiles of ERN 4; formats 2.1, 7",
    confidence=Confidence.STANDARD,
    fix="add UserDefinedValue with the value, and Namespace with your DPID; or use a value of the standard",
    ack_code=AckCode.NEW_RELEASE_MESSAGE_INVALID,
    why='"UserDefined" alone says nothing: not what the role or type is, and not who could explain it.',
)
def explains_user_defined_values(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per part with a role or type that is user-defined and has no value; a note: no namespace."""
    for part in evidence.parts:
        lacking = [role for role in _list_roles(part) if role.value == USER_DEFINED and not _is_explained(role)]
        if lacking:
            worst = next((role for role in lacking if not role.user_value), lacking[0])
            yield breach_at(
                part,
                got=f"{USER_DEFINED} {worst.user_value!r} without a namespace" if worst.user_value else USER_DEFINED,
                expected="a UserDefinedValue and its Namespace",
                message="A user-defined value is not explained.",
                severity=Severity.NOTE if worst.user_value else None,
            )


@rule(
    "M13",
    "The release has a date",
    severity=Severity.WARN,
    source="release profiles of ERN 4; formats 7",
    confidence=Confidence.STANDARD,
    fix="add ReleaseDate, or OriginalReleaseDate if it was out before",
    ack_code=AckCode.COMMERCIAL_RELEASE_DATE_INVALID,
    why="Releases are listed by their dates; one without any stands at the end of its artist's list.",
)
def has_release_date(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach for a main release with neither a release date nor an original one."""
    main = evidence.statement.main_release
    if main is not None and main.release_date is None and main.original_release_date is None and evidence.tracks:
        yield breach_at(
            main,
            got="no release date",
            expected="ReleaseDate or OriginalReleaseDate",
            message="The release has no date.",
        )


@rule(
    "M14",
    "Several display artists say in which order they stand",
    severity=Severity.WARN,
    source="release profiles of ERN 4; formats 7",
    confidence=Confidence.STANDARD,
    fix='number the display artists: SequenceNumber="1" for the first',
    ack_code=AckCode.METADATA_MISSING,
    why="Whose name comes first is often agreed by contract, and the order of elements in a message promises nothing.",
)
def numbers_display_artists(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per part with several display artists for one territory that are not all numbered, or alike."""
    for part in evidence.parts:
        if len(part.display_artists) < 2:
            continue
        by_scope: dict[Scope, list[int | None]] = {}
        for artist in part.display_artists:
            if not artist.kind:
                by_scope.setdefault(artist.scope, []).append(artist.sequence)
        for numbers in by_scope.values():
            if len(numbers) > 1 and (None in numbers or len({*numbers}) < len(numbers)):
                shown = ", ".join("none" if number is None else str(number) for number in numbers[:10])
                yield breach_at(
                    part,
                    got=f"sequence numbers {shown}",
                    expected="one for each display artist",
                    message="The order of the display artists is left open.",
                )
                break


def _list_roles(part: Release | Resource) -> Iterator[Role]:
    if isinstance(part, Release):
        yield from part.types
    for credit in (*part.display_artists, *part.contributors):
        yield from credit.roles


def _is_explained(role: Role) -> bool:
    return bool(role.user_value and role.namespace)


RULES = (
    has_track_release_for_every_track,
    explains_user_defined_values,
    has_release_date,
    numbers_display_artists,
)
