"""The pictures on the covers: one painter for each release, in the key of its music."""

from collections.abc import Callable, Mapping

import numpy as np

from antiphon.demo.canvas import Canvas, Field, colour_rgb, grade


def paint_rooms(canvas: Canvas) -> None:
    """Paint rooms behind rooms, arch within arch, and the evening sea at the end of them."""
    canvas.pixels[:] = grade(canvas.y * 0.9 + canvas.x * 0.25, ("f3e3d0", "ecd2bb", "d9b49a"))
    for depth, wall in enumerate(("e2bd9f", "cf9b7e", "b27766", "8a5657")):
        top, half = 0.13 + depth * 0.055, 0.37 - depth * 0.058
        room = canvas.window(0.46 - half, top - 0.04, 0.54 + half, 0.87)
        arch = room.arch(0.5, top, half)
        room.paint(wall, room.soften(arch))
        far = canvas.window(0.5, top - 0.04, 0.54 + half, 0.87)
        shade = far.soften(far.arch(0.5, top, half), 0.05) * np.clip((far.x - 0.5) * 2.6, 0, 1)
        far.paint("5b3a44", shade * np.float32(0.25))
    _open_window(canvas.window(0.355, 0.34, 0.645, 0.87))
    _lay_floor(canvas.window(0, 0.85, 1, 1))
    canvas.window(0, 0.2, 1, 1).glow("ffb37a", 0.5, 0.62, 0.2, 0.16)
    canvas.add_grain(0.014)


def _open_window(view: Canvas) -> None:
    window = view.soften(view.arch(0.5, 0.35, 0.138))
    horizon = np.float32(0.655)
    view.paint(grade((view.y - 0.34) / 0.32, ("35628a", "7d9db0", "f0c9a0", "f7a978")), window)
    view.paint("fff0cf", window * view.soften(view.disc(0.5, 0.625, 0.052)))
    below = view.soften(horizon - view.y)
    view.paint(grade((view.y - horizon) / 0.35, ("e49a76", "7d7f96", "2d5274", "183650")), window * below)
    depth = np.maximum(view.y - horizon, 0)
    ripple = np.sin(view.y * 900 / (1 + depth * 14) + 5 * np.sin(view.x * 19) + view.drift(12) * 4)
    path = np.exp(-(((view.x - 0.5) / (0.03 + depth * 0.35)) ** 2))
    view.paint("ffe2b4", window * below * path * np.clip(ripple * 2 - 0.6, 0, 1) * np.float32(0.85))


def _lay_floor(canvas: Canvas) -> None:
    floor = canvas.soften(np.float32(0.86) - canvas.y)
    canvas.paint(grade((canvas.y - 0.86) / 0.14, ("6b4048", "8c5650", "a86f5c")), floor)
    spread = np.abs(canvas.x - np.float32(0.5)) - (np.float32(0.138) + (canvas.y - np.float32(0.86)) * np.float32(0.55))
    canvas.paint("f6bd8c", floor * canvas.soften(spread, 0.01) * np.clip(1.1 - (canvas.y - 0.86) * 4, 0, 1))


