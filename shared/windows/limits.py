"""Limits of the samples of one request, delivered and corrected."""

from collections.abc import Sequence

from shared import settings
from shared.errors import TooLargeError
from shared.formats import JSON
from shared.waveforms.day_reader import DayReader
from shared.waveforms.day_readers import DayReaders
from shared.windows.request import Window, WindowsRequest

MAX_SAMPLES = 32 * 1024**2
"""Samples in one reply, missing ones included: three channel days at 100 Hz, not four. Their JSON
takes a gigabyte of memory, with its gzip copy; more would not fit into a function of two."""

MAX_MOTION_SAMPLES_AS_JSON = 16 * 1024**2
"""The same for ground motion as JSON: one channel day at 100 Hz. With all its digits, a sample is
twenty bytes long, two and a half times as long as a count."""

MAX_SAMPLES_WITHOUT_BUCKET = 12 * 1024**2
"""The same without an output bucket for large replies. Each sample takes at least half a byte of a
reply's 6 MB, in gzip as in Steim2."""

MAX_CORRECTED_SAMPLES = 64 * 1024**2
"""Samples that one request's response removal may take, margins included: more take longer than
the half minute that an HTTP API waits."""


def sample_limit(request: WindowsRequest) -> int:
    """Return the number of samples that a request may ask for, missing ones included.

    Raises:
        SettingsError: the output bucket's setting is not a bucket's name.
    """
    if not settings.large_reply_bucket():
        return MAX_SAMPLES_WITHOUT_BUCKET
    if request.removal and request.format == JSON:
        return MAX_MOTION_SAMPLES_AS_JSON
    return MAX_SAMPLES


def check_total_samples(samples: int, windows: int, max_samples: int) -> None:
    """Refuse windows that together have too many samples.

    Args:
        samples: of all or some of the windows.
        windows: the number of all windows.
        max_samples: the limit for all windows together.

    Raises:
        TooLargeError: there are more samples than that.
    """
    if samples > max_samples:
        raise TooLargeError(
            f"the {windows} windows have {samples:,} samples or more: no reply can hold more than"
            f" {max_samples:,}, ask for less at a time",
            samples=samples,
            limit=max_samples,
        )


def check_corrected_samples(samples: float) -> None:
    """Refuse windows with too many samples for response removal.

    Args:
        samples: of all windows, margins included.

    Raises:
        TooLargeError: there are more than `MAX_CORRECTED_SAMPLES`.
    """
    if samples > MAX_CORRECTED_SAMPLES:
        raise TooLargeError(
            f"the windows and the margins that their response removal needs have {samples:,.0f}"
            f" samples: at most {MAX_CORRECTED_SAMPLES:,} in one request; ask for fewer windows, or"
            " a higher first corner of pre_filt",
            samples=int(samples),
            limit=MAX_CORRECTED_SAMPLES,
        )


def known_rate(window: Window, readers: DayReaders) -> float:
    """Return the highest sampling rate of a window's days in Hz, 0 if none is known.

    Args:
        window: the window.
        readers: of the window's days; the first records are known.
    """
    return _highest_rate(_known(window, readers))


def sample_bound(window: Window, readers: DayReaders) -> int:
    """Return an upper bound for the number of a window's samples, from the records seen so far.

    Args:
        window: the window.
        readers: of the window's days; the first records are known, the last ones perhaps.
    """
    known = _known(window, readers)
    rate = _highest_rate(known)
    if not rate:
        return 0
    start = max(window.starttime, known[0].bounds[0])
    end = min(window.endtime, known[-1].bounds[1])
    return max(0, int((end - start) * rate) + 1)


def _known(window: Window, readers: DayReaders) -> list[DayReader]:
    """Return the readers of those of a window's days that the archive has."""
    channel_days = [(window.channel, day) for day in window.days]
    return [readers.reader(name) for name in channel_days if not readers.has_failed(name)]


def _highest_rate(readers: Sequence[DayReader]) -> float:
    """Return the highest sampling rate of days in Hz, 0 if none is known.

    A rate that the first records contradict does not count: their headers are damaged, or most of
    the day is missing. Such a day is read, and `merge_segments` counts its samples.
    """
    return max((r.sampling_rate or 0.0 for r in readers if not r.is_sparse), default=0.0)


def window_too_large(window: Window, samples: int, max_samples: int) -> TooLargeError:
    """Return the error of a single window that has too many samples."""
    seconds = (window.endtime - window.starttime) * max_samples / samples
    return TooLargeError(
        f"{window} has {samples:,} samples or nearly as many: no reply can hold more than"
        f" {max_samples:,}, ask for at most {seconds:,.0f} s",
        samples=samples,
        limit=max_samples,
    )
