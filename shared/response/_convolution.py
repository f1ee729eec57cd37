"""Linear convolution of a long trace with a transfer function, in the processor's cache.

The plain method pads N samples with N zeros against wrap-around, transforms, multiplies, transforms
back and discards the second half. Here its FFT of 2N points is divided in four steps (D. H. Bailey,
FFTs in External or Hierarchical Memory, J. Supercomputing 4, 1990, after W. M. Gentleman and
G. Sande, 1966). The input is a matrix of 2L rows and C columns, 2LC = 2N, filled row by row:

1. FFT of each column, to entries k = 0 to 2L - 1. The columns are real, so k = 0 to L suffice.
2. Turn entry (k, c) by exp(-2 pi i k c / 2N).
3. FFT of each row, to entries j. Entry (k, j) is bin k + 2L j of the whole.
4. The transposition of the result, which is not needed: the transfer function is applied here.

The same steps back give the result. Columns and rows are transformed in blocks that fit the cache,
so that the trace passes through it three times in all. The samples are the first L rows; the zeros
exist in a block alone, and the second half of the result is never stored. Real parts of the rows
k < L replace the samples. A second array of the same size takes the imaginary parts, and in its
first row the real row k = L.

The rounding error is that of two FFTs and a turn in each direction. Against NumPy's FFT of 2N
points, tests find less than `2 * eps * log2(4N)` of the largest output, 1e-14 for a day. The error
of the transfer function, which `_inverse_response` bounds, is added to it.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np

from shared.response._fft import RowFFT
from shared.response._layout import Layout
from shared.response.arrays import ComplexArray, FloatArray

_COLUMNS = 32  # of a block, several lines of the cache
_BLOCK = 1 << 16  # complex values of a block of rows
_MAX_THREADS = 2
_FINE = 64  # neighbouring columns whose turns are products of a coarse and a fine one


class Transfer(Protocol):
    """A transfer function on the bins of an FFT of even length.

    Attributes:
        layout: the place of each bin.
    """

    layout: Layout

    def multiply(self, rows: ComplexArray, first: int) -> None:
        """Multiply rows of a spectrum in place, by several threads at once.

        Args:
            rows: complex128, some rows of the layout's matrix.
            first: the number of the first row.
        """


def convolve(samples: FloatArray, transfer: Transfer, threads: int | None = None) -> None:
    """Convolve samples with a transfer function, in place.

    The result is the first half of `irfft(rfft(samples, nfft) * transfer)`, where nfft is twice the
    number of samples. As in ObsPy, the magnitude replaces the value at the Nyquist frequency.

    Args:
        samples: float64, contiguous; half of the FFT's length.
        transfer: the transfer function on the bins of that FFT.
        threads: number of threads, without effect on the result; None for two where there are two
            processors.

    Raises:
        ValueError: the number of samples is not half of the FFT's length.
    """
    layout = transfer.layout
    if samples.size != layout.points:
        raise ValueError(
            f"{samples.size} samples: must be {layout.points}, half of the FFT's length"
        )
    threads = threads or min(_MAX_THREADS, _processors())
    table = _Table(samples.reshape(layout.size, layout.count), transfer)
    columns = range(0, layout.count, _COLUMNS)
    _share(table.transform_columns, columns, threads)
    table.filter_real_rows()
    _share(table.filter_rows, range(1, layout.size, table.height), threads)
    _share(table.restore_columns, columns, threads)


class _Table:
    """The samples as a matrix, with the steps that are done block by block.

    Args:
        real: float64, the matrix of samples; changed in place.
        transfer: the transfer function.

    Attributes:
        height: rows of a block.
    """

    def __init__(self, real: FloatArray, transfer: Transfer) -> None:
        self._real, self._imaginary = real, np.empty_like(real)
        self._transfer = transfer
        self._size, self._count = real.shape
        self._points = 2 * real.size
        self._fft = RowFFT(self._count)
        self.height = min(max(1, _BLOCK // self._count), max(1, self._size - 1))
        self._turn = self._root(np.multiply.outer(np.arange(self.height), np.arange(self._count)))

    def transform_columns(self, starts: Iterator[int]) -> None:
        """Replace columns, given by the first of each block, by the entries of their FFTs."""
        real, imaginary, size = self._real, self._imaginary, self._size
        padded = np.zeros((2 * size, min(_COLUMNS, self._count)))
        for first in starts:
            place = slice(first, first + _COLUMNS)
            width = real[:, place].shape[1]
            padded[:size, :width] = real[:, place]
            entries = np.fft.rfft(padded[:, :width], axis=0)
            real[:, place] = entries.real[:size]
            imaginary[0, place] = entries.real[size]
            imaginary[1:, place] = entries.imag[1:size]

    def restore_columns(self, starts: Iterator[int]) -> None:
        """Replace entries by the first half of the columns that have them as FFTs."""
        real, imaginary, size = self._real, self._imaginary, self._size
        entries = np.zeros((size + 1, min(_COLUMNS, self._count)), dtype=np.complex128)
        for first in starts:
            place = slice(first, first + _COLUMNS)
            part = entries[:, : real[:, place].shape[1]]
            part.real[:size] = real[:, place]
            part.real[size] = imaginary[0, place]
            part.imag[1:size] = imaginary[1:, place]
            real[:, place] = np.fft.irfft(part, 2 * size, axis=0)[:size]

    def filter_rows(self, starts: Iterator[int]) -> None:
        """Apply the transfer function to rows, given by the first of each block."""
        rows = np.empty((self.height, self._count), dtype=np.complex128)
        turn = np.empty_like(rows)
        for first in starts:
            place = slice(first, min(first + self.height, self._size))
            part = rows[: place.stop - first]
            part.real, part.imag = self._real[place], self._imaginary[place]
            self._filter(part, turn[: len(part)], first)
            self._real[place], self._imaginary[place] = part.real, part.imag

    def filter_real_rows(self) -> None:
        """Apply the transfer function to the rows whose entries of columns are real."""
        for row, first in ((self._real[0], 0), (self._imaginary[0], self._size)):
            rows = row[None].astype(np.complex128)
            self._filter(rows, np.empty_like(rows), first)
            row[:] = rows[0].real

    def _filter(self, rows: ComplexArray, turn: ComplexArray, first: int) -> None:
        """Turn rows, transform them, apply the transfer function, and do the same back."""
        coarse = np.arange(0, self._count, _FINE)
        fine = np.arange(_FINE)
        turns = np.multiply.outer(self._root(first * coarse), self._root(first * fine)).ravel()
        np.multiply(self._turn[: len(rows)], turns[: self._count], out=turn)
        rows *= turn
        self._fft.transform(rows)
        self._transfer.multiply(rows, first)
        row, column = self._transfer.layout.nyquist
        if first == row:
            rows[0, column] = abs(rows[0, column])
        self._fft.inverse(rows)
        rows *= np.conjugate(turn, out=turn)

    def _root(self, powers: np.ndarray) -> ComplexArray:
        """Return powers of the root of unity that the whole FFT has."""
        roots: ComplexArray = np.exp((-2j * np.pi / self._points) * (powers % self._points))
        return roots


def _processors() -> int:
    """Return the number of processors of this process; only Linux tells it."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def _share(work: Callable[[Iterator[int]], None], starts: range, threads: int) -> None:
    """Share blocks between threads; each thread takes the next one when it is free."""
    blocks = iter(starts)
    if threads == 1 or len(starts) < 2:
        work(blocks)
        return
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, [blocks] * threads))