def paint_summer(canvas: Canvas) -> None:
    """Paint an orchard at sundown in the pixels of a games console: a hundred across, sixteen colours or so."""
    small = Canvas(100, 702)
    checker = (np.indices((100, 100)).sum(axis=0) % 2).astype(np.float32)
    bands = np.floor(small.y * 17 + checker * 0.5) / 15
    small.paint(grade(bands, ("2b1b5a", "5a2a82", "a8348e", "f0567a", "ff8f66", "ffc66b")), np.ones_like(small.x))
    stars = (small.rng.random((100, 100)) > 0.985) & (small.y < 0.36)
    stars &= (np.abs(small.x - 0.5) > 0.4) | (small.y > 0.18)
    small.paint("ffe9f5", stars.astype(np.float32))
    sun = small.disc(0.5, 0.5, 0.245) < 0
    slats = (np.floor(small.y * 100) % 6 < np.clip((small.y - 0.36) * 15, 0, 4)) & (small.y > 0.4)
    small.paint(
        grade((small.y - 0.25) / 0.5, ("fff3a6", "ffe680", "ffd257", "ffc23d")), (sun & ~slats).astype(np.float32)
    )
    for base, height, colour in ((0.66, 0.04, "7a2f86"), (0.71, 0.05, "4d2373")):
        ridge = base + height * np.sin(small.x * 9 + base * 50) * 0.6 + height * 0.5 * np.sin(small.x * 23 + base * 20)
        small.paint(colour, (small.y > ridge).astype(np.float32))
    ground = small.y > 0.76
    rows = np.abs((small.x - 0.5) / (small.y - 0.68 + 1e-3) * 2.6 % 1 - 0.5) < 0.12
    small.paint("1c1147", ground.astype(np.float32))
    small.paint("2ec4b6", (ground & rows).astype(np.float32) * 0.55)
    for column, foot, scale in (
        (8, 80, 1.0),
        (26, 77, 0.7),
        (74, 77, 0.7),
        (92, 80, 1.0),
        (-2, 90, 1.5),
        (102, 90, 1.5),
    ):
        _plant_tree(small, column, foot, scale)
    canvas.pixels[:] = np.kron(small.pixels, np.ones((canvas.size // 100, canvas.size // 100, 1), dtype=np.float32))


def _plant_tree(small: Canvas, column: float, foot: float, scale: float) -> None:
    across, down = small.x * 100 - column, small.y * 100 - foot
    trunk = (np.abs(across) < 1.2 * scale) & (down < 0) & (down > -9 * scale)
    crown = np.hypot(across, (down + 14 * scale) * 1.1) < 8 * scale
    light = crown & (np.hypot(across + 2.5 * scale, (down + 16.5 * scale) * 1.1) < 4.6 * scale)
    fruit = crown & ((np.floor(across) * 7 + np.floor(down) * 11) % 23 < 2)
    for colour, shape in (("2a1240", trunk), ("1d5c63", crown), ("2f9c7c", light), ("ff5d73", fruit)):
        small.paint(colour, shape.astype(np.float32))


def paint_ferry(canvas: Canvas) -> None:
    """Paint a river between misty hills, and one small boat with its lantern lit."""
    canvas.pixels[:] = grade(canvas.y * 1.5, ("dfe3d8", "e9dcc3", "efcfa9"))
    sky = canvas.window(0.6, 0.15, 0.8, 0.35)
    sky.paint("fbf3df", sky.soften(sky.disc(0.70, 0.25, 0.085)))
    hills = ("b9c4b6", "96aaa4", "6f8d8d", "4b6f76", "2f5260")
    for depth, colour in enumerate(hills):
        ridge = _ridge_line(canvas, 0.36 + depth * 0.062, 0.085 - depth * 0.008, 3 + depth)
        range_of_hills = canvas.window(0, 0.15 + depth * 0.06, 1, 0.72)
        range_of_hills.paint(colour, range_of_hills.soften(ridge - range_of_hills.y))
        valley = canvas.window(0, 0.36 + depth * 0.06, 1, min(0.72, 0.56 + depth * 0.06))
        mist = np.exp(-(((valley.y - (0.46 + depth * 0.06)) / 0.05) ** 2)) * (0.6 + 0.4 * valley.drift(4))
        valley.paint("efe2cb", np.clip(mist, 0, 1) * np.float32(0.30))
    _fill_river(canvas.window(0, 0.69, 1, 1))
    _float_boat(canvas.window(0.2, 0.55, 0.6, 0.98), 0.36, 0.795)
    bank = canvas.window(0, 0.85, 1, 1)
    bank.paint("12303b", bank.soften(_ridge_line(bank, 0.965, 0.03, 9) - bank.y))
    canvas.add_grain(0.022)


def _fill_river(river: Canvas) -> None:
    shore = np.float32(0.70)
    water = river.soften(shore - river.y)
    river.paint(grade((river.y - shore) / 0.3, ("c9c3ab", "7f9a98", "38606b", "1d3d4b")), water)
    ripple = np.sin(river.y * 420 / (0.5 + np.maximum(river.y - shore, 0) * 5) + river.drift(18) * 5)
    river.paint("f0e2c4", water * np.clip(ripple - 0.72, 0, 1) * np.float32(0.55))


def _ridge_line(canvas: Canvas, base: float, height: float, waves: int) -> Field:
    axis = canvas.x[0]
    line = sum(
        canvas.rng.uniform(0.5, 1) / octave * np.sin(axis * waves * octave + canvas.rng.uniform(0, 6.3))
        for octave in (1, 2.1, 4.3, 9.1)
    )
    return np.asarray(base + height * line * 0.7, dtype=np.float32)[None, :]


def _float_boat(canvas: Canvas, x: float, y: float) -> None:
    across = (canvas.x - np.float32(x)) / np.float32(0.085)
    deck = np.float32(y) - np.float32(0.014) * across**2
    keel = np.float32(y + 0.026) - np.float32(0.032) * across**4
    hull = np.maximum(np.maximum(deck - canvas.y, canvas.y - keel), (np.abs(across) - 1) * np.float32(0.085))
    canvas.paint("0f2730", canvas.soften(hull))
    reflection = np.maximum(np.float32(y + 0.026) - canvas.y, canvas.y - np.float32(y + 0.055))
    canvas.paint("0f2730", canvas.soften(reflection, 0.02) * np.clip(1 - across**2, 0, 1) * np.float32(0.45))
    canvas.paint("0f2730", canvas.soften(canvas.box(x + 0.0385, y - 0.085, x + 0.0415, y)))
    coat = np.abs(canvas.x - np.float32(x - 0.022)) - np.float32(0.0065) - np.maximum(canvas.y - (y - 0.05), 0) * 0.2
    canvas.paint("0f2730", canvas.soften(np.maximum(coat, canvas.box(x - 0.05, y - 0.056, x + 0.01, y))))
    canvas.paint("0f2730", canvas.soften(canvas.disc(x - 0.022, y - 0.064, 0.0095)))
    canvas.paint("fff1c9", canvas.soften(canvas.disc(x + 0.04, y - 0.088, 0.0095)))
    canvas.glow("ffb14a", x + 0.04, y - 0.088, 0.05, 0.55)
    canvas.glow("ff9d3c", x + 0.04, y + 0.075, 0.035, 0.28)


def paint_isobar(canvas: Canvas) -> None:
    """Paint the weather: lines of equal pressure around two lows, over the last light."""
    canvas.pixels[:] = grade(canvas.y * 0.75 + canvas.x * 0.3, ("0b1030", "182257", "3b3378", "8a4f8c", "d98a8f"))
    height = np.exp(-(((canvas.x - 0.36) / 0.28) ** 2 + ((canvas.y - 0.36) / 0.24) ** 2)) * np.float32(1.3)
    height -= np.exp(-(((canvas.x - 0.78) / 0.22) ** 2 + ((canvas.y - 0.68) / 0.26) ** 2)) * np.float32(0.95)
    height += canvas.drift(3) * 0.28 + canvas.x * 0.35 - canvas.y * 0.15
    level = height * np.float32(17)
    slope_y, slope_x = np.gradient(level)
    near = np.abs(level - np.rint(level)) / (np.hypot(slope_x, slope_y) + np.float32(1e-4))
    heavy = (np.rint(level) % 4 == 0).astype(np.float32)
    canvas.pixels += (np.clip(height, -1, 1.4) * np.float32(0.07))[..., None]
    line = np.clip(np.float32(1.5) + heavy * np.float32(1.1) - near, 0, 1)
    words = np.exp(-(((canvas.x - 0.2) / 0.34) ** 2) - ((canvas.y - 0.87) / 0.13) ** 2) * np.float32(0.85)
    strength = (0.35 + 0.5 * np.clip(height, 0, 1) + heavy * np.float32(0.15)) * (1 - words)
    canvas.paint(grade(height * 0.6 + 0.35, ("7fd3e6", "d7e6ff", "ffe3d0")), line * strength)
    summit_y, summit_x = np.unravel_index(np.argmax(height), height.shape)
    x, y = float(canvas.x[0, summit_x]), float(canvas.y[summit_y, 0])
    canvas.window(x - 0.35, y - 0.35, x + 0.35, y + 0.35).glow("6fa8ff", x, y, 0.13, 0.25)
    summit = canvas.window(x - 0.02, y - 0.02, x + 0.02, y + 0.02)
    summit.paint("ffffff", summit.soften(summit.disc(x, y, 0.007)))
    canvas.add_grain(0.012)


def paint_nebelhorn(canvas: Canvas) -> None:
    """Paint a foghorn as it sounds: rings going out into the fog from one red lamp."""
    canvas.pixels[:] = grade(canvas.y, ("101214", "17191c", "24282c"))
    away = np.hypot(canvas.x - np.float32(0.27), canvas.y - np.float32(0.66))
    turn = away * np.float32(21) - np.float32(2.2) * np.sqrt(away)
    wave = np.abs(turn - np.rint(turn))
    width = np.float32(0.36) * np.exp(-away * np.float32(1.6)) + np.float32(0.03)
    steepness = np.float32(21 / canvas.size * 1.6)
    ring = np.clip((width - wave) / steepness + np.float32(0.5), 0, 1)
    fog = np.clip(1.15 - away * 1.05 + canvas.drift(5) * 0.28, 0, 1) * (away > 0.105)
    canvas.paint(grade(away, ("f4efe6", "cfd3d4", "7f898e", "4a5358")), ring * fog)
    haze = np.clip(canvas.drift(3) * 0.35 + canvas.drift(7) * 0.2 + (canvas.x - 0.45) * 0.8, 0, 1)
    canvas.paint("3c4449", haze * np.float32(0.6))
    night = np.clip(1.25 - np.hypot((canvas.x - 0.85) / 0.75, (canvas.y - 0.05) / 0.30), 0, 1)
    canvas.paint("131518", night * np.float32(0.96))
    lamp = canvas.window(0, 0.26, 0.67, 1)
    lamp.glow("ff3b1f", 0.27, 0.66, 0.16, 0.35)
    lamp.paint("ff4a26", lamp.soften(lamp.disc(0.27, 0.66, 0.076)))
    lamp.paint("ff7a4d", lamp.soften(lamp.disc(0.255, 0.645, 0.03), 0.07) * np.float32(0.7))
    canvas.add_grain(0.03)


def paint_hands(canvas: Canvas) -> None:
    """Paint a quilt of quarter circles, bars and dots: many hands, one pattern."""
    palette = ("e4572e", "f2a541", "2e4057", "4f9d94", "f3e9dc", "c44569", "88b7b5")
    canvas.pixels[:] = colour_rgb("f3e9dc")
    columns, rows, side, top = 5, 4, 0.172, 0.072
    previous = -1
    for cell in range(columns * rows):
        row, column = divmod(cell, columns)
        left, upper = 0.07 + column * side, top + row * side
        ground, shape = canvas.rng.choice(len(palette), 2, replace=False)
        ground = (ground + 1) % len(palette) if ground == previous else ground
        shape = (shape + 1) % len(palette) if shape == ground else shape
        previous = ground
        patch = canvas.window(left, upper, left + side, upper + side)
        _sew_patch(patch, (left, upper, side), palette[ground], palette[shape], int(canvas.rng.integers(10)))
    canvas.add_grain(0.016)


def _sew_patch(patch: Canvas, place: tuple[float, float, float], ground: str, colour: str, figure: int) -> None:
    left, upper, side = place
    corner_x, corner_y = left + side * (figure % 2), upper + side * (figure // 2 % 2)
    if figure < 4:
        shape = patch.disc(corner_x, corner_y, side)
    elif figure < 6:
        shape = np.abs(patch.disc(corner_x, corner_y, side * 0.66)) - np.float32(side * 0.16)
    elif figure < 8:
        shape = patch.disc(left + side / 2, upper + side / 2, side * 0.36)
    else:
        along = (patch.x - np.float32(left)) if figure == 8 else (patch.y - np.float32(upper))
        shape = (np.abs(along / np.float32(side) * 4 % 1 - 0.5) - 0.25) * np.float32(side / 4)
    patch.paint(ground, np.ones_like(patch.x))
    patch.paint(colour, patch.soften(shape))


PAINTERS: Mapping[str, Callable[[Canvas], None]] = {
    "rooms": paint_rooms,
    "summer": paint_summer,
    "ferry": paint_ferry,
    "isobar": paint_isobar,
    "nebelhorn": paint_nebelhorn,
    "hands": paint_hands,
}
"""Every picture a release may ask for by name."""
