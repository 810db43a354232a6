"""What each style's scores are woven from: chord progressions, rhythms, and which parts enter in which phrase.

Only patterns stand here; which of them a piece takes is drawn from its seed by :mod:`antiphon.demo.score`.
"""

from collections.abc import Mapping

import msgspec

from antiphon.demo.plan import Style

REST = -1
"""A step of an arpeggio pattern on which nothing is played."""

PROGRESSIONS: Mapping[str, tuple[tuple[int, ...], ...]] = {
    "major": ((0, 4, 5, 3), (0, 5, 3, 4), (3, 0, 4, 5), (0, 2, 3, 4), (5, 3, 0, 4), (0, 3, 5, 4)),
    "minor": ((0, 5, 2, 6), (0, 3, 5, 6), (0, 6, 5, 6), (0, 2, 6, 3), (5, 6, 0, 2), (0, 3, 2, 6)),
    "dorian": ((0, 3, 0, 6), (0, 2, 3, 6), (0, 3, 6, 3), (2, 3, 0, 6), (0, 6, 3, 4)),
    "lydian": ((0, 1, 0, 4), (0, 1, 5, 4), (5, 1, 0, 4), (0, 4, 1, 5), (0, 2, 1, 4)),
    "mixolydian": ((0, 6, 3, 0), (0, 3, 6, 4), (0, 4, 6, 3), (5, 3, 0, 6), (3, 0, 6, 4)),
}
"""Roots, as scale degrees, of four-bar progressions without the diminished triad of each mode."""


class Texture(msgspec.Struct, frozen=True, kw_only=True):
    """The patterns one style is made of.

    ``melody_cells`` are runs of note lengths in beats, joined until a bar is full; ``rest_chance`` drops notes of them.
    ``arpeggios`` index the tones of the bar's chord, upwards through the octaves. ``basses`` are (onset, length, scale
    steps above the root). ``grooves`` map a drum to sixteenths of a 4/4 bar: ``x`` loud, ``o`` soft, ``.`` silent.
    ``layers`` names the parts that play in each kind of phrase: introduction, theme, return, contrast, breath.
    """

    chord_size: int
    chord_range: tuple[int, int]
    melody_octave: int
    melody_cells: tuple[tuple[float, ...], ...]
    rest_chance: float
    arpeggio_step_beats: float
    arpeggios: tuple[tuple[int, ...], ...]
    basses: tuple[tuple[tuple[float, float, int], ...], ...]
    grooves: tuple[Mapping[str, str], ...]
    layers: Mapping[str, frozenset[str]]


def _layers(introduction: str, theme: str, back: str, contrast: str, breath: str) -> Mapping[str, frozenset[str]]:
    kinds = {"introduction": introduction, "theme": theme, "return": back, "contrast": contrast, "breath": breath}
    return {kind: frozenset(parts.split()) for kind, parts in kinds.items()}


