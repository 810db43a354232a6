"""Statements drawn by chance, with whatever a version has a place for. The same seed draws the same statement."""

import random
from collections.abc import Callable
from typing import TypeVar

from antiphon.model.claims import (
    CopyrightLine,
    Credit,
    DatedEvent,
    DeliveredId,
    FileClaim,
    Flag,
    Genre,
    HashSum,
    IdScheme,
    Measure,
    PartyName,
    Relation,
    RightsController,
    Role,
    Scope,
    ScopedText,
    Term,
)
from antiphon.model.deals import Deal, Price, ReleaseDeal
from antiphon.model.periods import Moment, MomentKind, ValidityPeriod
from antiphon.model.releases import Release, ResourceGroup, ResourcePlace
from antiphon.model.resources import Resource, ResourceKind
from antiphon.model.statement import Statement
from tests.builders import a_moment, a_statement, changed

T = TypeVar("T")

TEXTS = (
    "a",
    "Zoë",
    "a & b < c > d",
    "x  y",
    "“Ön” 港の光",
    "]]>",
    "R&amp;B",
    "'\"",
    "=1+1",
    "1",
    "true",
    "A.B-C",
    "𝄞 é",
)
"""Texts that are awkward in XML, or look like something else."""
WORDS = ("Alpha", "Beta", "Gamma", "Delta")
CODES = ("DE", "AT", "SE", "JP", "US")
LANGUAGES = ("", "en", "ja-Hrkt", "de")
MOMENTS = ("2026-02-28", "2024-02-29", "2026-01-01T00:00:00", "2026-01-01T00:00:00.5", "2026-01-01T00:00:00+05:30")
DURATIONS = ("", "PT3M", "PT0H3M29.500S", "PT199S")
JAPANESE = Scope(language="ja-Hrkt")


