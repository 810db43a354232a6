"""What the demo's labels say about their releases: a plan turned into the statement a real label would send."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from antiphon.demo.plan import Artist, ParentalWarning, Recording, Release, ReleaseKind, Track
from antiphon.model.claims import (
    CopyrightLine,
    Credit,
    DeliveredId,
    FileClaim,
    Genre,
    HashSum,
    IdScheme,
    Role,
    ScopedText,
)
from antiphon.model.deals import Deal, ReleaseDeal
from antiphon.model.periods import Moment, MomentKind, ValidityPeriod
from antiphon.model.releases import Release as ReleaseClaim
from antiphon.model.releases import ResourceGroup, ResourcePlace
from antiphon.model.resources import Resource, ResourceKind
from antiphon.model.statement import (
    MessageFormat,
    MessageHeader,
    MessageKind,
    MessageParty,
    Statement,
)

PLATFORM = MessageParty(dpid="PADPIDA20260417005", name="Antiphon Demo")
"""The party the demo's labels deliver to."""

STREAMING_MODELS = (Role(value="SubscriptionModel"), Role(value="AdvertisementSupportedModel"))
OFFLINE_MODELS = (Role(value="SubscriptionModel"),)

COVER_REFERENCE = "A0"
SAMPLE_RATE_HZ = 44_100
BITS_PER_SAMPLE = 16


def write_statement(release: Release, *, demo_day: date, created: datetime, hashes: dict[str, str]) -> Statement:
    """Return what the label says about a release.

    ``hashes`` gives the MD5 of each file by its path below the release folder: ``audio_path`` of each track, and
    ``cover_path``. Dates count from ``demo_day``.
    """
    provider = release.provider
    sender = MessageParty(dpid=provider.dpid, name=provider.name)
    return Statement(
        kind=MessageKind.NEW_RELEASE,
        format=MessageFormat(name="ern", version=provider.ern_version, language="en"),
        header=MessageHeader(
            message_id=f"{created:%Y%m%d%H%M%S}-{release.icpn}",
            thread_id=release.icpn,
            sender=sender,
            recipients=(PLATFORM,),
            created=Moment(created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), MomentKind.INSTANT),
        ),
        resources=(
            *(_describe_recording(track, hashes) for track in release.tracks),
            _describe_cover(release, hashes),
        ),
        releases=(
            _describe_release(release, demo_day),
            *(_describe_track_release(release, track, demo_day) for track in release.tracks),
        ),
        release_deals=tuple(_grant_deals(release, demo_day)),
    )


def audio_path(track: Track) -> str:
    """Return where the audio of a track lies below its release folder."""
    return f"resources/{track.sequence:02d}_{track.recording.isrc}.flac"


def cover_path(release: Release) -> str:
    """Return where the cover of a release lies below its release folder."""
    return f"resources/{release.icpn}.jpg"


def _describe_recording(track: Track, hashes: dict[str, str]) -> Resource:
    recording = track.recording
    return Resource(
        reference=f"A{track.sequence}",
        kind=ResourceKind.SOUND_RECORDING,
        type="MusicalWorkSoundRecording",
        ids=(DeliveredId(scheme=IdScheme.ISRC, text=recording.isrc),),
        titles=(_title_of(recording),),
        display_artists=(_main_artist(recording.artist.name, recording.artist),),
        display_artist_names=(ScopedText(value=recording.artist.name),),
        contributors=tuple(
            Credit(name=name, roles=(Role(value="Composer"),), sequence=place)
            for place, name in enumerate(recording.composers, start=1)
        ),
        duration_ms=recording.duration_ms,
        duration_text=_iso_duration(recording.duration_ms),
        language=recording.performance_language,
        genres=(Genre(text=recording.genre),),
        p_lines=(_line("(P)", recording.p_line_year, recording.p_line_owner),),
        advisories=(Role(value=recording.parental_warning.value),),
        files=(
            FileClaim(
                uri=audio_path(track),
                technical_reference=f"T{track.sequence}",
                hash_sum=HashSum(algorithm="MD5", value=hashes[audio_path(track)]),
                codec="FLAC",
                channels=2,
                sample_rate_hz=SAMPLE_RATE_HZ,
                bits_per_sample=BITS_PER_SAMPLE,
            ),
        ),
    )


def _describe_cover(release: Release, hashes: dict[str, str]) -> Resource:
    path = cover_path(release)
    return Resource(
        reference=COVER_REFERENCE,
        kind=ResourceKind.IMAGE,
        type="FrontCoverImage",
        ids=(
            DeliveredId(
                scheme=IdScheme.PROPRIETARY, text=f"{release.icpn}-front", namespace=f"DPID:{release.provider.dpid}"
            ),
        ),
        advisories=(Role(value="NotExplicit"),),
        files=(FileClaim(uri=path, technical_reference="T0", hash_sum=HashSum(algorithm="MD5", value=hashes[path])),),
    )


