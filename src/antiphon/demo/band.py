"""Who plays what: the line-up of each style and arrangement, as data.

A player takes one part of the score with one instrument, from one place on the stage. A line-up is the players, the
loudness of the drums, and the room they all stand in.
"""

from collections.abc import Callable, Mapping
from functools import partial

import msgspec

from antiphon.demo import voices
from antiphon.demo.modes import Samples
from antiphon.demo.plan import Style

Voice = Callable[[float, float, int], Samples]
"""An instrument: (frequency in Hz, length in s, seed of its chance) to sound."""


class Player(msgspec.Struct, frozen=True, kw_only=True):
    """One part on one instrument, ``balance_db`` louder or softer than the part that leads.

    ``pan`` is its place from left (-1) to right (1), and ``spread`` how far its pitches fan out from there. ``room`` is
    its share of the room, ``echo`` of the echo. Notes ring ``ring_s`` beyond their written length. A player with
    ``strikes`` (onset, length in beats) replays each note in that rhythm. ``strum_s`` delays each higher note of a
    chord. ``looseness_s`` is how far from the beat a human hand may fall. A player who is ``ducked`` makes way for the
    kick.
    """

    part: str
    voice: Voice
    balance_db: float
    pan: float = 0.0
    spread: float = 0.0
    room: float = 0.2
    echo: float = 0.0
    octave: int = 0
    ring_s: float = 0.0
    strikes: tuple[tuple[float, float], ...] = ()
    strum_s: float = 0.0
    looseness_s: float = 0.0
    ducked: bool = False


class LineUp(msgspec.Struct, frozen=True, kw_only=True):
    """A whole band: its players, how loud each drum is struck, and the room it plays in.

    ``room_decay_s`` is the time to -60 dB, ``room_damping`` from 0 (tiles) to 1 (carpet). Echoes come every
    ``echo_beats``. ``duck_depth`` is how far the kick presses others down. ``tail_s`` is for the last chord to ring.
    """

    players: tuple[Player, ...]
    drums: Mapping[str, float] = {}
    room_decay_s: float = 1.6
    room_damping: float = 0.5
    room_level: float = 0.5
    echo_beats: float = 0.75
    echo_feedback: float = 0.45
    duck_depth: float = 0.0
    tail_s: float = 3.0


def _ambient(arrangement: str) -> LineUp:
    warmth = 1.35 if arrangement == "glass" else 1.7
    bell = partial(voices.ring_bell, index=2.0 if arrangement == "glass" else 1.1)
    return LineUp(
        players=(
            Player(
                part="chords",
                voice=partial(voices.sound_pad, warmth=warmth),
                balance_db=0,
                spread=0.5,
                room=0.6,
                ring_s=2.4,
            ),
            Player(
                part="bass",
                voice=partial(voices.sound_pad, warmth=2.4, width_cents=7),
                balance_db=-2,
                room=0.15,
                ring_s=1.8,
            ),
            Player(
                part="melody",
                voice=bell,
                balance_db=-2,
                pan=0.15,
                spread=0.5,
                room=0.9,
                echo=0.5,
                ring_s=2.5,
                looseness_s=0.03,
            ),
            Player(
                part="arpeggio",
                voice=partial(voices.ring_bell, index=0.7),
                balance_db=-8,
                pan=-0.2,
                spread=0.8,
                room=0.9,
                echo=0.6,
                octave=1,
                ring_s=1.8,
                looseness_s=0.02,
            ),
        ),
        drums={"air": 0.035},
        room_decay_s=3.6,
        room_damping=0.55,
        room_level=0.75,
        echo_beats=1.5,
        echo_feedback=0.5,
        tail_s=4.5,
    )


