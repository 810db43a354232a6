"""A made-up music business whose truth is known: who artists, recordings and releases are, and how labels tell it.

Planted on purpose, at the rates below: homonyms (two artists of one name), aliases (one artist under two spellings),
reissues by another label under the same ISRC or a new one, compilations, ISRCs of another song, and updates that
name a release by a further identifier. Four of the six labels send ids of their own for artists, as ERN 4 invites them
to; the two smallest send names alone. Always the same for the same seed.
"""

from collections.abc import Iterator
from random import Random

import msgspec

from antiphon.model.claims import Credit, DeliveredId, IdScheme, Role, ScopedText
from antiphon.model.periods import Moment, MomentKind
from antiphon.model.releases import Release, ResourceGroup, ResourcePlace
from antiphon.model.resources import Resource, ResourceKind
from antiphon.model.statement import MessageFormat, MessageHeader, MessageKind, Statement
from bench.catalogues import WORDS

LABELS = tuple(f"label-{number}" for number in range(1, 7))
HOMONYM_SHARE = 0.03
"""Of artists."""
ALIAS_SHARE = 0.05
"""Of releases."""
ISNI_SHARE = 0.4
"""Of artists; the ISNI of those is on 9 of 10 of their releases."""
LABELS_WITH_IDS = LABELS[:4]
"""They send an id of their own for each artist."""
REISSUE_SHARE = 0.15
"""Of albums; half of them under new ISRCs."""
COMPILATION_SHARE = 0.1
"""Of as many releases as there are albums."""
WRONG_ISRC_SHARE = 0.01
"""Of tracks on reissues and compilations."""
UPDATE_SHARE = 0.2


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """An artist as they really are."""

    number: int
    name: str
    isni: str
    label: str


