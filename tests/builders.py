"""Builders of statements for tests: small, complete, and without fault until a test changes something.

``a_statement()`` is an album of two tracks that breaks no rule and may be streamed everywhere by both tiers from
2026-01-01 on. Every builder takes the fields a test is about; ``changed`` replaces more of them.
"""

from typing import Any, TypeVar

import msgspec

from antiphon.model.claims import CopyrightLine, Credit, DeliveredId, FileClaim, Genre, IdScheme, Role, ScopedText
from antiphon.model.deals import Deal, ReleaseDeal
from antiphon.model.periods import Moment, MomentKind, ValidityPeriod
from antiphon.model.releases import Release, ResourceGroup, ResourcePlace
from antiphon.model.resources import Resource, ResourceKind
from antiphon.model.statement import MessageFormat, MessageHeader, MessageKind, MessageParty, Statement

S = TypeVar("S", bound=msgspec.Struct)

P_LINE = CopyrightLine(text="(P) 2026 Paper Lantern", year=2026)
C_LINE = CopyrightLine(text="(C) 2026 Paper Lantern", year=2026)
ARTIST = Credit(name="The Tidemarks", roles=(Role(value="MainArtist"),), sequence=1)
CONTRIBUTORS = (
    Credit(name="Aino Lehtola", roles=(Role(value="ComposerLyricist"),)),
    Credit(name="Marta Brandt", roles=(Role(value="Pianist"), Role(value="Producer"))),
)
FOLK = Genre(text="Folk")
NOT_EXPLICIT = Role(value="NotExplicit")


def changed(struct: S, **changes: Any) -> S:
    """Return the struct with some fields replaced."""
    return msgspec.structs.replace(struct, **changes)


def a_moment(text: str) -> Moment:
    """Return a moment of the kind its text has."""
    if "T" not in text:
        return Moment(text, MomentKind.DATE)
    clock = text.partition("T")[2]
    has_zone = clock.endswith("Z") or "+" in clock or "-" in clock
    return Moment(text, MomentKind.INSTANT if has_zone else MomentKind.LOCAL)


def a_period(start: str = "", end: str = "") -> ValidityPeriod:
    """Return a validity period; an empty text: that bound is not given."""
    return ValidityPeriod(start=a_moment(start) if start else None, end=a_moment(end) if end else None)


def some_roles(*values: str) -> tuple[Role, ...]:
    """Return values of an allowed-value set as the model keeps them."""
    return tuple(Role(value=value) for value in values)


def a_deal(
    *,
    models: tuple[str, ...] = ("SubscriptionModel", "AdvertisementSupportedModel"),
    use_types: tuple[str, ...] = ("OnDemandStream",),
    territories: tuple[str, ...] = ("Worldwide",),
    start: str = "2026-01-01",
    end: str = "",
    **changes: Any,
) -> Deal:
    """Return a deal: both tiers may stream, everywhere, from 2026-01-01 until further notice."""
    deal = Deal(
        commercial_models=some_roles(*models),
        use_types=some_roles(*use_types),
        territories=territories,
        periods=(a_period(start, end),),
        line=90,
        path="DealList/ReleaseDeal[1]/Deal[1]",
    )
    return changed(deal, **changes)


def an_isrc(number: int) -> DeliveredId:
    """Return the ISRC of the test label's recording of that number."""
    return DeliveredId(scheme=IdScheme.ISRC, text=f"QZANT26{number:05}")


def a_file(uri: str, **changes: Any) -> FileClaim:
    """Return the claim of a file at a path."""
    return changed(FileClaim(uri=uri, line=17), **changes)