def _strings(arrangement: str) -> LineUp:
    steel = partial(voices.pluck_string, brightness=0.85)
    nylon = partial(voices.pluck_string, brightness=0.5)
    picked = Player(
        part="arpeggio", voice=nylon, balance_db=-3, pan=-0.35, spread=0.3, room=0.25, ring_s=1.4, looseness_s=0.008
    )
    thumb = Player(
        part="bass", voice=nylon, balance_db=-4, pan=-0.15, room=0.15, octave=1, ring_s=1.2, looseness_s=0.006
    )
    if arrangement == "acoustic":
        tune = Player(part="melody", voice=steel, balance_db=0, pan=0.3, room=0.4, ring_s=1.6, looseness_s=0.014)
        return LineUp(players=(picked, thumb, tune), room_decay_s=1.3, room_damping=0.7, room_level=0.4)
    return LineUp(
        players=(
            picked,
            thumb,
            Player(
                part="melody", voice=voices.bow_string, balance_db=0, pan=0.28, room=0.5, ring_s=0.12, looseness_s=0.012
            ),
            Player(part="melody", voice=steel, balance_db=-4, pan=0.5, room=0.3, ring_s=1.2, looseness_s=0.01),
            Player(
                part="chords",
                voice=steel,
                balance_db=-8,
                pan=0.6,
                spread=0.2,
                room=0.3,
                ring_s=0.9,
                strikes=((0, 1), (1.5, 0.5), (2, 1), (3, 0.5), (3.5, 0.5)),
                strum_s=0.012,
                looseness_s=0.008,
            ),
        ),
        drums={"stomp": 0.45, "shaker": 0.09},
        room_decay_s=1.5,
        room_damping=0.6,
        room_level=0.45,
    )


def _chiptune(arrangement: str) -> LineUp:
    night = arrangement == "night"
    lead = partial(voices.sound_pulse, duty=0.25 if night else 0.5, decay_per_s=1.2)
    return LineUp(
        players=(
            Player(
                part="melody",
                voice=lead,
                balance_db=0,
                pan=0.08,
                room=0.18,
                echo=0.45,
                octave=-1 if night else 0,
                ring_s=0.03,
            ),
            Player(
                part="melody",
                voice=partial(voices.sound_pulse, duty=0.125),
                balance_db=-6,
                pan=-0.75,
                room=0.2,
                echo=0.3,
                octave=0 if night else 1,
            ),
            Player(
                part="arpeggio",
                voice=partial(voices.sound_pulse, duty=0.125, decay_per_s=9),
                balance_db=-3,
                pan=0.6,
                spread=0.5,
                room=0.15,
                echo=0.3,
            ),
            Player(part="bass", voice=voices.sound_triangle, balance_db=-3, room=0.03),
            Player(
                part="chords",
                voice=partial(voices.sound_pad, warmth=1.1),
                balance_db=-5 if night else -10,
                room=0.35,
                ring_s=0.3,
                ducked=True,
            ),
        ),
        drums={"kick": 0.34, "snare": 0.2, "hat": 0.07} if night else {"kick": 0.5, "snare": 0.32, "hat": 0.14},
        room_decay_s=2.2 if night else 0.9,
        room_damping=0.5,
        room_level=0.35,
        echo_feedback=0.4,
        duck_depth=0.45,
        tail_s=2.4,
    )


