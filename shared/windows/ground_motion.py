"""The ground motion of a time window, from its counts and those around it."""

import warnings
from dataclasses import dataclass, replace

from obspy import Inventory, Stream, Trace
from obspy.core.inventory import Response
from obspy.core.util.obspy_types import ObsPyException

from shared.errors import NoResponseError
from shared.response.epochs import find_response, is_polynomial
from shared.response.parameters import RemovalParameters
from shared.response.pre_filt import resolve
from shared.response.removal import RemovalReport, remove_response
from shared.waveforms.segments import TimeSpan, divide, gaps, join
from shared.windows.request import Window

MARGIN_PERIODS = 2.4
"""How much is read before and after a window, in periods of f1, the lowest frequency that is kept.
For a 120 s seismometer these are half an hour; the errors are in
`benchmarks/windows/window_margins.py`."""

_MARGINS_S = (10.0, 21_600.0)  # at least and at most
_WITHOUT_BAND_S = 1_800.0
_DAY_S = 86_400.0


@dataclass(frozen=True)
class RemovalPlan:
    """How a window's response is to be removed.

    Attributes:
        inventory: the station's metadata.
        asked: how, as asked for.
        sampling_rate: in Hz, for which the corners are decided.
        parameters: how; the corners of `pre_filt` are decided.
        margin_s: how much is needed before and after the window, in seconds.
    """

    inventory: Inventory
    asked: RemovalParameters
    sampling_rate: float
    parameters: RemovalParameters
    margin_s: float

    def span(self, window: Window) -> TimeSpan:
        """What is needed of a window's channel."""
        return window.starttime - self.margin_s, window.endtime + self.margin_s


def plan_removal(
    window: Window, sampling_rate: float, inventory: Inventory, parameters: RemovalParameters
) -> RemovalPlan:
    """Decide the corners, and how much around a window is needed.

    Of a window, "auto" means what it means of a day: two windows must not have two bands.

    Args:
        window: the window.
        sampling_rate: of its samples, in Hz.
        inventory: the station's metadata.
        parameters: as asked for.

    Raises:
        BadRequestError: the corners lie beyond the Nyquist frequency.
        NoResponseError: the metadata has no usable response for the window's start.
    """
    response = _response(window, inventory, parameters.output)
    corners = None
    if not is_polynomial(response):
        try:
            corners = resolve(parameters.pre_filt, response, sampling_rate, _DAY_S)
        except (ObsPyException, ValueError, IndexError, NotImplementedError) as error:
            raise NoResponseError(f"{window}: response not usable: {error}") from error
    margin = _WITHOUT_BAND_S
    if corners:
        margin = MARGIN_PERIODS / corners[0] if corners[0] else _MARGINS_S[1]
    margin = min(max(margin, _MARGINS_S[0]), _MARGINS_S[1])
    decided = replace(parameters, pre_filt=corners)
    return RemovalPlan(inventory, parameters, sampling_rate, decided, margin)


def _response(window: Window, inventory: Inventory, output: str) -> Response:
    """The response at the window's start; at its end, if it begins before all epochs."""
    channel = window.channel
    header = {
        "network": channel.network,
        "station": channel.station,
        "channel": channel.channel,
        "location": channel.location,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they are told when the response is removed
        try:
            start = Trace(header={**header, "starttime": window.starttime})
            return find_response(start, inventory, output)
        except NoResponseError:
            end = Trace(header={**header, "starttime": window.endtime})
            return find_response(end, inventory, output)


def ground_motion(
    window: Window, counts: Stream, removal: RemovalPlan
) -> tuple[list[Trace], RemovalReport, list[str]]:
    """Remove the response from a window's samples.

    Args:
        window: the window.
        counts: its segments and those around it, in counts.
        removal: how, from `plan_removal`.

    Returns:
        The window's segments as ground motion, perhaps none; how that was done; and what was odd
        about the segments, in words.

    Raises:
        NoResponseError: the metadata has no usable response for a segment.
        UnreadableObjectError: samples are NaN or infinite.
    """
    near, _ = divide(counts, *removal.span(window))
    notes = join(near)
    wanted, margins = divide(near, window.starttime, window.endtime)
    if not wanted:
        return [], RemovalReport("", ""), notes
    sampling_rate = wanted[0].stats.sampling_rate
    if sampling_rate != removal.sampling_rate:  # it changes within the day
        removal = plan_removal(window, sampling_rate, removal.inventory, removal.asked)
    notes += _around(near, window, removal)
    report = remove_response(
        wanted, removal.inventory, removal.parameters, margins, taper_ends=False
    )
    return list(wanted), report, notes


def _around(near: Stream, window: Window, removal: RemovalPlan) -> list[str]:
    """What is missing of the samples around a window, in words."""
    start, end = removal.span(window)
    delta = near[0].stats.delta
    before = max(0.0, window.starttime - near[0].stats.starttime)
    after = max(0.0, max(trace.stats.endtime for trace in near) - window.endtime)
    wanted = f"of the {removal.margin_s:,.0f} s that are wanted"
    notes = []
    if near[0].stats.starttime > start + 2 * delta:
        notes.append(f"less exact: {before:,.0f} s of samples before the window, {wanted}")
    if window.endtime + after < end - 2 * delta:
        notes.append(f"less exact: {after:,.0f} s of samples after the window, {wanted}")
    lost = sum(missing for *_, missing in gaps(near)) * delta
    if lost:
        notes.append(f"less exact: {lost:,.2f} s are missing in the window or around it")
    return notes
