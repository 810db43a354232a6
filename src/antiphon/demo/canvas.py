"""Painting with fields: shapes as signed distances, colours as gradients, edges one pixel soft.

A canvas is square; x runs from 0 at the left to 1 at the right, y from 0 at the top to 1 at the bottom. A *mask* says
for every pixel how much of a colour it takes, from 0 to 1.
"""

import copy
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image

Field = npt.NDArray[np.float32]
Colour = str
"""A colour as six hexadecimal digits, red, green, blue."""


class Canvas:
    """A square picture in the making: ``pixels`` of (size, size, 3) from 0 to 1, and their coordinates ``x``, ``y``."""

    def __init__(self, size: int, seed: int) -> None:
        self.size = size
        self.rng = np.random.default_rng([seed, 7])
        axis = (np.arange(size, dtype=np.float32) + np.float32(0.5)) / np.float32(size)
        self.x, self.y = np.meshgrid(axis, axis)
        self.pixels: Field = np.zeros((size, size, 3), dtype=np.float32)

    def window(self, left: float, top: float, right: float, bottom: float) -> "Canvas":
        """Return a part of this canvas that paints onto it: what is small need not be computed for every pixel."""
        part = copy.copy(self)
        rows, columns = (
            slice(max(0, round(low * self.size)), min(self.size, round(high * self.size)))
            for low, high in ((top, bottom), (left, right))
        )
        part.x, part.y, part.pixels = self.x[rows, columns], self.y[rows, columns], self.pixels[rows, columns]
        return part

    def soften(self, distance: Field, blur: float = 0.0) -> Field:
        """Return the mask of a shape from its signed distance (negative inside), its edge soft over ``blur``."""
        width = np.float32(max(blur, 1.5 / self.size))
        mask: Field = np.clip(np.float32(0.5) - distance / width, 0, 1)
        return mask

    def paint(self, colour: Colour | Field, mask: Field) -> None:
        """Lay a colour, or a picture of colours, over the canvas where the mask says."""
        paint = colour_rgb(colour) if isinstance(colour, str) else colour
        self.pixels += (paint - self.pixels) * mask[..., None]

    def glow(self, colour: Colour, x: float, y: float, radius: float, strength: float) -> None:
        """Add light around a point, fading with the square of the distance."""
        near = np.exp(-((self.x - x) ** 2 + (self.y - y) ** 2) / np.float32(radius**2))
        self.pixels += colour_rgb(colour) * (near * np.float32(strength))[..., None]

    def add_grain(self, strength: float) -> None:
        """Roughen the surface like printed paper; also hides the bands of long gradients."""
        grain = self.rng.standard_normal(self.x.shape, dtype=np.float32)
        self.pixels += (grain * np.float32(strength))[..., None]

    def disc(self, x: float, y: float, radius: float) -> Field:
        """Return the signed distance to a disc."""
        distance: Field = np.hypot(self.x - np.float32(x), self.y - np.float32(y)) - np.float32(radius)
        return distance

    def box(self, left: float, top: float, right: float, bottom: float) -> Field:
        """Return the signed distance to an upright box, exact near its edges."""
        across = np.abs(self.x - np.float32((left + right) / 2)) - np.float32((right - left) / 2)
        down = np.abs(self.y - np.float32((top + bottom) / 2)) - np.float32((bottom - top) / 2)
        distance: Field = np.maximum(across, down)
        return distance

    def arch(self, x: float, top: float, half_width: float) -> Field:
        """Return the signed distance to a doorway with a round head, open to the bottom of the canvas."""
        centre_y = top + half_width
        rise = np.minimum(self.y - np.float32(centre_y), 0)
        distance: Field = np.hypot(self.x - np.float32(x), rise) - np.float32(half_width)
        return distance

    def drift(self, cells: int) -> Field:
        """Return smooth noise between -1 and 1, about ``cells`` hills across."""
        coarse = self.rng.uniform(-1, 1, (cells + 3, cells + 3)).astype(np.float32)
        image = Image.fromarray(coarse).resize(self.x.shape[::-1], Image.Resampling.BICUBIC)
        return np.asarray(image, dtype=np.float32)

    def to_image(self) -> Image.Image:
        """Return the picture in 8-bit RGB."""
        return Image.fromarray((np.clip(self.pixels, 0, 1) * 255 + 0.5).astype(np.uint8), "RGB")


def colour_rgb(colour: Colour) -> Field:
    """Return red, green and blue from 0 to 1."""
    return np.array([int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)], dtype=np.float32)


def grade(position: Field, colours: Sequence[Colour]) -> Field:
    """Return the colours of a gradient, evenly spaced from position 0 to 1, for every pixel."""
    stops = np.stack([colour_rgb(colour) for colour in colours])
    levels = np.linspace(0, 1, 1_024)
    table = np.stack([np.interp(levels, np.linspace(0, 1, len(colours)), stops[:, hue]) for hue in range(3)], axis=1)
    index = (np.clip(position, 0, 1) * 1_023).astype(np.int32)
    shades: Field = table.astype(np.float32)[index]
    return shades
