"""Hypothesis strategies: channel days with the irregularities of real archives, and time spans."""

from hypothesis import strategies as st
from obspy import Trace, UTCDateTime

from shared.waveforms._record_header import parse_header
from tests.support.builders import make_trace, mseed, noise

NSCL = "CI.BOM.BHZ."
MIDNIGHT = UTCDateTime(2024, 1, 1)


def segments(
    rate: float,
    start: float,
    parts: list[tuple[float, int]],
    dtype: str = "int32",
    midnight: UTCDateTime = MIDNIGHT,
) -> list[Trace]:
    """Return segments; `parts` has the gap before each in s, and its number of samples."""
    traces = []
    time = midnight + start
    for number, (gap, npts) in enumerate(parts):
        time += gap
        data = noise(npts, seed=number + 1)
        traces.append(make_trace(NSCL, str(time), data, rate, dtype=dtype))
        time += npts / rate
    return traces


@st.composite
def days(
    draw: st.DrawFn,
    midnight: UTCDateTime = MIDNIGHT,
    rates: tuple[float, ...] = (1.0, 8.0, 40.0),
    encodings: tuple[str, ...] = ("STEIM1", "STEIM2", "INT32", "FLOAT32"),
    on_grid: bool = False,
) -> bytes:
    """Draw a day of one to five segments, with overlaps shorter than the reading margin.

    On the grid, all samples are whole intervals from midnight.
    """
    rate = draw(st.sampled_from(rates))
    encoding = draw(st.sampled_from(encodings))
    reclen = draw(st.sampled_from([256, 512, 1024, 2048, 4096]))
    starts = (
        [-31.0, 0.0, 2.0, 3600.0] if on_grid else [-31.3, 0.019536, 0.0, 0.5, 3600.00712, 40000.1]
    )
    start = draw(st.sampled_from(starts))
    overlap = st.integers(1, int(50 * rate)).map(lambda samples: -samples / rate)
    gap = st.one_of(
        st.integers(1, int(3 * rate)).map(lambda samples: samples / rate),
        st.integers(10, 7200).map(float),
        overlap,
    )
    off_grid = st.integers(-12, 12).map(lambda milliseconds: milliseconds / 1000)
    off_grid = st.just(0.0) if on_grid else off_grid
    parts = [
        (draw(gap) + draw(off_grid) if number else 0.0, draw(st.integers(1, 8_000)))
        for number in range(draw(st.integers(1, 5)))
    ]
    dtype = "float32" if encoding == "FLOAT32" else "int32"
    traces = segments(rate, start, parts, dtype, midnight)
    return b"".join(mseed(trace, encoding=encoding, reclen=reclen) for trace in traces)


@st.composite
def spans(draw: st.DrawFn, content: bytes) -> tuple[UTCDateTime, UTCDateTime]:
    """Draw a time span, most often near the edges of records.

    It never starts or ends halfway between two samples: there, the last bit of a float decides
    which sample ObsPy takes.
    """
    length = parse_header(content).record_length
    headers = [parse_header(content, offset) for offset in range(0, len(content), length)]
    delta = 1 / headers[0].sampling_rate

    def time() -> UTCDateTime:
        if draw(st.integers(0, 9)) == 0:
            return MIDNIGHT + draw(st.integers(-100, 86500)) + 0.000123
        header = draw(st.sampled_from(headers))
        sample = draw(st.one_of(st.sampled_from([0, header.npts - 1]), st.integers(-50, 500)))
        between = draw(st.sampled_from([0.0, 0.25, 0.75, 0.001, -0.001]))
        return header.starttime + (sample + between) * delta

    starttime = time()
    length_s = draw(st.one_of(st.just(0.0), st.floats(0, 3), st.integers(4, 5_000)))
    near = starttime + round(length_s / delta) * delta
    endtime = draw(st.sampled_from([near, time()]))
    return min(starttime, endtime), max(starttime, endtime)