def a_recording(number: int = 1, **changes: Any) -> Resource:
    """Return the sound recording A1, A2, ...: titled, credited, three minutes long, in one FLAC file."""
    recording = Resource(
        reference=f"A{number}",
        kind=ResourceKind.SOUND_RECORDING,
        type="MusicalWorkSoundRecording",
        ids=(an_isrc(number),),
        titles=(ScopedText(value=f"Harbour Light No. {number}"),),
        display_artists=(ARTIST,),
        display_artist_names=(ScopedText(value=ARTIST.name),),
        contributors=CONTRIBUTORS,
        duration_ms=180_000,
        duration_text="PT3M",
        language="en",
        p_lines=(P_LINE,),
        advisories=(NOT_EXPLICIT,),
        files=(a_file(f"resources/{number:02}.flac", technical_reference=f"T{number}"),),
        line=10 * number,
        path=f"ResourceList/SoundRecording[{number}]",
    )
    return changed(recording, **changes)


def a_cover(**changes: Any) -> Resource:
    """Return the front cover A90 in one JPEG file."""
    cover = Resource(
        reference="A90",
        kind=ResourceKind.IMAGE,
        type="FrontCoverImage",
        files=(a_file("resources/cover.jpg", technical_reference="T90"),),
        line=60,
        path="ResourceList/Image[1]",
    )
    return changed(cover, **changes)


def a_release(tracks: int = 2, **changes: Any) -> Release:
    """Return the main release R0 with recordings A1, A2, ... in one group, and the cover A90."""
    places = tuple(ResourcePlace(resource_reference=f"A{n}", sequence=n, line=70 + n) for n in range(1, tracks + 1))
    release = Release(
        reference="R0",
        types=some_roles("Single" if tracks < 4 else "EP"),
        is_main=True,
        ids=(DeliveredId(scheme=IdScheme.ICPN, text="4006381333931"),),
        titles=(ScopedText(value="Harbour Lights"),),
        display_artists=(ARTIST,),
        display_artist_names=(ScopedText(value=ARTIST.name),),
        labels=(ScopedText(value="Paper Lantern"),),
        genres=(FOLK,),
        p_lines=(P_LINE,),
        c_lines=(C_LINE,),
        advisories=(NOT_EXPLICIT,),
        release_date=a_moment("2026-01-01"),
        original_release_date=a_moment("2026-01-01"),
        resources=(ResourcePlace(resource_reference="A90", link="FrontCoverImage", is_primary=False, line=70),),
        group=ResourceGroup(places=places),
        line=65,
        path="ReleaseList/Release[1]",
    )
    return changed(release, **changes)


def a_track_release(number: int = 1, **changes: Any) -> Release:
    """Return the track release R1, R2, ... of the recording of that number."""
    release = Release(
        reference=f"R{number}",
        is_track_release=True,
        is_track_element=True,
        ids=(DeliveredId(scheme=IdScheme.PROPRIETARY, text=f"track-{number}", namespace="PADPIDA2014120301Q"),),
        titles=(ScopedText(value=f"Harbour Light No. {number}"),),
        genres=(FOLK,),
        resources=(ResourcePlace(resource_reference=f"A{number}"),),
        line=80 + number,
        path=f"ReleaseList/TrackRelease[{number}]",
    )
    return changed(release, **changes)


def some_deals(*deals: Deal, on: tuple[str, ...] = ("R1", "R2")) -> ReleaseDeal:
    """Return deals for some releases of the message; by default for both tracks."""
    return ReleaseDeal(release_references=on, deals=deals, line=88)


def a_statement(tracks: int = 2, **changes: Any) -> Statement:
    """Return an album of some tracks, each with its track release and its deal."""
    numbers = range(1, tracks + 1)
    statement = Statement(
        kind=MessageKind.NEW_RELEASE,
        format=MessageFormat(name="ern", version="4.3.2", language="en"),
        header=MessageHeader(
            message_id="M-1",
            sender=MessageParty(dpid="PADPIDA2014120301Q", name="Paper Lantern"),
            created=a_moment("2025-12-01T09:00:00Z"),
        ),
        resources=(*(a_recording(number) for number in numbers), a_cover()),
        releases=(a_release(tracks), *(a_track_release(number) for number in numbers)),
        release_deals=(some_deals(a_deal(), on=tuple(f"R{number}" for number in numbers)),),
    )
    return changed(statement, **changes)
