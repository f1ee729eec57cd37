"""The summary of a run."""

from runner.errors import CallError
from runner.results.summary import Summary
from runner.sending.request_result import RequestResult
from shared.corrected_days.request import CorrectedDayRequest

REQUEST = CorrectedDayRequest.parse({"day": "2019,183", "nscl": "CI.SOC.HHZ."})
DONE = RequestResult(REQUEST, 1.0, 1, output_key="s3://bucket/key")


def failure(kind, message="...", **flags):
    return RequestResult(REQUEST, 1.0, 1, error=CallError(kind, message, **flags))


def test_counts():
    summary = Summary(2_000, skipped=1_000)
    kept = [DONE, failure("S3Error", "x" * 1_000), failure("NoWaveformError"), failure("S3Error")]
    assert summary.add(kept) == kept
    assert summary.left == 996
    first, second, third = summary.lines("done", 12.34)
    assert first == (
        "2,000 requests in 12.3 s: 1 done, 3 failed, 1,000 skipped (already done), 996 left"
    )
    assert second.startswith("  2 S3Error, for example: xxx")
    assert second.endswith("...")
    assert len(second) < 200
    assert third == "  1 NoWaveformError, for example: ..."


def test_fatal_errors_are_not_recorded():
    """The first one becomes the error of the run, and has no line in the results file."""
    summary = Summary(3)
    assert summary.add([failure("AccessDenied", "no", fatal=True), DONE]) == [DONE]
    summary.add([failure("ExpiredToken", fatal=True)])
    assert str(summary.fatal) == "AccessDenied: no"
    assert summary.lines("queued", 0.0) == ["3 requests in 0.0 s: 1 queued, 0 failed, 2 left"]


def test_nothing_left_nothing_skipped():
    summary = Summary(1)
    summary.add([DONE])
    assert summary.lines("done", 0.04) == ["1 request in 0.0 s: 1 done, 0 failed"]


def test_warnings_and_gaps_are_counted():
    summary = Summary(3)
    odd = RequestResult(REQUEST, 1.0, 1, output_key="s3://b/k", warnings=["odd"], gaps=[{}, {}])
    summary.add([DONE, odd, odd])
    assert summary.lines("done", 1.0) == [
        "3 requests in 1.0 s: 3 done, 2 with warnings, 0 failed",
        "  2 with a warning, for example: odd",
        "  2 with gaps, 4 gaps in all",
    ]
