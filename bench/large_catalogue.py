"""What labels say of a catalogue of any size, with the skew real ones have: always the same for the same seed.

Every release, artist and recording is a function of its number, so that processes make parts of the catalogue without
asking each other. Most releases are singles, most tracks are on albums, some boxes have sixty; a few artists have
thousands of tracks and most have a handful; compilations of all labels share the recordings that were hits.
"""

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from random import Random

import msgspec

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
from antiphon.model.releases import Release, ResourceGroup, ResourcePlace
from antiphon.model.resources import Resource, ResourceKind
from antiphon.model.statement import MessageFormat, MessageHeader, MessageKind, MessageParty, Statement
from bench.catalogues import WORDS
from bench.made_up_labels import make_icpn, make_isni

SEED = 20_261_122
LABELS = tuple(f"label-{number:02}" for number in range(1, 25))

SIZES = (((1, 2), 40), ((4, 6), 15), ((8, 14), 35), ((15, 25), 8), ((40, 60), 2))
"""Tracks of a release, from and to, and how many releases of a hundred have so many."""

TRACKS_OF_A_RELEASE = 7.9
"""What these sizes come to on average, compilations included."""

RELEASES_OF_AN_ARTIST = 4.5
"""On average; the share of the n-th artist goes with the square root of n, so that the first has hundreds."""

RELEASES_PER_COMPILATION = 20
COMPILED_TRACKS = (12, 40)
UPDATE_SHARE = 0.15
"""Of releases: their label sent a second message, without the files."""

_COUNTRIES = ("SE", "NO", "DK", "FI", "DE", "AT", "CH", "FR", "BE", "NL", "GB", "IE", "ES", "PT", "IT", "PL", "CZ")
_EXCLUDED = (("JP",), ("US", "CA"), ("CN", "RU", "BY"), ("DE", "AT", "CH"), ("FR", "BE", "LU", "MC"))


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """An artist; ``label`` is whose they are, ``isni`` empty for most."""

    number: int
    name: str
    isni: str
    label: str


class Song(msgspec.Struct, frozen=True, kw_only=True):
    """A recording; ``label`` delivered it first."""

    isrc: str
    title: str
    duration_ms: int
    person: Person
    label: str


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """A release as its label sees it. ``messages``: how many it sent about it."""

    number: int
    label: str
    title: str
    icpn: str
    person: Person | None
    songs: tuple[Song, ...]
    messages: int


