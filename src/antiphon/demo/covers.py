"""Front covers: a painting for each release, with its artist and title set upon it."""

import io
from collections.abc import Mapping

import msgspec

from antiphon.demo.canvas import Canvas
from antiphon.demo.lettering import TextStyle, draw_text
from antiphon.demo.paintings import PAINTERS
from antiphon.demo.plan import Release

COVER_PIXELS = 1_500
"""Width and height of a cover: stores ask for at least 1,400, and this divides by the hundred of pixel art."""

JPEG_QUALITY = 93
"""High enough that flat colours and letters keep clean edges."""


class TitleBlock(msgspec.Struct, frozen=True, kw_only=True):
    """Where and how the words stand on one cover: baselines and x in pixels, and the two styles."""

    artist_y: int
    title_y: int
    x: int
    anchor: str
    artist: TextStyle
    title: TextStyle


def _words(
    x: int, anchor: str, title_y: int, title_height: int, colour: str, *, artist_y: int, artist_colour: str = ""
) -> TitleBlock:
    small = TextStyle(height=max(34, title_height * 2 // 5), tracking=9, weight=0.4, colour=artist_colour or colour)
    large = TextStyle(height=title_height, tracking=1, weight=0.8, colour=colour)
    return TitleBlock(artist_y=artist_y, title_y=title_y, x=x, anchor=anchor, artist=small, title=large)


TITLE_BLOCKS: Mapping[str, TitleBlock] = {
    "rooms": _words(750, "middle", 128, 84, "5a3540", artist_y=1_440, artist_colour="4a2a33"),
    "summer": _words(750, "middle", 150, 124, "fff3a6", artist_y=226, artist_colour="ffc6e0"),
    "ferry": _words(105, "left", 175, 96, "23424c", artist_y=248),
    "isobar": _words(105, "left", 1_380, 150, "f2f4ff", artist_y=1_200),
    "nebelhorn": _words(1_395, "right", 190, 150, "f4efe6", artist_y=266, artist_colour="ff6a45"),
    "hands": _words(105, "left", 1_300, 92, "2e4057", artist_y=1_385, artist_colour="e4572e"),
}
"""The words of each cover, placed where its painting leaves them room."""


def draw_cover(release: Release) -> bytes:
    """Return the front cover of a release: a JPEG of 1,500 by 1,500 pixels in RGB, the same bytes each time.

    Raises: ValueError (the plan's fault) for an artist or title that the typeface cannot show.
    """
    canvas = Canvas(COVER_PIXELS, int(release.icpn[-6:]))
    PAINTERS[release.cover](canvas)
    image = canvas.to_image()
    block = TITLE_BLOCKS[release.cover]
    draw_text(image, release.title, block.x, block.title_y, block.title, block.anchor)
    draw_text(image, release.artist_name.upper(), block.x, block.artist_y, block.artist, block.anchor)
    encoded = io.BytesIO()
    image.save(encoded, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return encoded.getvalue()
