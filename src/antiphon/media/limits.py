"""What one delivered file may cost us: limits of the child that decodes it, and of what that child is given."""

import msgspec

MIB = 1024 * 1024

AUDIO_FILE_BYTES_MAX = 4096 * MIB
"""Bytes: the largest WAV there is (its sizes are 32-bit), which is 6 hours of 24-bit 96 kHz stereo."""

COVER_FILE_BYTES_MAX = 256 * MIB
"""Bytes: COVER_PIXELS_MAX as an uncompressed 32-bit TIFF."""

COVER_PIXELS_MAX = 64_000_000
"""Pixels, told by the header before anything is decoded: 8000 x 8000, seven times the area stores ask for."""

CPU_BASE_S = 10
"""CPU seconds any file gets: what a crafted header may burn at most."""

CPU_S_PER_MIB = 4
"""CPU seconds for each further MiB: a MiB of FLAC decodes and encodes in 0.1 s, one of 32 kbit/s speech in 2.5 s."""

CPU_MAX_S = 900
"""CPU seconds for the largest file: 16 hours of audio at 100 times real time, which one core does, and half again."""

STARVATION_FACTOR = 10
"""How many times its CPU seconds a child may take by the wall: beyond it the machine is to blame, not the file."""

MEMORY_BYTES_MAX = 512 * MIB
"""Bytes of address space of an audio child, of which libraries map about 150 MiB before a file is opened."""

COVER_MEMORY_BYTES_MAX = 768 * MIB
"""Bytes of address space of a cover child: COVER_PIXELS_MAX in 32 bits, twice, since scaling needs a second copy."""

RENDITION_BYTES_MAX = 1024 * MIB
"""Bytes a child may write: 18 hours of Opus."""

OUTCOME_BYTES_MAX = 8 * MIB
"""Bytes a child may answer with: three covers of at most 640 px and the facts, ten times over."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one child may use. Seconds and bytes; ``wall_s`` is kept by the parent, the others by the kernel."""

    cpu_s: int
    wall_s: float
    memory_bytes: int
    written_bytes: int


def audio_limits(size_bytes: int) -> Limits:
    """Return what a child may use for an audio file of this size."""
    cpu_s = min(CPU_BASE_S + CPU_S_PER_MIB * (size_bytes // MIB), CPU_MAX_S)
    return Limits(
        cpu_s=cpu_s,
        wall_s=cpu_s * STARVATION_FACTOR,
        memory_bytes=MEMORY_BYTES_MAX,
        written_bytes=RENDITION_BYTES_MAX,
    )


COVER_LIMITS = Limits(
    cpu_s=CPU_BASE_S,
    wall_s=CPU_BASE_S * STARVATION_FACTOR,
    memory_bytes=COVER_MEMORY_BYTES_MAX,
    written_bytes=0,
)
"""A cover's size in pixels is bounded, and with it the work. Nothing is written: small JPEGs travel in the answer."""
