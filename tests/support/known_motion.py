"""A known ground motion: sines, the counts that instruments record, and their amplitudes."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tests.support.known_instruments import ComplexArray, FloatArray


@dataclass(frozen=True)
class Tones:
    """Sines that an instrument records as counts, all equally large.

    Attributes:
        frequencies: in Hz.
        amplitude: of each, in counts.
    """

    frequencies: FloatArray
    amplitude: float = 100_000.0

    @property
    def in_counts(self) -> ComplexArray:
        """Amplitude and phase of each sine as recorded."""
        phases = 0.3 + np.arange(self.frequencies.size)
        return self.amplitude * np.exp(1j * phases)

    def record(self, npts: int, rate: float) -> FloatArray:
        """The counts, rounded as a digitizer does."""
        turns = 2j * np.pi * np.arange(npts) / rate
        pairs = zip(self.frequencies, self.in_counts, strict=True)
        return np.rint(sum((value * np.exp(turns * f)).real for f, value in pairs))

    def true(self, counts_per_unit: ComplexArray) -> ComplexArray:
        """Amplitude and phase of each sine before it was recorded."""
        motion: ComplexArray = self.in_counts / counts_per_unit
        return motion

    def amplitudes(self, samples: npt.ArrayLike, first_s: float, rate: float) -> ComplexArray:
        """Find amplitude and phase of each sine in samples.

        Args:
            samples: ground motion.
            first_s: time of the first sample, in seconds after the record's.
            rate: in Hz.
        """
        data = np.asarray(samples, dtype=np.float64)
        times = first_s + np.arange(data.size) / rate
        # A window whose sidelobes fall quickly keeps a large sine out of a small one's amplitude.
        weights = np.hanning(data.size) ** 4
        turns = 2 * np.pi * np.outer(times, self.frequencies)
        waves = np.hstack([np.ones((data.size, 1)), np.cos(turns), np.sin(turns)])
        weighted = waves * weights[:, None]
        fit = np.linalg.solve(weighted.T @ waves, weighted.T @ data)
        count = self.frequencies.size
        found: ComplexArray = fit[1 : 1 + count] - 1j * fit[1 + count :]
        return found

    def errors(
        self, samples: npt.ArrayLike, first_s: float, rate: float, counts_per_unit: ComplexArray
    ) -> FloatArray:
        """By how much the sines in samples are off, relative to the truth; as `amplitudes`."""
        found = self.amplitudes(samples, first_s, rate)
        errors: FloatArray = np.abs(found / self.true(counts_per_unit) - 1)
        return errors