class LargeCatalogue:
    """A catalogue of so many releases; two of one size are the same."""

    def __init__(self, releases: int) -> None:
        self.releases = releases
        self.artists = max(1, int(releases / RELEASES_OF_AN_ARTIST))
        self._product = lru_cache(4096)(self._make_product)

    def product(self, number: int) -> Product:
        """Return a release by its number, from 0."""
        return self._product(number)

    def person(self, number: int) -> Person:
        """Return an artist by its number, from 0: no two have one name."""
        scattered = number * 104_729 % len(WORDS) ** 3
        words = (WORDS[scattered // len(WORDS) ** place % len(WORDS)] for place in range(3))
        return Person(
            number=number,
            name=" ".join(words).title(),
            isni=make_isni(number) if number % 5 < 2 else "",
            label=LABELS[int(len(LABELS) * (number * 7_919 % 1_000 / 1_000) ** 2)],
        )

    def _make_product(self, number: int) -> Product:
        chance = Random(SEED * 1_000_003 + number)
        is_compilation = number % RELEASES_PER_COMPILATION == RELEASES_PER_COMPILATION - 1
        messages = 2 if chance.random() < UPDATE_SHARE else 1
        title = _title(chance)
        if is_compilation:
            label, person, songs = chance.choice(LABELS), None, self._compile(number, chance)
        else:
            person = self.person(int(self.artists * chance.random() ** 2))
            label, songs = person.label, make_songs(number, person, chance)
        return Product(
            number=number,
            label=label,
            title=title,
            icpn=make_icpn(number),
            person=person,
            songs=songs,
            messages=messages,
        )

    def _compile(self, number: int, chance: Random) -> tuple[Song, ...]:
        """Return songs of earlier releases, each once; hits, which are on the first of them, more often."""
        found: dict[str, Song] = {}
        for _ in range(chance.randint(*COMPILED_TRACKS)):
            earlier = self.product(_hit(number, chance))
            if earlier.person is not None:
                song = chance.choice(earlier.songs)
                found[song.isrc] = song
        return tuple(found.values()) or make_songs(number, self.person(0), chance)


def _hit(number: int, chance: Random) -> int:
    return int(number * chance.random() ** 2)


def make_songs(number: int, person: Person, chance: Random, count: int = 0) -> tuple[Song, ...]:
    """Return the songs of the release of that number, as many as asked for; 0: as many as releases have."""
    low, high = chance.choices([size for size, _ in SIZES], weights=[weight for _, weight in SIZES])[0]
    return tuple(
        Song(
            isrc=f"QZ{number // 100_000 + 100:03}{number % 100_000:05}{place:02}",
            title=_title(chance),
            duration_ms=chance.randint(90, 420) * 1000 + chance.randrange(1000),
            person=person,
            label=person.label,
        )
        for place in range(count or chance.randint(low, high))
    )


def describe_product(product: Product, message: int) -> Statement:
    """Return what a label says of a release in its n-th message, counted from 0."""
    places = range(1, len(product.songs) + 1)
    recordings = [_describe_song(song, place, product.label) for place, song in enumerate(product.songs, 1)]
    main = Release(
        reference="R0",
        is_main=True,
        types=(Role(value="Album" if len(product.songs) > 2 else "Single"),),
        is_compilation=product.person is None or None,
        ids=(DeliveredId(scheme=IdScheme.ICPN, text=product.icpn),),
        titles=(ScopedText(value=product.title),),
        display_artists=(_credit(product.person, product.label),),
        labels=(ScopedText(value=f"{product.label} recordings"),),
        genres=(Genre(text="Ambient"),),
        p_lines=(CopyrightLine(text=f"2024 {product.label}", year=2024),),
        c_lines=(CopyrightLine(text=f"2024 {product.label}", year=2024),),
        release_date=Moment(_day(product.number), MomentKind.DATE),
        group=ResourceGroup(places=tuple(ResourcePlace(resource_reference=f"A{n}", sequence=n) for n in places)),
        resources=(ResourcePlace(resource_reference="A0", link="FrontCoverImage"),),
        line=900,
        path="/NewReleaseMessage/ReleaseList/Release",
    )
    tracks = [
        Release(
            reference=f"R{n}",
            types=(Role(value="TrackRelease"),),
            is_track_release=True,
            is_track_element=True,
            ids=(DeliveredId(scheme=IdScheme.PROPRIETARY, text=f"{product.icpn}-{n}", namespace=product.label),),
            resources=(ResourcePlace(resource_reference=f"A{n}"),),
            line=900 + 20 * n,
            path=f"/NewReleaseMessage/ReleaseList/TrackRelease[{n}]",
        )
        for n in places
    ]
    return Statement(
        kind=MessageKind.NEW_RELEASE,
        format=MessageFormat(name="ern", version="4.3.2"),
        header=MessageHeader(
            message_id=f"{product.number}-{message}",
            sender=MessageParty(dpid=f"PADPIDA2026{LABELS.index(product.label):07}"),
            created=Moment(f"2026-01-{message + 1:02}T00:00:00Z", MomentKind.INSTANT),
        ),
        resources=(*recordings, _describe_cover(product.number)),
        releases=(main, *tracks),
        release_deals=(
            ReleaseDeal(release_references=tuple(f"R{n}" for n in places), deals=tuple(_list_deals(product.number))),
        ),
    )


def audio_blob(song: Song) -> str:
    """Return the content hash of the file of a recording."""
    return _blob(song.isrc)


def cover_blob(number: int) -> str:
    """Return the content hash of the cover of a release."""
    return _blob(f"cover {number}")


def _describe_song(song: Song, place: int, label: str) -> Resource:
    return Resource(
        reference=f"A{place}",
        kind=ResourceKind.SOUND_RECORDING,
        type="MusicalWorkSoundRecording",
        ids=(DeliveredId(scheme=IdScheme.ISRC, text=song.isrc),),
        titles=(ScopedText(value=song.title),),
        display_artists=(_credit(song.person, label),),
        contributors=(
            Credit(name=f"{song.person.name} Writer", roles=(Role(value="ComposerLyricist"),)),
            Credit(name="Odile Marrow", roles=(Role(value="Producer"),)),
        ),
        duration_ms=song.duration_ms,
        duration_text=f"PT{song.duration_ms // 60_000}M{song.duration_ms // 1000 % 60}S",
        language="en",
        p_lines=(CopyrightLine(text=f"2024 {song.label}", year=2024),),
        advisories=(Role(value="NotExplicit"),),
        files=(
            FileClaim(
                uri=f"resources/{place}.flac",
                technical_reference=f"T{place}",
                hash_sum=HashSum(algorithm="MD5", value=audio_blob(song)[:32]),
                codec="FLAC",
            ),
        ),
        line=20 + 30 * place,
        path=f"/NewReleaseMessage/ResourceList/SoundRecording[{place}]",
    )


def _describe_cover(number: int) -> Resource:
    return Resource(
        reference="A0",
        kind=ResourceKind.IMAGE,
        type="FrontCoverImage",
        ids=(DeliveredId(scheme=IdScheme.PROPRIETARY, text=f"cover-{number}", namespace="covers"),),
        files=(FileClaim(uri="resources/cover.jpg", technical_reference="T0"),),
        line=20,
        path="/NewReleaseMessage/ResourceList/Image",
    )


def _credit(person: Person | None, label: str) -> Credit:
    if person is None:
        return Credit(name="Various Artists", roles=(Role(value="MainArtist"),), sequence=1)
    claimed = (DeliveredId(scheme=IdScheme.ISNI, text=person.isni),) if person.isni and label == person.label else ()
    return Credit(name=person.name, ids=claimed, roles=(Role(value="MainArtist"),), sequence=1)


def _list_deals(number: int) -> Iterator[Deal]:
    """Yield the deals of a release: for the world, less some, for a list, for a time, or first for those who pay."""
    kind, day = number % 10, _day(number)
    paid, free = Role(value="SubscriptionModel"), Role(value="AdvertisementSupportedModel")
    uses = (Role(value="OnDemandStream"), Role(value="ConditionalDownload"))
    end = Moment(f"{2027 + number % 5}-06-30", MomentKind.DATE) if kind == 7 else None
    whole = Deal(
        commercial_models=(paid, free) if kind != 8 else (paid,),
        use_types=uses if kind % 2 else uses[:1],
        territories=("Worldwide",) if kind < 4 or kind > 6 else _COUNTRIES[: 6 + number % 12] if kind == 6 else (),
        excluded_territories=_EXCLUDED[number % len(_EXCLUDED)] if kind in (4, 5) else (),
        periods=(ValidityPeriod(start=Moment(day, MomentKind.DATE), end=end),),
        line=2_000,
        path="/NewReleaseMessage/DealList/ReleaseDeal/Deal[1]",
    )
    yield whole
    if kind == 8:
        start = Moment(f"{day[:4]}-12-24T18:00:00", MomentKind.LOCAL)
        yield msgspec.structs.replace(
            whole,
            commercial_models=(free,),
            periods=(ValidityPeriod(start=start),),
            line=2_040,
            path="/NewReleaseMessage/DealList/ReleaseDeal/Deal[2]",
        )


def _day(number: int) -> str:
    return f"{2015 + number % 11}-{number * 7 % 12 + 1:02}-{number * 13 % 28 + 1:02}"


def _title(chance: Random) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(chance.randint(1, 4))).title()


def _blob(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
