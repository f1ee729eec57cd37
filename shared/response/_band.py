"""The cosine band of `pre_filt`, applied to a spectrum together with the inverse response."""

import numpy as np

from shared.response._convolution import Transfer
from shared.response._obspy_numerics import cosine_band
from shared.response.arrays import ComplexArray


class Band:
    """A transfer function multiplied by the cosine band of `pre_filt`.

    Args:
        transfer: the transfer function.
        corners: f1 to f4 in Hz; the band is 1 from f2 to f3, and 0 below f1 and above f4.
        spacing: distance of the FFT's bins in Hz.

    Attributes:
        layout: that of the transfer function.
    """

    def __init__(
        self, transfer: Transfer, corners: tuple[float, float, float, float], spacing: float
    ) -> None:
        self.layout = transfer.layout
        self._transfer, self._corners, self._spacing = transfer, corners, spacing
        panels = np.arange(self.layout.count)
        # A bin of tolerance on each side keeps rounding from putting a bin into the wrong part.
        low = (panels * self.layout.size - 1) * spacing
        high = ((panels + 1) * self.layout.size + 1) * spacing
        f1, f2, f3, f4 = corners
        outside = (high < f1) | (low > f4)
        flank = ~outside & ~((low > f2) & (high < f3))
        self._outside, self._flank = self.layout.places[outside], self.layout.places[flank]
        self._first = self.layout.size * np.where(panels % 2, panels + 1, panels)[flank]
        self._step = np.where(panels % 2, -1.0, 1.0)[flank]

    def multiply(self, rows: ComplexArray, first: int) -> None:
        """Multiply rows of a spectrum in place; see `Transfer`."""
        self._transfer.multiply(rows, first)
        bins = self._first + np.multiply.outer(np.arange(first, first + len(rows)), self._step)
        band = cosine_band(bins * self._spacing, self._corners)
        values = rows[:, self._flank] * band
        # Where the response is zero, its inverse is infinite, and zero times infinity is NaN.
        values[band == 0] = 0
        rows[:, self._flank] = values
        rows[:, self._outside] = 0
