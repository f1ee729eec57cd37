"""Reads of one day object by a warm container."""

from shared.archive.scedc import SCEDC
from shared.waveforms.day_reader import DayReader
from shared.windows import read_windows
from shared.windows.request import Window
from shared.windows.result import WindowResult
from tests.support.builders import make_trace, mseed, noise
from tests.support.compared_days import CHANNEL, DAY_OBJECT
from tests.support.generated_days import MIDNIGHT, NSCL

FIVE_MINUTES = (MIDNIGHT + 40_000, MIDNIGHT + 40_300)


def day(rate: float = 10.0, seed: int = 1, start: float = 0.0195, length_s: int = 86_000) -> bytes:
    samples = noise(int(length_s * rate), seed)
    return mseed(make_trace(NSCL, str(MIDNIGHT + start), samples, rate))


OLD = day()


def warm_reader() -> DayReader:
    return DayReader(DAY_OBJECT)


def answer(*spans: tuple[float, float], **options: int) -> list[WindowResult]:
    windows = [Window(CHANNEL, MIDNIGHT + start, MIDNIGHT + end) for start, end in spans]
    return read_windows(windows, SCEDC, **options)


def samples(answers: list[WindowResult]) -> list[object]:
    return [item.trace and item.trace.data.tolist() for item in answers]
