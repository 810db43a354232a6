"""Modal synthesis: a sound as a sum of decaying sines, computed as one matrix product.

A struck or plucked body rings in modes, each with its frequency, decay and strength. Written as complex exponentials,
``exp(s (a + b)) = exp(s a) exp(s b)``: with coarse times ``a`` as rows and fine times ``b`` as columns, the sum over
modes is a product of two small matrices. Thirty modes of three seconds take about a millisecond, and no loop over
samples.

Numbers are single precision. The last bit of a sample may differ between processor families; on one machine, the same
notes always give the same bytes.
"""

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
"""Sound in single precision: (samples,) for one channel, (2, samples) for two."""

Numbers = npt.NDArray[np.floating]
"""One number for each mode."""

SAMPLE_RATE_HZ = 44_100

HIGHEST_MODE_HZ = 17_500.0
"""Modes above are left out: nobody hears them, and past 22.05 kHz they would fold back as a false tone."""

ROW_SAMPLES = 512


def ring_modes(
    frequencies_hz: Numbers,
    decays_per_s: Numbers,
    amplitudes: Numbers,
    phases_rad: Numbers | float,
    sample_count: int,
) -> Samples:
    """Return the sum of ``amplitude * exp(-decay t) * sin(2 pi frequency t + phase)`` over modes, as long as asked."""
    heard = frequencies_hz < HIGHEST_MODE_HZ
    phases = np.broadcast_to(np.asarray(phases_rad, dtype=np.float64), frequencies_hz.shape)[heard]
    rates = (-decays_per_s[heard] + 2j * np.pi * frequencies_hz[heard]) / SAMPLE_RATE_HZ
    row_count = -(-sample_count // ROW_SAMPLES)
    coarse = np.exp(np.outer(np.arange(row_count) * ROW_SAMPLES, rates))
    fine = np.exp(np.outer(rates, np.arange(ROW_SAMPLES))) * (amplitudes[heard] * np.exp(1j * phases))[:, None]
    rows = np.hstack([coarse.real, coarse.imag]).astype(np.float32)
    columns = np.vstack([fine.imag, fine.real]).astype(np.float32)
    return (rows @ columns).reshape(-1)[:sample_count]
