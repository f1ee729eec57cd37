"""The ground motion of a time window, from its counts and margins around them."""

import warnings
from dataclasses import asdict, dataclass, replace

from obspy import Inventory, Stream, Trace

from shared import telemetry
from shared.errors import NoResponseError
from shared.response.checked_response import CheckedResponse
from shared.response.epochs import find_response
from shared.response.margins import corners_of, margin_s
from shared.response.parameters import RemovalParameters
from shared.response.polynomials import is_polynomial
from shared.response.removal import remove_channel_response
from shared.response.report import RemovalReport
from shared.response.response_lists import is_list
from shared.waveforms.gaps import gaps_between
from shared.waveforms.segments import TimeSpan, divide, join
from shared.windows.cost import Work
from shared.windows.limits import check_corrected_samples
from shared.windows.request import Window

_MIN_MARGIN_S = 10.0
_MARGIN_WITHOUT_BAND_S = 1_800.0
_DAY_S = 86_400.0


@dataclass(frozen=True)
class RemovalPlan:
    """A plan for removing the response from one window.

    Attributes:
        inventory: the station's metadata.
        requested: the parameters as requested.
        parameters: the same with `pre_filt` resolved to corners or to None.
        sampling_rate: the rate that `pre_filt` was resolved for, in Hz.
        margin_s: the length of the margins before and after the window, in seconds; 0 for a
            polynomial response, which applies to each sample on its own.
        by_obspy: whether ObsPy itself removes the response, which takes twenty times as long; None
            for a polynomial response, which takes next to nothing.
    """

    inventory: Inventory
    requested: RemovalParameters
    parameters: RemovalParameters
    sampling_rate: float
    margin_s: float
    by_obspy: bool | None = False

    def span(self, window: Window) -> TimeSpan:
        """Return a window's time span, extended by the margins."""
        margin_s = max(self.margin_s, _MIN_MARGIN_S)
        return window.starttime - margin_s, window.endtime + margin_s


def plan_removal(
    window: Window, sampling_rate: float, inventory: Inventory, parameters: RemovalParameters
) -> RemovalPlan:
    """Resolve `pre_filt`, and derive the margins from it.

    A `pre_filt` of "auto" becomes the band of a whole day, so that windows of different lengths
    have the same band.

    Args:
        window: the window.
        sampling_rate: of its samples, in Hz.
        inventory: the station's metadata.
        parameters: as requested.

    Raises:
        BadRequestError: the corners lie beyond the Nyquist frequency.
        NoResponseError: the metadata has no usable response for the window's start.
    """
    response = _find_response(window, inventory, parameters.output)
    corners = corners_of(response, parameters, sampling_rate, _DAY_S, str(window))
    resolved = replace(parameters, pre_filt=corners)
    if is_polynomial(response):
        return RemovalPlan(inventory, parameters, resolved, sampling_rate, 0.0, None)
    margin = margin_s(corners, _MIN_MARGIN_S, _MARGIN_WITHOUT_BAND_S)
    by_obspy = parameters.method == "obspy" or any(map(is_list, response.response_stages))
    return RemovalPlan(inventory, parameters, resolved, sampling_rate, margin, by_obspy)


def least_margin_s(parameters: RemovalParameters) -> float:
    """Return the length of the margins as far as parameters alone give it, in seconds."""
    if parameters.pre_filt == "auto":
        return _MIN_MARGIN_S
    return margin_s(parameters.pre_filt, _MIN_MARGIN_S, _MARGIN_WITHOUT_BAND_S)


def _find_response(window: Window, inventory: Inventory, output: str) -> CheckedResponse:
    """Find the response at a window's start, or at its end if it starts before all epochs."""
    header = asdict(window.channel)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the removal itself reports them
        try:
            start = Trace(header={**header, "starttime": window.starttime})
            return find_response(start, inventory, output)
        except NoResponseError:
            end = Trace(header={**header, "starttime": window.endtime})
            return find_response(end, inventory, output)


@telemetry.step("remove_response")
def ground_motion(
    window: Window, counts: Stream, plan: RemovalPlan
) -> tuple[list[Trace], RemovalReport]:
    """Remove the response from a window's samples.

    Args:
        window: the window.
        counts: the segments of the window and of its margins, in counts.
        plan: from `plan_removal`.

    Returns:
        The window's segments as ground motion, perhaps none, and how the response was removed. The
        report's warnings include oddities of the segments, and samples missing in the margins.

    Raises:
        NoResponseError: the metadata has no usable response for a segment.
        TooLargeError: there are too many samples, those of bridged gaps included.
        UnreadableObjectError: samples are NaN or infinite.
    """
    near, _ = divide(counts, *plan.span(window))
    messages = join(near)
    inside, margins = divide(near, window.starttime, window.endtime)
    if not inside:
        return [], RemovalReport("", "", warnings=tuple(messages))
    _check_work(near, window, plan)
    sampling_rate = inside[0].stats.sampling_rate
    if sampling_rate != plan.sampling_rate:  # it changes within the day
        plan = plan_removal(window, sampling_rate, plan.inventory, plan.requested)
    messages += _describe_missing(near, window, plan)
    report = remove_channel_response(
        inside, plan.inventory, plan.parameters, margins, taper_ends=False
    )
    return list(inside), replace(report, warnings=(*messages, *report.warnings))


def _check_work(segments: Stream, window: Window, plan: RemovalPlan) -> None:
    """Refuse segments that are longer, or of a higher rate, than their first records promised."""
    rate = max(trace.stats.sampling_rate for trace in segments)
    start = min(trace.stats.starttime for trace in segments)
    samples = float((max(trace.stats.endtime for trace in segments) - start) * rate)
    check_corrected_samples(samples)
    work = Work(removals=1, by_obspy=samples) if plan.by_obspy else Work()
    if work.is_too_much:
        raise work.error(str(window))


def _describe_missing(near: Stream, window: Window, plan: RemovalPlan) -> list[str]:
    """Describe the samples that are missing in a window and in its margins."""
    if not plan.margin_s:
        return []
    start, end = plan.span(window)
    delta = near[0].stats.delta
    before = max(0.0, window.starttime - near[0].stats.starttime)
    after = max(0.0, max(trace.stats.endtime for trace in near) - window.endtime)
    needed = f"of the {plan.margin_s:,.0f} s needed"
    messages = []
    if near[0].stats.starttime > start + 2 * delta:
        messages.append(f"less exact: {before:,.0f} s of samples before the window, {needed}")
    if window.endtime + after < end - 2 * delta:
        messages.append(f"less exact: {after:,.0f} s of samples after the window, {needed}")
    missing_s = sum(gap.samples for *_, gap in gaps_between(near)) * delta
    if missing_s:
        messages.append(f"less exact: {missing_s:,.2f} s are missing in the window or around it")
    return messages
