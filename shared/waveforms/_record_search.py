"""Where to look for the records of a span in a day object.

How many records there are to a minute varies with how well the samples compress, many times over
in the hour of an earthquake. So a span's records are searched for: where they are guessed to be,
some are read, which makes the next guess a better one.
"""

from obspy import UTCDateTime

from shared.waveforms._record_index import Edge, RecordIndex

_PROBE = 12 * 1024  # bytes of a guess; takes no longer than a single header
_END = 32 * 1024  # bytes of the last records, where late ones may have been appended
_ERROR = 1 / 16  # of a guess, as a part of its distance from what is known
_LEAST_ERROR = 3 * 1024  # bytes that a guess may always be off
_SLACK = (0.004, 0.0065, 0.01, 0.03)  # of the object: read in vain on either side at most
_MOST_DENSE = 2  # times the mean to the end of the day: then that may not be the end
_GUESSES = 4  # then every other one is the middle, which no gap and no density can mislead


def next_to_read(
    index: RecordIndex, starttime: UTCDateTime, endtime: UTCDateTime, guesses: int
) -> range:
    """The records to read next, in search of those of a span, not all of which have been read.

    Args:
        index: what is known of the records.
        starttime: of the span.
        endtime: of the span.
        guesses: how often this has been asked for the span.
    """
    begin, end = index.edges(starttime, endtime)
    probe = _probe(index)
    slack = max(probe / 2, index.count * _SLACK[min(guesses, len(_SLACK) - 1)])
    least_error = _LEAST_ERROR / index.record_length if guesses < _GUESSES - 1 else probe
    first, first_error = _guess(index, begin, max(begin.before, 0), least_error)
    last, last_error = _guess(index, end, min(end.after, index.count - 1), least_error)
    if guesses > _GUESSES and guesses % 2:
        first, first_error = (first, 0.0) if begin.found else begin.middle
        last, last_error = (last, 0.0) if end.found else end.middle
    if max(first_error, last_error) <= max(slack, (last - first) / 4):
        # Good enough: the span's records, and as many around them as the guesses may be off.
        ends = (
            round(first) if begin.found else begin.within(first - first_error),
            round(last) if end.found else end.within(last + last_error),
        )
        wanted = range(min(ends), max(ends) + 1)
    elif _ends_elsewhere(index, begin) or _ends_elsewhere(index, end):
        return unknown_end(index)
    else:
        # Some records at the worse guess, or at both if they are so close.
        edge, middle = (begin, first) if first_error >= last_error else (end, last)
        if 0 <= last - first < probe / 2:
            middle = (first + last) / 2
        centre = edge.within(middle)
        wanted = range(
            edge.within(centre - probe // 2), edge.within(centre + probe - probe // 2 - 1) + 1
        )
    return index.unread(wanted)


def unknown_end(index: RecordIndex) -> range:
    """The last records, if they are not known."""
    first = max(0, index.count - max(1, _END // index.record_length))
    return range(first, index.count if not index.knows(index.count - 1) else first)


def _probe(index: RecordIndex) -> int:
    return max(1, _PROBE // index.record_length)


def _guess(index: RecordIndex, edge: Edge, found: int, least_error: float) -> tuple[float, float]:
    """The number of the record at an edge, and how far off that may be."""
    if edge.found:
        return found, 0.0
    number, doubt = _interpolated(index, edge)
    # A day that ends with its object is taken for known.
    distance = min(number - edge.before, edge.after - number)
    return number, max(distance * _ERROR, doubt) + least_error


def _interpolated(index: RecordIndex, edge: Edge) -> tuple[float, float]:
    """The number by the known records around an edge, and how far off others would put it.

    Known are their times, and how dense records are there.
    """
    before, after = edge.before, edge.after
    if before < 0:
        return after / 2, after / 2
    since = edge.time - index.start(before)
    dense = index.records_per_ns(before)
    by_before = before + dense * since
    if after == index.count:
        # Near at hand, records are as dense as those known.
        mean = _mean_to_the_end(index, before)
        x = min(1.0, mean * since / (after - before))
        bend = x * (1 - x) ** 2 * (min(dense / mean, 3.0) - 1)  # steeper, it would turn back
        return before + (x + bend) * (after - before), 0.0
    rest = index.start(after) - edge.time
    dense_after = index.records_per_ns(after)
    by_after = after - dense_after * rest
    mean = (after - before) / max(1, since + rest)
    # As if the density changed once in between, if that can be.
    if dense <= mean <= dense_after:
        return max(by_before, by_after), 0.0
    if dense >= mean >= dense_after:
        return min(by_before, by_after), 0.0
    # There is a gap or an earthquake, before or after the edge.
    likely = sorted(
        (distance, number)
        for distance, number in ((since, by_before), (rest, by_after))
        if before < number < after
    )
    if not likely:
        return edge.middle
    return likely[0][1], abs(likely[-1][1] - likely[0][1]) / 2


def _mean_to_the_end(index: RecordIndex, number: int) -> float:
    """Records per ns from a known record to the last, if that ends the day, as most do."""
    start = index.start(number)
    return (index.count - number) / max(index.end_of_day - start, 1)


def _ends_elsewhere(index: RecordIndex, edge: Edge) -> bool:
    """Whether it seems that the object does not end with the day, and its end is not known."""
    if edge.found or edge.before < 0 or edge.after < index.count or not unknown_end(index):
        return False
    dense = index.records_per_ns(edge.before)
    rest = index.count - edge.before
    by_before = dense * (edge.time - index.start(edge.before))
    return dense > _MOST_DENSE * _mean_to_the_end(index, edge.before) and by_before > rest / 2