def _describe_release(release: Release, demo_day: date) -> ReleaseClaim:
    places = tuple(
        ResourcePlace(resource_reference=f"A{track.sequence}", sequence=track.sequence) for track in release.tracks
    )
    cover = ResourcePlace(resource_reference=COVER_REFERENCE, link="FrontCoverImage", is_primary=False)
    return ReleaseClaim(
        reference="R0",
        types=(Role(value=_release_type(release)),),
        is_main=True,
        ids=(
            DeliveredId(scheme=IdScheme.ICPN, text=release.icpn),
            DeliveredId(
                scheme=IdScheme.CATALOG_NUMBER, text=release.catalogue_number, namespace=f"DPID:{release.provider.dpid}"
            ),
        ),
        titles=(ScopedText(value=release.title),),
        display_artists=(_main_artist(release.artist_name, release.artist),),
        display_artist_names=(ScopedText(value=release.artist_name),),
        labels=(ScopedText(value=release.label),),
        genres=(Genre(text=release.genre),),
        p_lines=(_line("(P)", release.c_line_year, release.c_line_owner),),
        c_lines=(_line("(C)", release.c_line_year, release.c_line_owner),),
        advisories=(_warn_of(release),),
        release_date=_day(demo_day, release.released_in_days),
        original_release_date=_day(demo_day, release.released_in_days),
        duration_ms=sum(track.recording.duration_ms for track in release.tracks),
        is_compilation=release.has_many_artists,
        resources=(cover,),
        group=ResourceGroup(places=places),
    )


def _warn_of(release: Release) -> Role:
    """Return the release's parental warning: explicit as soon as a track is."""
    warnings = {track.recording.parental_warning for track in release.tracks}
    strictest = ParentalWarning.EXPLICIT if ParentalWarning.EXPLICIT in warnings else ParentalWarning.NOT_EXPLICIT
    return Role(value=strictest.value)


def _describe_track_release(release: Release, track: Track, demo_day: date) -> ReleaseClaim:
    recording = track.recording
    return ReleaseClaim(
        reference=f"R{track.sequence}",
        types=(Role(value="TrackRelease"),),
        is_track_release=True,
        is_track_element=release.provider.ern_version.startswith("4"),
        ids=(
            DeliveredId(
                scheme=IdScheme.PROPRIETARY,
                text=f"{release.icpn}_{recording.isrc}",
                namespace=f"DPID:{release.provider.dpid}",
            ),
        ),
        titles=(_title_of(recording),),
        display_artists=(_main_artist(recording.artist.name, recording.artist),),
        display_artist_names=(ScopedText(value=recording.artist.name),),
        labels=(ScopedText(value=release.label),),
        genres=(Genre(text=recording.genre),),
        p_lines=(_line("(P)", recording.p_line_year, recording.p_line_owner),),
        c_lines=(_line("(C)", release.c_line_year, release.c_line_owner),),
        release_date=_day(demo_day, release.released_in_days),
        resources=(ResourcePlace(resource_reference=f"A{track.sequence}"),),
    )


def _grant_deals(release: Release, demo_day: date) -> Iterable[ReleaseDeal]:
    """Yield one ReleaseDeal for each set of tracks with the same terms, in the order of the tracks."""
    ordered = sorted(release.tracks, key=lambda track: (_start_of(release, track), track.withheld_in, track.sequence))
    for (start_in_days, withheld_in), tracks in groupby(
        ordered, key=lambda track: (_start_of(release, track), track.withheld_in)
    ):
        start = ValidityPeriod(start=_day(demo_day, start_in_days))
        territories = () if withheld_in else ("Worldwide",)
        yield ReleaseDeal(
            release_references=tuple(f"R{track.sequence}" for track in tracks),
            deals=tuple(
                Deal(
                    commercial_models=models,
                    use_types=(Role(value=use),),
                    territories=territories,
                    excluded_territories=withheld_in,
                    periods=(start,),
                )
                for models, use in ((STREAMING_MODELS, "OnDemandStream"), (OFFLINE_MODELS, "ConditionalDownload"))
            ),
        )


def _start_of(release: Release, track: Track) -> int:
    return release.released_in_days if track.starts_in_days is None else track.starts_in_days


def _release_type(release: Release) -> str:
    # A compilation is an album by many: ERN says so by IsMultiArtistCompilation, not by the type.
    return "Album" if release.kind is ReleaseKind.COMPILATION else release.kind.value


def _title_of(recording: Recording) -> ScopedText:
    return ScopedText(value=recording.title, subtitle=recording.version_title or "")


def _main_artist(name: str, artist: Artist | None) -> Credit:
    ids = (DeliveredId(scheme=IdScheme.ISNI, text=artist.isni),) if artist is not None else ()
    return Credit(name=name, ids=ids, roles=(Role(value="MainArtist"),), sequence=1)


def _line(mark: str, year: int, owner: str) -> CopyrightLine:
    return CopyrightLine(text=f"{mark} {year} {owner}", year=year, company=owner)


def _day(demo_day: date, offset_days: int) -> Moment:
    return Moment((demo_day + timedelta(days=offset_days)).isoformat(), MomentKind.DATE)


def _iso_duration(duration_ms: int) -> str:
    minutes, rest_ms = divmod(duration_ms, 60_000)
    seconds = f"{rest_ms / 1000:.3f}".rstrip("0").rstrip(".")
    return f"PT{minutes}M{seconds}S"