class Chance(random.Random):
    """Draws the parts of a statement of one version."""

    def __init__(self, seed: int, version: str) -> None:
        super().__init__(f"{seed}:{version}")
        self.is_new = version.startswith("4")

    def some(self, draw: Callable[[], T], most: int = 2) -> tuple[T, ...]:
        """Draw up to so many."""
        return tuple(draw() for _ in range(self.randint(0, most)))

    def maybe(self, draw: Callable[[], T]) -> T | None:
        """Draw one, or none."""
        return draw() if self.random() < 0.5 else None

    def flip(self) -> bool:
        """Draw a truth value."""
        return self.random() < 0.5

    def text(self) -> str:
        """Draw an awkward text."""
        return self.choice(TEXTS)

    def word(self) -> str:
        """Draw a value of an allowed-value set."""
        return self.choice(WORDS)

    def role(self) -> Role:
        """Draw an allowed value, or one the sender defined."""
        return (
            Role(value="UserDefined", user_value=self.text(), namespace=self.text())
            if self.flip()
            else Role(value=self.word())
        )

    def moment(self) -> Moment:
        """Draw a date, a local time or an instant."""
        return a_moment(self.choice(MOMENTS))

    def date(self) -> Moment:
        """Draw a date."""
        return Moment(f"20{self.randint(10, 30)}-0{self.randint(1, 9)}", MomentKind.DATE)

    def scope(self) -> Scope:
        """Draw for whom a text is."""
        territories = tuple(self.sample(CODES, self.randint(0, 2))) if self.is_new else ()
        return Scope(territories=territories, language=self.choice(LANGUAGES), is_original=self.is_new and self.flip())

    def ids(self, *schemes: IdScheme) -> tuple[DeliveredId, ...]:
        """Draw ids in the order of the schemas."""
        named = (IdScheme.CATALOG_NUMBER, IdScheme.PROPRIETARY)
        return tuple(
            DeliveredId(scheme=scheme, text=self.text(), namespace=self.text() if scheme in named else "")
            for scheme in schemes
            if self.flip()
        )

    def titles(self) -> tuple[ScopedText, ...]:
        """Draw display titles, then formal ones."""
        shown = [
            ScopedText(value=self.text(), subtitle=self.choice(("", "Live")), scope=self.scope())
            for _ in range(self.randint(1, 2))
        ]
        formal = self.some(lambda: ScopedText(value=self.text(), kind="FormalTitle", scope=self.scope()), 1)
        return (*shown, *formal)

    def credit(self, *, is_display: bool) -> Credit:
        """Draw an artist on display, or somebody who worked on a recording."""
        name = self.text()
        names = (PartyName(full=name), PartyName(full="タイド", key="タ", scope=JAPANESE)) if self.flip() else ()
        ids = self.ids(IdScheme.ISNI, IdScheme.DPID, IdScheme.IPI, IdScheme.PROPRIETARY)
        sequence = self.maybe(lambda: self.randint(1, 99))
        if is_display:
            roles = (self.role(), *self.some(self.role, 1))
            return Credit(name=name, ids=ids, names=names, roles=roles, sequence=sequence)
        flag = "IsCredited" if self.is_new else "IsFeaturedArtist"
        return Credit(
            name=name,
            ids=ids,
            names=names,
            roles=self.some(self.role),
            sequence=sequence,
            flags=self.some(lambda: Flag(name=flag, is_set=self.flip()), 1),
            instruments=self.some(self.role),
            ai_contribution=self.choice(("", "None", "All")) if self.is_new else "",
        )

    def controller(self) -> RightsController:
        """Draw who controls rights in a recording."""
        return RightsController(
            name=self.text(),
            ids=self.ids(IdScheme.ISNI, IdScheme.PROPRIETARY),
            roles=self.some(self.role),
            share_percentage=self.choice(("", "50", "100.00")),
            is_share_unknown=self.flip(),
            kind="" if self.is_new else self.choice(("", *WORDS)),
            sequence=self.maybe(lambda: self.randint(1, 9)),
        )

    def file(self, number: int) -> FileClaim:
        """Draw one file of a recording."""
        hash_sum = HashSum(algorithm=self.word(), value=self.text(), data_type=self.choice(("", "HexBinary")))
        return FileClaim(
            uri=f"resources/{self.word()} {number}.flac",
            technical_reference=f"T{number}",
            hash_sum=self.maybe(lambda: hash_sum),
            codec=self.choice(("", *WORDS)),
            bitrate_kbps=self.maybe(lambda: float(self.randint(1, 9999))),
            channels=self.maybe(lambda: self.randint(1, 12)),
            sample_rate_hz=self.choice((None, 44_100.0, 48_000.0)),
            bits_per_sample=self.choice((None, 16, 24)),
            is_preview=self.flip(),
            is_provided=self.maybe(self.flip) if self.is_new else None,
            container=self.choice(("", *WORDS)),
            duration_text=self.choice(DURATIONS),
            measures=self.some(lambda: Measure(name="FileSize", text="17.5"), 1) if self.is_new else (),
        )

    def recording(self, number: int) -> Resource:
        """Draw a sound recording."""
        flags = (
            ("HasVocalPerformance", "IsCover", "IsInstrumental") if self.is_new else ("IsInstrumental", "IsRemastered")
        )
        terms = ("RecordingFormat", "VersionType") if self.is_new else ()
        texts = ("CourtesyLine",) if self.is_new else ("CourtesyLine", "Keywords", "Synopsis")
        dates = ("CreationDate", "MasteredDate")
        duration_ms = self.maybe(lambda: self.randint(0, 10**7))
        return Resource(
            reference=f"A{number}",
            kind=ResourceKind.SOUND_RECORDING,
            type=self.word(),
            ids=self.ids(IdScheme.ISRC, IdScheme.CATALOG_NUMBER, IdScheme.PROPRIETARY),
            work_ids=self.ids(IdScheme.ISWC, IdScheme.PROPRIETARY),
            titles=self.titles(),
            display_artists=self.some(lambda: self.credit(is_display=True)),
            display_artist_names=self.some(lambda: ScopedText(value=self.text(), scope=self.scope())),
            contributors=self.some(lambda: self.credit(is_display=False)),
            duration_ms=duration_ms,
            duration_text="" if duration_ms is None else f"PT{duration_ms // 1000}.{duration_ms % 1000:03}S",
            language=self.choice(LANGUAGES),
            genres=()
            if self.is_new
            else self.some(lambda: Genre(text=self.text(), sub_genre=self.choice(("", "Dub")))),
            p_lines=self.some(lambda: CopyrightLine(text=self.text(), year=self.maybe(lambda: 1984)), 1),
            advisories=self.some(lambda: Role(value=self.word()), 1),
            ai_use=self.choice(("", "Partly")) if self.is_new else "",
            files=(self.file(number),),
            flags=tuple(Flag(name=name, is_set=self.flip()) for name in flags if self.flip()),
            terms=tuple(Term(name=name, role=self.role()) for name in terms if self.flip()),
            texts=tuple(ScopedText(value=self.text(), kind=name, scope=self.scope()) for name in texts if self.flip()),
            dates=tuple(
                DatedEvent(name=name, date=self.date(), is_approximate=self.flip()) for name in dates if self.flip()
            ),
            rights_controllers=self.some(self.controller),
            default_language=self.choice(LANGUAGES),
        )

    def deal(self) -> Deal:
        """Draw a deal with terms that either version has a place for."""
        codes = tuple(self.sample(CODES, self.randint(1, 3)))
        is_named = self.flip()
        return Deal(
            references=self.some(self.text),
            commercial_models=self.some(self.role),
            use_types=self.some(self.role),
            interface_types=self.some(self.word),
            carrier_types=self.some(self.word),
            territories=codes if is_named else (),
            excluded_territories=() if is_named else codes,
            distribution_channels=self.some(lambda: self.choice(("PADPIDA2026041700A", "17@shop", "The shop")), 1),
            periods=(ValidityPeriod(start=self.maybe(self.moment), end=self.maybe(self.moment)),),
            prices=self.some(
                lambda: Price(code=self.word(), code_namespace=self.text(), amount=self.choice(("", "0.70")))
            ),
            is_pre_order=self.flip(),
            instant_gratification=self.some(lambda: self.choice(("A1", "A2"))),
            rights_claim_policies=self.some(self.word),
        )

    def release(self) -> Release:
        """Draw the release the message is about."""
        places = tuple(ResourcePlace(resource_reference=f"A{n}", sequence=n, is_bonus=self.flip()) for n in (1, 2))
        listed = () if self.is_new else tuple(ResourcePlace(resource_reference=f"A{n}") for n in (1, 2))
        return Release(
            reference="R0",
            types=(Role(value="Album"), *self.some(lambda: Role(value=self.word()), 1)),
            is_main=True,
            ids=self.ids(IdScheme.GRID, IdScheme.ICPN, IdScheme.CATALOG_NUMBER, IdScheme.PROPRIETARY),
            titles=self.titles(),
            display_artists=self.some(lambda: self.credit(is_display=True)),
            labels=self.some(
                lambda: ScopedText(value=self.text(), scope=self.scope(), kind="Major", kind_namespace="N"), 1
            ),
            genres=self.some(lambda: Genre(text=self.text())),
            c_lines=self.some(lambda: CopyrightLine(text=self.text(), company=self.choice(("", "Lantern"))), 1),
            release_date=self.maybe(self.date),
            original_release_date=self.maybe(self.date),
            is_compilation=self.maybe(self.flip),
            resources=listed,
            group=ResourceGroup(titles=self.titles(), places=places, sequence=self.maybe(lambda: 3)),
            texts=self.some(lambda: ScopedText(value=self.text(), kind="Keywords"), 1),
            relations=self.some(lambda: Relation(role=self.role(), ids=self.ids(IdScheme.GRID, IdScheme.ICPN)), 1),
        )


def draw_statement(seed: int, version: str) -> Statement:
    """Return an album as the version can say it."""
    chance = Chance(seed, version)
    plain = a_statement()
    deals = (chance.deal(), *chance.some(chance.deal, 1))
    return changed(
        plain,
        format=changed(plain.format, version=version),
        resources=(chance.recording(1), chance.recording(2)),
        releases=(chance.release(),),
        release_deals=(ReleaseDeal(release_references=("R0",), deals=deals),),
    )
