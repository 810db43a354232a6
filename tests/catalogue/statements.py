"""Current statements with links and media, ready to build."""

from collections.abc import Mapping

from antiphon.catalogue import CurrentStatement, Links, StatementOrder, needed_links
from antiphon.identity import match_release
from antiphon.model.media import AudioFacts, CoverSize, ImageFacts, Rendition, RenditionProfile, ResourceMedia
from antiphon.model.resources import ResourceKind
from antiphon.model.statement import Statement
from tests.identity.books import ListBook

DURATION_MS = 181_234


def some_audio(source: str = "a" * 64) -> ResourceMedia:
    """Return the media of an audio file of 181.234 s."""
    opus = Rendition(
        profile=RenditionProfile.OPUS,
        blob="b" * 64,
        media_type="audio/ogg",
        size_bytes=2_900_000,
        duration_ms=DURATION_MS,
        bitrate_bps=128_000,
    )
    facts = AudioFacts(
        container="flac", codec="flac", sample_rate_hz=44_100, channels=2, bits_per_sample=16, duration_ms=DURATION_MS
    )
    return ResourceMedia(source=source, audio=facts, renditions=(opus,))


def some_cover(source: str = "c" * 64) -> ResourceMedia:
    """Return the media of a cover in two sizes."""
    covers = tuple(CoverSize(blob=str(px).zfill(64), width_px=px, height_px=px) for px in (640, 64))
    return ResourceMedia(
        source=source, image=ImageFacts(format="JPEG", mode="RGB", width_px=1_400, height_px=1_400), covers=covers
    )


def some_media(statement: Statement) -> dict[str, ResourceMedia]:
    """Return media for every recording and image of a statement."""
    return {
        resource.reference: some_cover() if resource.kind is ResourceKind.IMAGE else some_audio()
        for resource in statement.resources
    }


def a_current(
    statement: Statement,
    book: ListBook | None = None,
    *,
    provider: str = "north",
    media: Mapping[str, ResourceMedia] | None = None,
) -> tuple[CurrentStatement, Links]:
    """Return the statement as the current one of its release, linked through the book, with media for everything."""
    book = book if book is not None else ListBook()
    release_key = match_release(provider, statement, book)
    linked = book.link(provider, statement)
    current = CurrentStatement(
        provider=provider,
        release_key=release_key,
        delivery_id="delivery-1",
        order=StatementOrder(created_at="2025-12-01T09:00:00.000000Z", arranged_at="", receipt=1),
        statement=statement,
        media=some_media(statement) if media is None else media,
    )
    return current, {pair: linked[pair] for pair in needed_links(statement, release_key)}
