"""Covers are square, the promised size, the same each time, and never show a box for a letter."""

import io
from functools import cache

import numpy as np
import pytest
from PIL import Image

from antiphon.demo.covers import COVER_PIXELS, TITLE_BLOCKS, draw_cover
from antiphon.demo.lettering import TextStyle, draw_text, measure_text
from antiphon.demo.plan import Release
from antiphon.demo.repertoire import plan_repertoire

RELEASES = plan_repertoire().releases
STYLE = TextStyle(height=60, colour="ffffff")


@cache
def cover_bytes(place: int) -> bytes:
    return draw_cover(RELEASES[place])


def draw_line(text: str) -> Image.Image:
    image = Image.new("RGB", (600, 200))
    draw_text(image, text, 20, 130, STYLE)
    return image


@pytest.mark.parametrize("text", ["朝の窓", "Straße", "Ærø", "naïve"])
def test_a_letter_the_typeface_lacks_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match=r"U\+[0-9A-F]{4}"):
        draw_line(text)


@pytest.mark.parametrize(("plain", "accented"), [("E", "Ë"), ("e", "é"), ("A", "Å"), ("o", "ō"), ("U", "Ù")])
def test_an_accented_letter_is_its_plain_letter_with_a_mark_above(plain: str, accented: str) -> None:
    mark = np.asarray(draw_line(accented), dtype=int) - np.asarray(draw_line(plain), dtype=int)
    rows = np.flatnonzero(np.abs(mark).sum(axis=(1, 2)))
    letter_rows = np.flatnonzero(np.asarray(draw_line(plain)).sum(axis=(1, 2)))
    assert rows.size > 0
    assert rows.max() <= letter_rows.min() + 2
    assert measure_text(plain, STYLE) == measure_text(accented, STYLE)


@pytest.mark.parametrize("place", range(len(RELEASES)), ids=[release.cover for release in RELEASES])
def test_a_cover_is_a_square_colour_picture_of_the_promised_size(place: int) -> None:
    image = Image.open(io.BytesIO(cover_bytes(place)))
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (COVER_PIXELS, COVER_PIXELS))
    assert np.asarray(image).std() > 20


def test_every_release_has_a_cover_of_its_own() -> None:
    small = [
        np.asarray(Image.open(io.BytesIO(cover_bytes(place))).resize((30, 30)), dtype=float)
        for place in range(len(RELEASES))
    ]
    for place, one in enumerate(small):
        assert all(np.abs(one - other).mean() > 20 for other in small[place + 1 :])


def test_the_same_release_gives_the_same_bytes() -> None:
    place = next(place for place, release in enumerate(RELEASES) if release.cover == "hands")
    assert draw_cover(RELEASES[place]) == cover_bytes(place)


@pytest.mark.parametrize("release", RELEASES, ids=[release.cover for release in RELEASES])
def test_the_words_fit_on_the_cover(release: Release) -> None:
    block = TITLE_BLOCKS[release.cover]
    assert measure_text(release.title, block.title) < COVER_PIXELS - 200
    assert measure_text(release.artist_name.upper(), block.artist) < COVER_PIXELS - 200
