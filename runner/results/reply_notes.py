"""Warnings and gaps of replies, in a few lines: of time windows, and of corrected days."""

from collections.abc import Mapping, Sequence
from typing import Any

from runner.sending.invoke import gaps_of, warnings_of
from runner.terminal import pluralize, shorten

_SHOWN = 10
_SHOWN_CHARACTERS = 300


def window_lines(windows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the number of windows with gaps, and the warnings of windows; none if none has any."""
    with_gaps = sum(bool(gaps_of(window)) for window in windows)
    lines = [f"  {pluralize(with_gaps, 'window')} with gaps"] if with_gaps else []
    return lines + _warning_lines(windows)


def sample_lines(windows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the windows with samples, one a line with the samples' number, rate and unit."""
    found = [window for window in windows if isinstance(window.get("data"), list)]
    lines = []
    for window in found[:_SHOWN]:
        rate = window.get("sampling_rate")
        at = f" at {rate:g} Hz" if isinstance(rate, int | float) else ""
        samples = pluralize(len(window["data"]), "sample")
        lines.append(f"  {_name(window)}: {samples}{at}, {window.get('units', 'counts')}")
    if more := len(found) - len(lines):
        lines.append(f"  and {pluralize(more, 'more window')} with samples")
    return lines


def gap_lines(windows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the windows with gaps, one a line with the gaps' number and their missing samples."""
    found = [(_name(window), gaps_of(window)) for window in windows if gaps_of(window)]
    lines = [
        f"  {name}: {pluralize(len(gaps), 'gap')}, {_missing(gaps)}"
        for name, gaps in found[:_SHOWN]
    ]
    if more := len(found) - len(lines):
        lines.append(f"  and {pluralize(more, 'more window')} with gaps")
    return lines


def day_lines(reply: Mapping[str, Any]) -> list[str]:
    """Return a corrected day's gaps as a number, and its warnings; none if it has neither."""
    gaps = gaps_of(reply)
    lines = [f"  {pluralize(len(gaps), 'gap')}"] if gaps else []
    return lines + _warning_lines([reply])


def _warning_lines(replies: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return warnings, one a line with its window or day, and the number of those left out."""
    found = [(_name(reply), text) for reply in replies for text in warnings_of(reply)]
    lines = [f"  {name}: {shorten(text, _SHOWN_CHARACTERS)}" for name, text in found[:_SHOWN]]
    if more := len(found) - len(lines):
        lines.append(f"  and {pluralize(more, 'more warning')}")
    return lines


def _missing(gaps: Sequence[Mapping[str, Any]]) -> str:
    samples = sum(gap["samples"] for gap in gaps if isinstance(gap.get("samples"), int))
    return f"{pluralize(samples, 'sample')} missing"


def _name(reply: Mapping[str, Any]) -> str:
    """Return a reply's channel and its start or day, as far as the reply names them."""
    codes = [str(reply.get(code, "")) for code in ("network", "station", "channel", "location")]
    channel = reply.get("nscl") or ".".join(codes)
    return f"{channel} {reply.get('day') or reply.get('starttime', '')}".rstrip()
