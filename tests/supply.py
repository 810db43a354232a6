"""Deliveries straight into a record, without a worker: what a test of the catalogue needs of them."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import Engine

from antiphon.identity import release_key
from antiphon.intake.commit import apply_statement
from antiphon.model.decisions import Decision
from antiphon.model.delivery import DeliveredFile, Delivery, Stage
from antiphon.model.entities import Album
from antiphon.model.statement import MessageKind, Statement
from antiphon.record import deciding, reading, writing
from antiphon.record.catalogue import find_entities, load_album
from antiphon.record.deliveries import add_delivery, next_receipt
from antiphon.record.media import store_media
from antiphon.record.providers import Provider, add_provider
from antiphon.record.rebuild import recompute
from antiphon.record.statements import store_statement
from tests.builders import a_moment, a_release, a_statement, changed
from tests.catalogue.statements import some_audio, some_cover

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
AUDIO, OTHER_AUDIO, COVER = "a" * 64, "d" * 64, "c" * 64
FILES = {"resources/01.flac": AUDIO, "resources/cover.jpg": COVER}
ICPN = "04006381333931"


class Supply:
    """A record that knows three providers, and what they deliver."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        with writing(engine) as conn:
            for provider in ("north", "south", "east"):
                add_provider(conn, Provider(id=provider, name=provider.title()), NOW)
            for media in (some_audio(AUDIO), some_audio(OTHER_AUDIO), some_cover(COVER)):
                store_media(conn, media)

    def deliver(
        self, statement: Statement, *, provider: str = "north", files: Mapping[str, str] = FILES
    ) -> tuple[str, Stage]:
        """Accept, read and apply a delivery; return its id and what it came to."""
        with writing(self.engine) as conn:
            receipt = next_receipt(conn)
            delivery = Delivery(
                id=f"delivery-{receipt}",
                provider=provider,
                batch="",
                message=DeliveredFile(path=f"{provider}/{receipt}.xml", blob=f"{receipt:064}", size_bytes=2_000),
                files=tuple(DeliveredFile(path=path, blob=blob, size_bytes=9) for path, blob in files.items()),
                received_at="2026-11-22T10:00:00.000000Z",
                receipt=receipt,
            )
            assert add_delivery(conn, delivery, "", "")
            store_statement(conn, delivery.id, provider, release_key(statement), statement)
            return delivery.id, apply_statement(conn, delivery.id, NOW)

    def decide(self, decision: Decision) -> str:
        """Record and apply a decision; return its id."""
        with writing(self.engine) as conn:
            deciding.decide(conn, decision, NOW)
        return decision.id

    def undo(self, decision_id: str) -> None:
        """Take a decision back."""
        with writing(self.engine) as conn:
            deciding.undo(conn, decision_id, by="ana", now=NOW)

    def album(self, icpn: str = ICPN) -> Album:
        """Return the one album under a barcode."""
        with reading(self.engine) as conn:
            found = [album for _, i in find_entities(conn, "icpn", icpn) if (album := load_album(conn, i)) is not None]
        assert len(found) == 1
        return found[0]

    def is_proven(self) -> bool:
        """Tell whether the catalogue is what its inputs say."""
        with reading(self.engine) as conn:
            return list(recompute(conn)) == []


def created(statement: Statement, day: int) -> Statement:
    """Return the statement as made on a day of March."""
    return changed(statement, header=changed(statement.header, created=a_moment(f"2026-03-{day:02}T09:00:00Z")))


def entitled(title: str, day: int) -> Statement:
    """Return a release under a title, made on a day of March."""
    statement = created(a_statement(), day)
    release = changed(statement.releases[0], titles=(changed(statement.releases[0].titles[0], value=title),))
    return changed(statement, releases=(release, *statement.releases[1:]))


def a_purge(day: int) -> Statement:
    """Return a purge of the release, made on a day of March."""
    release = a_release(is_main=False, group=None, resources=())
    return created(a_statement(kind=MessageKind.PURGE, resources=(), releases=(release,), release_deals=()), day)
