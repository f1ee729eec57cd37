"""Choose which records of a day object to fetch next while locating a time span.

The number of records per minute varies with how well the samples compress, manifold in the hour of
an earthquake. So a span's records are searched for: some are read where they are likely to be, and
their times make the next guess better.
"""

from obspy import UTCDateTime

from shared.waveforms._record_index import Edge, RecordIndex

_PROBE = 12 * 1024  # bytes to read at a guess; takes no longer than a single header
_END = 32 * 1024  # bytes to read at the end, where late records may have been appended
_ERROR = 1 / 16  # of a guess, relative to its distance from the nearest known record
_LEAST_ERROR = 3 * 1024  # bytes: the least error of a guess
_SLACK = (0.004, 0.0065, 0.01, 0.03)  # of the object: most surplus per side, by guess
_MOST_DENSE = 2  # times the mean up to midnight: denser records may end before midnight
_GUESSES = 4  # after these, every other guess bisects, which no gap or density can mislead


def next_to_read(
    index: RecordIndex, starttime: UTCDateTime, endtime: UTCDateTime, guesses: int
) -> range:
    """Return the records to fetch next while locating a span.

    Args:
        index: the known records; not all of the span's have been read.
        starttime: the start of the span.
        endtime: the end of the span.
        guesses: the number of earlier calls for the span.
    """
    begin, end = index.edges(starttime, endtime)
    probe = _probe(index)
    slack = max(probe / 2, index.count * _SLACK[min(guesses, len(_SLACK) - 1)])
    least_error = _LEAST_ERROR / index.record_length if guesses < _GUESSES - 1 else probe
    first, first_error = _guess(index, begin, max(begin.before, 0), least_error)
    last, last_error = _guess(index, end, min(end.after, index.count - 1), least_error)
    if guesses > _GUESSES and guesses % 2:
        first, first_error = (first, 0.0) if begin.is_found else begin.middle
        last, last_error = (last, 0.0) if end.is_found else end.middle
    if max(first_error, last_error) <= max(slack, (last - first) / 4):
        # Good enough: fetch the span's records, and as many around them as the guesses may be off.
        ends = (
            round(first) if begin.is_found else begin.within(first - first_error),
            round(last) if end.is_found else end.within(last + last_error),
        )
        records = range(min(ends), max(ends) + 1)
    elif _ends_elsewhere(index, begin) or _ends_elsewhere(index, end):
        return unknown_end(index)
    else:
        # Fetch some records at the worse guess, or at both if they are close.
        edge, middle = (begin, first) if first_error >= last_error else (end, last)
        if 0 <= last - first < probe / 2:
            middle = (first + last) / 2
        centre = edge.within(middle)
        records = range(
            edge.within(centre - probe // 2), edge.within(centre + probe - probe // 2 - 1) + 1
        )
    return index.content.unread(records)


def unknown_end(index: RecordIndex) -> range:
    """Return the last records; none if they are known."""
    first = max(0, index.count - max(1, _END // index.record_length))
    return range(first, index.count if not index.knows(index.count - 1) else first)


def _probe(index: RecordIndex) -> int:
    return max(1, _PROBE // index.record_length)


def _guess(index: RecordIndex, edge: Edge, known: int, least_error: float) -> tuple[float, float]:
    """Return the number of the record at an edge, the known one if it is found, and its error."""
    if edge.is_found:
        return known, 0.0
    number, spread = _interpolated(index, edge)
    # The object's end counts as known: most objects end with the day.
    distance = min(number - edge.before, edge.after - number)
    return number, max(distance * _ERROR, spread) + least_error


def _interpolated(index: RecordIndex, edge: Edge) -> tuple[float, float]:
    """Estimate the number of the record at an edge from the known records around it.

    Returns:
        The number, and the spread between the estimates by the times and the densities on both
        sides.
    """
    before, after = edge.before, edge.after
    if before < 0:
        return after / 2, after / 2
    since = edge.time - index.start(before)
    dense = index.records_per_ns(before)
    by_before = before + dense * since
    if after == index.count:
        # Close to the known record, the others are as dense as around it.
        mean = _mean_to_the_end(index, before)
        x = min(1.0, mean * since / (after - before))
        bend = x * (1 - x) ** 2 * (min(dense / mean, 3.0) - 1)  # steeper, it would turn back
        return before + (x + bend) * (after - before), 0.0
    rest = index.start(after) - edge.time
    dense_after = index.records_per_ns(after)
    by_after = after - dense_after * rest
    mean = (after - before) / max(1, since + rest)
    # Assume a single change of density in between, if that can explain the mean.
    if dense <= mean <= dense_after:
        return max(by_before, by_after), 0.0
    if dense >= mean >= dense_after:
        return min(by_before, by_after), 0.0
    # Otherwise there is a gap or an earthquake, before or after the edge.
    likely = sorted(
        (distance, number)
        for distance, number in ((since, by_before), (rest, by_after))
        if before < number < after
    )
    if not likely:
        return edge.middle
    return likely[0][1], abs(likely[-1][1] - likely[0][1]) / 2


def _mean_to_the_end(index: RecordIndex, number: int) -> float:
    """Return the records per ns from a known record to the end, if that is the end of the day."""
    start = index.start(number)
    return (index.count - number) / max(index.end_of_day - start, 1)


def _ends_elsewhere(index: RecordIndex, edge: Edge) -> bool:
    """Return whether the object seems to end before the day does, and its end is not known."""
    if edge.is_found or edge.before < 0 or edge.after < index.count or not unknown_end(index):
        return False
    dense = index.records_per_ns(edge.before)
    rest = index.count - edge.before
    by_before = dense * (edge.time - index.start(edge.before))
    return dense > _MOST_DENSE * _mean_to_the_end(index, edge.before) and by_before > rest / 2