def _mallets(arrangement: str) -> LineUp:
    piano = partial(voices.strike_piano, hardness=0.45)
    soft = partial(voices.strike_piano, hardness=0.2)
    tune = Player(
        part="melody", voice=piano, balance_db=0, pan=0.1, spread=0.3, room=0.45, ring_s=1.6, looseness_s=0.012
    )
    bass = Player(part="bass", voice=soft, balance_db=-3, pan=-0.2, room=0.25, ring_s=1.2, looseness_s=0.01)
    halo = Player(
        part="chords", voice=partial(voices.sound_pad, warmth=2.0), balance_db=-13, spread=0.4, room=0.6, ring_s=0.8
    )
    if arrangement == "marimba":
        pulses = Player(
            part="arpeggio",
            voice=voices.strike_marimba,
            balance_db=-2,
            pan=-0.45,
            spread=0.3,
            room=0.3,
            octave=0,
            ring_s=0.7,
            looseness_s=0.004,
        )
        answer = Player(
            part="arpeggio",
            voice=voices.strike_marimba,
            balance_db=-7,
            pan=0.55,
            spread=0.3,
            room=0.3,
            octave=1,
            ring_s=0.5,
            strikes=((0.25, 0.25),),
            looseness_s=0.004,
        )
        deep = Player(
            part="bass", voice=voices.strike_marimba, balance_db=-4, room=0.2, octave=0, ring_s=1.0, looseness_s=0.005
        )
        return LineUp(players=(pulses, answer, deep, tune, halo), room_decay_s=2.0, room_damping=0.55, room_level=0.5)
    ripple = Player(
        part="arpeggio", voice=soft, balance_db=-4, pan=-0.15, spread=0.6, room=0.35, ring_s=1.1, looseness_s=0.009
    )
    if arrangement == "duet":
        wood = Player(
            part="arpeggio",
            voice=voices.strike_marimba,
            balance_db=-7,
            pan=0.45,
            room=0.35,
            octave=1,
            ring_s=0.6,
            looseness_s=0.006,
        )
        return LineUp(players=(ripple, wood, bass, tune, halo), room_decay_s=2.2, room_level=0.5)
    return LineUp(players=(ripple, bass, tune, halo), room_decay_s=2.6, room_damping=0.6, room_level=0.5, tail_s=3.5)


def _techno(arrangement: str) -> LineUp:
    night = arrangement == "night"
    saw = partial(voices.sound_filtered_saw, closing_per_s=11 if night else 15, top_hz=900 if night else 1_500)
    stab = partial(voices.sound_filtered_saw, closing_per_s=9, top_hz=2_600 if night else 3_400)
    return LineUp(
        players=(
            Player(part="bass", voice=saw, balance_db=-4, room=0.03, ducked=True),
            Player(
                part="chords",
                voice=stab,
                balance_db=0,
                spread=0.5,
                room=0.5,
                echo=0.6,
                ring_s=0.1,
                strikes=((0.75, 0.3), (2.5, 0.3)) if night else ((0.75, 0.3), (1.5, 0.25), (3.25, 0.3)),
                ducked=True,
            ),
            Player(
                part="chords",
                voice=partial(voices.sound_pad, warmth=1.6),
                balance_db=-4 if night else -8,
                room=0.5,
                ring_s=1.0,
                ducked=True,
            ),
            Player(
                part="arpeggio",
                voice=partial(voices.sound_filtered_saw, closing_per_s=20, top_hz=2_000),
                balance_db=-5,
                pan=0.35,
                spread=0.9,
                room=0.35,
                echo=0.5,
                octave=1,
                ducked=True,
            ),
            Player(
                part="melody",
                voice=partial(voices.ring_bell, index=2.6),
                balance_db=-7,
                pan=-0.25,
                room=0.7,
                echo=0.6,
                octave=-1,
                ring_s=0.9,
            ),
        ),
        drums={"kick": 0.5, "hat": 0.2, "clap": 0.18, "shaker": 0.12}
        if night
        else {"kick": 0.62, "hat": 0.3, "clap": 0.3, "shaker": 0.16},
        room_decay_s=3.2 if night else 2.2,
        room_damping=0.5,
        room_level=0.5,
        echo_beats=0.75,
        echo_feedback=0.5,
        duck_depth=0.7,
        tail_s=3.5,
    )


_LINE_UPS: Mapping[Style, Callable[[str], LineUp]] = {
    Style.AMBIENT: _ambient,
    Style.STRINGS: _strings,
    Style.CHIPTUNE: _chiptune,
    Style.MALLETS: _mallets,
    Style.TECHNO: _techno,
}


def assemble_band(style: Style, arrangement: str) -> LineUp:
    """Return the line-up of a style; an arrangement it does not know is its full one."""
    return _LINE_UPS[style](arrangement)