TEXTURES: Mapping[Style, Texture] = {
    Style.AMBIENT: Texture(
        chord_size=4,
        chord_range=(52, 72),
        melody_octave=1,
        melody_cells=((3, 1), (2, 2), (4,), (1, 1, 2), (2.5, 1.5)),
        rest_chance=0.22,
        arpeggio_step_beats=0.5,
        arpeggios=(
            (0, REST, 2, REST, 3, REST, 5, REST),
            (0, REST, REST, 4, REST, 2, REST, REST),
            (5, 4, 2, 0, REST, REST, REST, REST),
        ),
        basses=(((0, 4, 0),), ((0, 3, 0), (3, 1, 4))),
        grooves=({"air": "x.......o......."},),
        layers=_layers(
            "chords air",
            "chords bass melody air",
            "chords bass melody arpeggio air",
            "chords bass arpeggio melody air",
            "chords arpeggio",
        ),
    ),
    Style.STRINGS: Texture(
        chord_size=3,
        chord_range=(50, 67),
        melody_octave=1,
        melody_cells=((1,), (0.5, 0.5), (1.5, 0.5), (2,), (1, 0.5, 0.5), (0.5, 0.5, 1)),
        rest_chance=0.06,
        arpeggio_step_beats=0.5,
        arpeggios=((0, 3, 1, 4, 2, 3, 1, 3), (0, 2, 3, 1, 4, 2, 3, 2), (0, 1, 3, 2, 4, 2, 3, 1)),
        basses=(
            ((0, 1, 0), (1, 1, 4), (2, 1, 0), (3, 1, 4)),
            ((0, 2, 0), (2, 1, 4), (3, 1, 0)),
            ((0, 1.5, 0), (1.5, 1.5, 4), (3, 1, 2)),
        ),
        grooves=(
            {"stomp": "x.......x.......", "shaker": "o.o.x.o.o.o.x.oo"},
            {"stomp": "x.....o.x.......", "shaker": "..o.x.....o.x.o."},
        ),
        layers=_layers(
            "arpeggio",
            "arpeggio bass melody",
            "arpeggio bass melody stomp shaker",
            "arpeggio bass melody chords stomp shaker",
            "arpeggio melody",
        ),
    ),
    Style.CHIPTUNE: Texture(
        chord_size=3,
        chord_range=(55, 70),
        melody_octave=1,
        melody_cells=((0.5, 0.5), (1,), (0.75, 0.75, 0.5), (1.5, 0.5), (0.25, 0.25, 0.5), (0.5, 1, 0.5)),
        rest_chance=0.08,
        arpeggio_step_beats=0.25,
        arpeggios=((0, 1, 2, 3), (0, 2, 1, 3, 2, 4, 3, 2), (3, 2, 1, 0), (0, 1, 2, 1)),
        basses=(
            (
                (0, 0.5, 0),
                (0.5, 0.5, 7),
                (1, 0.5, 0),
                (1.5, 0.5, 7),
                (2, 0.5, 0),
                (2.5, 0.5, 7),
                (3, 0.5, 0),
                (3.5, 0.5, 4),
            ),
            ((0, 0.75, 0), (0.75, 0.75, 0), (1.5, 0.5, 7), (2, 0.75, 0), (2.75, 0.75, 4), (3.5, 0.5, 7)),
            (
                (0, 0.5, 0),
                (0.5, 0.5, 0),
                (1, 0.5, 4),
                (1.5, 0.5, 0),
                (2, 0.5, 7),
                (2.5, 0.5, 0),
                (3, 0.5, 4),
                (3.5, 0.5, 2),
            ),
        ),
        grooves=(
            {"kick": "x...x...x...x...", "snare": "....x.......x..o", "hat": "x.o.x.o.x.o.x.oo"},
            {"kick": "x.....x.x.......", "snare": "....x.......x...", "hat": "o.x.o.x.o.x.o.x."},
            {"kick": "x..x..x...x.x...", "snare": "....x..o.o..x...", "hat": "xoxoxoxoxoxoxoxo"},
        ),
        layers=_layers(
            "arpeggio hat",
            "arpeggio bass melody kick hat",
            "arpeggio bass melody chords kick snare hat",
            "arpeggio bass melody chords kick snare hat",
            "chords melody hat",
        ),
    ),
    Style.MALLETS: Texture(
        chord_size=4,
        chord_range=(53, 71),
        melody_octave=1,
        melody_cells=((1, 1), (1.5, 0.5), (2,), (1, 0.5, 0.5), (0.5, 1, 0.5), (3,)),
        rest_chance=0.1,
        arpeggio_step_beats=0.5,
        arpeggios=(
            (0, 1, 2, 3, 2, 1),
            (0, 2, 1, 3, 2, 4, 3, 1),
            (0, 2, 3, 2, 4, 3, 2, 1),
            (0, 3, 1, 2),
            (4, 2, 3, 1, 2, 0),
        ),
        basses=(((0, 4, 0),), ((0, 2, 0), (2, 2, 4)), ((0, 1.5, 0), (1.5, 2.5, 4))),
        grooves=({},),
        layers=_layers(
            "arpeggio",
            "arpeggio bass melody",
            "arpeggio bass melody chords",
            "arpeggio bass melody chords",
            "melody chords",
        ),
    ),
    Style.TECHNO: Texture(
        chord_size=4,
        chord_range=(50, 67),
        melody_octave=2,
        melody_cells=((1.5, 0.5), (0.75, 0.75, 0.5), (2,), (3, 1), (0.5, 1.5)),
        rest_chance=0.35,
        arpeggio_step_beats=0.25,
        arpeggios=(
            (0, REST, REST, 2, REST, REST, 3, REST),
            (0, 2, REST, 3, REST, 2, 4, REST),
            (REST, REST, 0, REST, REST, 3, REST, 2),
        ),
        basses=(
            ((0.5, 0.4, 0), (1.5, 0.4, 0), (2.5, 0.4, 0), (3.5, 0.25, 0), (3.75, 0.25, 7)),
            ((0.5, 0.25, 0), (0.75, 0.25, 0), (1.75, 0.25, 7), (2.5, 0.25, 0), (2.75, 0.25, 0), (3.5, 0.4, 4)),
            ((0.25, 0.25, 0), (0.75, 0.25, 0), (1.5, 0.5, 0), (2.25, 0.25, 0), (2.75, 0.25, 7), (3.5, 0.5, 0)),
        ),
        grooves=(
            {
                "kick": "x...x...x...x...",
                "clap": "....x.......x...",
                "hat": "..x...x...x...xo",
                "shaker": "oooxoooxoooxooox",
            },
            {
                "kick": "x...x...x...x.o.",
                "clap": "............x...",
                "hat": "..x...x...x...x.",
                "shaker": "o.xoo.xoo.xoo.xo",
            },
        ),
        layers=_layers(
            "kick chords shaker",
            "kick bass chords hat shaker",
            "kick bass arpeggio chords hat clap shaker melody",
            "kick bass arpeggio chords hat clap shaker melody",
            "chords arpeggio melody",
        ),
    ),
}