class Song(msgspec.Struct, frozen=True, kw_only=True):
    """A recording as it really is."""

    number: int
    person: Person
    title: str
    isrc: str
    duration_ms: int


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery: the statement, and whom its parts really mean: persons and songs by track, and the product."""

    label: str
    statement: Statement
    songs: tuple[Song, ...]
    product: int


class Business:
    """Makes up artists and their songs, and tells of them as labels do."""

    def __init__(self, seed: int, artists: int) -> None:
        self._chance = Random(seed)
        self._products = 0
        self._isrcs = 0
        self._songs: list[Song] = []
        self._known: list[Person] = []
        self._persons = [self._make_person(number) for number in range(artists)]

    def tell(self) -> Iterator[Told]:
        """Yield every delivery, in the order labels send them."""
        for person in [p for p in self._persons for _ in range(self._chance.randint(1, 3))]:
            songs = self._make_songs(person)
            yield from self._tell_release(person.label, songs)
            if self._chance.random() < REISSUE_SHARE:
                yield from self._tell_release(self._another_label(person.label), songs, is_reissue=True)
            if self._chance.random() < COMPILATION_SHARE:
                mixed = tuple(self._chance.sample(self._songs, min(10, len(self._songs))))
                yield from self._tell_release(self._chance.choice(LABELS), mixed, is_compilation=True)

    def _make_person(self, number: int) -> Person:
        chance = self._chance
        name = " ".join(chance.choice(WORDS) for _ in range(3)).title()
        if self._known and chance.random() < HOMONYM_SHARE:
            name = chance.choice(self._known).name
        person = Person(
            number=number,
            name=name,
            isni=make_isni(number) if chance.random() < ISNI_SHARE else "",
            label=chance.choices(LABELS, weights=(8, 5, 3, 2, 1, 1))[0],
        )
        self._known.append(person)
        return person

    def _make_songs(self, person: Person) -> tuple[Song, ...]:
        made: list[Song] = []
        for _ in range(self._chance.randint(3, 9)):
            title = " ".join(self._chance.choice(WORDS) for _ in range(self._chance.randint(1, 3))).capitalize()
            made.append(
                Song(
                    number=len(self._songs) + len(made),
                    person=person,
                    title=title,
                    isrc=self._new_isrc(),
                    duration_ms=self._chance.randint(120, 320) * 1000,
                )
            )
        self._songs += made
        return tuple(made)

    def _tell_release(
        self, label: str, songs: tuple[Song, ...], *, is_reissue: bool = False, is_compilation: bool = False
    ) -> Iterator[Told]:
        chance = self._chance
        self._products += 1
        has_new_isrcs = is_reissue and chance.random() < 0.5
        has_isnis = chance.random() < 0.9
        spellings = {song.person.number: self._spell(song.person.name) for song in songs}
        resources = []
        for place, song in enumerate(songs, 1):
            isrc = self._new_isrc() if has_new_isrcs else song.isrc
            if (is_reissue or is_compilation) and chance.random() < WRONG_ISRC_SHARE:
                isrc = chance.choice(self._songs).isrc
            credit = _credit(song.person, spellings[song.person.number], label, has_isnis=has_isnis)
            resources.append(
                Resource(
                    reference=f"A{place}",
                    kind=ResourceKind.SOUND_RECORDING,
                    ids=(DeliveredId(scheme=IdScheme.ISRC, text=isrc),),
                    titles=(ScopedText(value=self._retitle(song.title) if is_reissue else song.title),),
                    display_artists=(credit,),
                    duration_ms=song.duration_ms + (chance.randint(-900, 900) if is_reissue else 0),
                )
            )
        leading = "Various Artists" if is_compilation else ""
        credits_ = (Credit(name=leading),) if leading else resources[0].display_artists
        ids: tuple[DeliveredId, ...] = (DeliveredId(scheme=IdScheme.ICPN, text=make_icpn(self._products)),)
        yield Told(label=label, statement=_state(resources, credits_, ids), songs=songs, product=self._products)
        if chance.random() < UPDATE_SHARE:
            ids = (*ids, DeliveredId(scheme=IdScheme.CATALOG_NUMBER, text=f"C{self._products}", namespace=label))
            own = DeliveredId(scheme=IdScheme.PROPRIETARY, text=f"P{self._products}", namespace=label)
            yield Told(
                label=label, statement=_state(resources, credits_, (*ids, own)), songs=songs, product=self._products
            )

    def _spell(self, name: str) -> str:
        if self._chance.random() >= ALIAS_SHARE:
            return self._chance.choice((name, name, name, name.upper()))
        return self._chance.choice((name.replace("o", "ø"), f"The {name}", name.replace(" ", "-")))

    def _retitle(self, title: str) -> str:
        forms = ("{}", "{}", "{} (Remastered 2019)", "{} [Explicit]", "{} (Album Version)", "{} - Single Version")
        return self._chance.choice(forms).format(title)

    def _another_label(self, label: str) -> str:
        return self._chance.choice([other for other in LABELS if other != label])

    def _new_isrc(self) -> str:
        self._isrcs += 1
        return f"QZ{self._isrcs // 10_000_000:03}{self._isrcs % 10_000_000:07}"


def _credit(person: Person, name: str, label: str, *, has_isnis: bool) -> Credit:
    ids = [DeliveredId(scheme=IdScheme.ISNI, text=person.isni)] if person.isni and has_isnis else []
    if label in LABELS_WITH_IDS:
        namespace = f"PADPIDA2026{LABELS.index(label):07}"
        ids.append(DeliveredId(scheme=IdScheme.PROPRIETARY, text=f"A{person.number}", namespace=namespace))
    return Credit(name=name, ids=tuple(ids), roles=(Role(value="MainArtist"),), sequence=1)


def _state(resources: list[Resource], artists: tuple[Credit, ...], ids: tuple[DeliveredId, ...]) -> Statement:
    places = tuple(ResourcePlace(resource_reference=r.reference, sequence=n) for n, r in enumerate(resources, 1))
    release = Release(
        reference="R0",
        is_main=True,
        ids=ids,
        titles=(ScopedText(value="An album"),),
        display_artists=artists,
        group=ResourceGroup(places=places),
    )
    return Statement(
        kind=MessageKind.NEW_RELEASE,
        format=MessageFormat(name="ern", version="4.3.2"),
        header=MessageHeader(created=Moment("2026-01-01T00:00:00Z", MomentKind.INSTANT)),
        resources=tuple(resources),
        releases=(release,),
    )


def make_icpn(number: int) -> str:
    """Return the EAN of a number, check digit included."""
    digits = f"40063{number:07}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def make_isni(number: int) -> str:
    """Return the ISNI of a number, check digit included."""
    digits, total = f"{number:015}", 0
    for digit in digits:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return digits + ("X" if check == 10 else str(check))
