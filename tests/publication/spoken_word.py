"""A small made-up show and audiobook for tests: always the same ones."""

from antiphon.model.entities import AlbumCopyright
from antiphon.model.media import CoverSize, Rendition, RenditionProfile
from antiphon.model.spoken import Audiobook, Chapter, Episode, Show
from tests.publication.catalogue import an_id, dated_intervals

COVER = CoverSize(blob=f"{7:064x}", width_px=640, height_px=640)
OWN_COVER = CoverSize(blob=f"{8:064x}", width_px=300, height_px=300)
RENDITION = Rendition(
    profile=RenditionProfile.OPUS,
    blob=f"{9:064x}",
    media_type="audio/ogg",
    size_bytes=3_000_000,
    duration_ms=1_800_000,
    bitrate_bps=128_000,
)


def an_episode(number: int, release_date: str = "2026-11-20", starts_at: int = 1_700_000_000) -> Episode:
    """Return an episode that plays everywhere but in one market."""
    return Episode(
        id=an_id("episode", number),
        title=f"Tides, part {number}",
        description="Salt & wind",
        duration_ms=1_800_000 + number,
        release_date=release_date,
        renditions=(RENDITION,),
        intervals=dated_intervals(starts_at),
    )


def a_show(*episodes: Episode) -> Show:
    """Return a show, with two episodes unless it is told otherwise."""
    return Show(
        id=an_id("show", 1),
        provider="provider",
        title="Harbour Hours",
        publisher="Quiet Radio",
        description="Talks by the sea",
        languages=("en", "sv"),
        copyrights=(AlbumCopyright(type="C", text="2026 Quiet Radio"),),
        covers=(COVER,),
        episodes=episodes or (an_episode(1, "2026-11-13"), an_episode(2)),
    )


def a_chapter(number: int, starts_at: int = 1_700_000_000) -> Chapter:
    """Return a chapter that plays everywhere but in one market."""
    return Chapter(
        id=an_id("chapter", number),
        title=f"Chapter {number}",
        duration_ms=1_200_000 + number,
        languages=("sv",),
        covers=(OWN_COVER,),
        renditions=(RENDITION,),
        intervals=dated_intervals(starts_at),
    )


def an_audiobook(*chapters: Chapter) -> Audiobook:
    """Return an audiobook, with two chapters unless it is told otherwise."""
    return Audiobook(
        id=an_id("book", 1),
        provider="provider",
        title="The Paper Lighthouse",
        authors=("Mira Vale",),
        narrators=("Ada North",),
        edition="Unabridged",
        publisher="Quiet Press",
        languages=("en",),
        covers=(COVER,),
        chapters=chapters or (a_chapter(1), a_chapter(2)),
    )
