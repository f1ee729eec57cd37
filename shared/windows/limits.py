"""How much may be asked for at a time."""

from shared.errors import TooLargeError
from shared.waveforms.day_readers import DayReaders
from shared.windows.request import Window

MAX_SAMPLES = 32 * 1024**2
"""Samples of one request, missing ones included: four channel days at 100 Hz. As JSON, packed and
not, they take a gigabyte of memory; more of them do not fit into a function of two."""

MAX_SAMPLES_OF_MOTION_AS_JSON = 16 * 1024**2
"""The same for ground motion as JSON: two channel days at 100 Hz. With all its digits, a sample is
twenty bytes long, two and a half times as long as a count."""

MAX_SAMPLES_OF_A_REPLY = 12 * 1024**2
"""Samples of one request where what is too large for a reply cannot be put into a bucket: each
takes half a byte of its 6 MB, at least, in gzip as in Steim2."""

MAX_OBJECTS = 1000
"""Most channel days of one request: more are not looked for within a function's minute."""


MAX_MOTION_SAMPLES = 64 * 1024**2
"""Samples from which one request's responses are removed, those around windows included: more of
them take longer than the half a minute that an HTTP API waits."""


def most_samples(output_bucket: str | None, motion_as_json: bool = False) -> int:
    """How many samples one request may ask for, missing ones included.

    Args:
        output_bucket: for what is too large for a reply; None if there is none.
        motion_as_json: whether they are asked for as ground motion, in JSON.
    """
    if not output_bucket:
        return MAX_SAMPLES_OF_A_REPLY
    return MAX_SAMPLES_OF_MOTION_AS_JSON if motion_as_json else MAX_SAMPLES


def check_objects(objects: int) -> None:
    """Refuse a request that needs too many objects.

    Raises:
        TooLargeError: it does.
    """
    if objects > MAX_OBJECTS:
        raise TooLargeError(
            f"the windows need {objects:,} day objects: at most {MAX_OBJECTS} in one request",
            objects=objects,
            limit=MAX_OBJECTS,
        )


def upper_bound(window: Window, objects: DayReaders) -> int:
    """How many samples a window has at most, as far as that is known without reading them.

    Args:
        window: the window.
        objects: whose first records have been read, and perhaps the last ones.
    """
    names = [(window.channel, day) for day in window.days]
    known = [objects.records(name) for name in names if not objects.failed(name)]
    rates = [records.sampling_rate for records in known if records.sampling_rate]
    if not rates:
        return 0
    start = max(window.starttime, known[0].extent[0])
    end = min(window.endtime, known[-1].extent[1])
    return max(0, int((end - start) * max(rates)) + 1)


def check_sum(samples: int, windows: int, most: int) -> None:
    """Refuse windows that have too many samples together.

    Args:
        samples: of all or some of the windows.
        windows: how many windows there are.
        most: how many samples all may have.

    Raises:
        TooLargeError: they have more.
    """
    if samples > most:
        raise TooLargeError(
            f"the {windows} windows have {samples:,} samples or more: no reply can hold more than"
            f" {most:,}, ask for less at a time",
            samples=samples,
            limit=most,
        )


def check_motion(samples: float) -> None:
    """Refuse windows of which too many samples would have to be corrected.

    Args:
        samples: of all windows and what is read around them.

    Raises:
        TooLargeError: they have too many.
    """
    if samples > MAX_MOTION_SAMPLES:
        raise TooLargeError(
            f"the windows, with what is needed around them for their ground motion, have"
            f" {samples:,.0f} samples: at most {MAX_MOTION_SAMPLES:,} in one request; ask for fewer"
            " windows, or a higher first corner of pre_filt",
            samples=int(samples),
            limit=MAX_MOTION_SAMPLES,
        )


def too_many(window: Window, samples: int, most: int) -> TooLargeError:
    """The error of a window that alone has too many samples."""
    seconds = (window.endtime - window.starttime) * most / samples
    return TooLargeError(
        f"{window} has {samples:,} samples or nearly as many: no reply can hold more than {most:,},"
        f" ask for at most {seconds:,.0f} s",
        samples=samples,
        limit=most,
    )
