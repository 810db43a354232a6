"""Lettering for covers: one typeface, set with care, that never draws a box where a letter should be.

The typeface that comes with Pillow has the letters of English and no others. Accented letters are therefore built as a
type founder does: the plain letter, and its mark drawn above it. Text with any other letter is refused.
"""

import unicodedata

import msgspec
from PIL import Image, ImageDraw, ImageFont

OVERSAMPLING = 3
"""Letters are drawn this much larger and reduced, for edges finer than the rasteriser's own."""

MARKS = {"\u0308": "diaeresis", "\u0301": "acute", "\u0300": "grave", "\u030a": "ring", "\u0304": "macron"}
"""Combining marks that can be drawn above a letter."""


class TextStyle(msgspec.Struct, frozen=True, kw_only=True):
    """How a line is set: height of its type, extra space between letters (both in pixels), added weight, colour."""

    height: int
    tracking: float = 0.0
    weight: float = 0.0
    colour: str = "ffffff"


def draw_text(
    image: Image.Image, text: str, x: float, baseline_y: float, style: TextStyle, anchor: str = "left"
) -> None:
    """Draw one line of text onto an image, its ``anchor`` ("left", "middle" or "right") at x.

    Raises: ValueError (the caller's fault) for a letter that this typeface cannot show.
    """
    width = measure_text(text, style)
    start = x - {"left": 0.0, "middle": 0.5, "right": 1.0}[anchor] * width
    scale = OVERSAMPLING
    margin = style.height
    size = (round((width + 2 * margin) * scale), round(3 * margin * scale))
    mask = Image.new("L", size, 0)
    pen = ImageDraw.Draw(mask)
    font = ImageFont.load_default(style.height * scale)
    at = (margin + start % 1) * scale
    baseline = (2 * margin + baseline_y % 1) * scale
    for letter, marks in _split_letters(text):
        stroke = style.weight * scale
        pen.text((at, baseline), letter, fill=255, font=font, anchor="ls", stroke_width=stroke)
        for mark in marks:
            _draw_mark(pen, font, letter, mark, at, baseline, style)
        at += font.getlength(letter) + style.tracking * scale
    mask = mask.resize((size[0] // scale, size[1] // scale), Image.Resampling.LANCZOS)
    image.paste(f"#{style.colour}", (int(start) - margin, int(baseline_y) - 2 * margin), mask)


def measure_text(text: str, style: TextStyle) -> float:
    """Return the width of a line in pixels, without space after its last letter."""
    font = ImageFont.load_default(style.height * OVERSAMPLING)
    letters = _split_letters(text)
    return sum(font.getlength(letter) for letter, _ in letters) / OVERSAMPLING + style.tracking * (len(letters) - 1)


def _split_letters(text: str) -> list[tuple[str, str]]:
    letters: list[tuple[str, str]] = []
    for character in unicodedata.normalize("NFD", text):
        if unicodedata.combining(character) and letters and character in MARKS and letters[-1][0] not in "ij":
            letters[-1] = (letters[-1][0], letters[-1][1] + character)
        elif " " <= character <= "~":
            letters.append((character, ""))
        else:
            raise ValueError(f"cover text {text!r} has U+{ord(character):04X}, which the typeface cannot show")
    return letters


def _draw_mark(
    pen: ImageDraw.ImageDraw,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    letter: str,
    mark: str,
    at: float,
    baseline: float,
    style: TextStyle,
) -> None:
    left, top, right, _ = font.getbbox(letter, anchor="ls")
    middle = at + (left + right) / 2
    unit = style.height * OVERSAMPLING
    thick = unit * 0.085 + 2 * style.weight * OVERSAMPLING
    above = baseline + top - unit * 0.14 - style.weight * OVERSAMPLING
    name = MARKS[mark]
    if name == "diaeresis":
        for side in (-1, 1):
            centre = middle + side * unit * 0.115
            pen.ellipse((centre - thick / 2, above - thick / 2, centre + thick / 2, above + thick / 2), fill=255)
    elif name == "ring":
        radius = unit * 0.1
        pen.ellipse(
            (middle - radius, above - 2 * radius, middle + radius, above), outline=255, width=round(thick * 0.7)
        )
    else:
        lean = {"acute": 1, "grave": -1, "macron": 0}[name] * unit * 0.06
        reach = unit * (0.1 if name == "macron" else 0.06)
        pen.line((middle - reach, above + lean, middle + reach, above - lean), fill=255, width=round(thick * 0.9))
