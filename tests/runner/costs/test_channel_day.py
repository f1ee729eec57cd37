"""Cost of a channel day: sampling rates by band code, interpolation between measured rates."""

import pytest

from runner.costs import measurement
from runner.costs.channel_day import channel_day_cost, sampling_rate_of
from runner.costs.memory import recommended_memory
from shared.archive.channel_id import ChannelId
from tests.support.measurement import MEASURED, cell


@pytest.mark.parametrize(
    ("name", "rate"),
    [
        ("CI.SOC.HHZ.", 100.0),
        ("CI.SOC.EHZ.", 100.0),
        ("CI.WBM.HNZ.2C", 200.0),
        ("CI.WBM.BHZ.2C", 40.0),
        ("CI.BOM.BHN.", 40.0),
        ("CI.BOM.SHZ.", 40.0),
        ("CI.BOM.MHZ.", 10.0),
        ("CI.BOM.LHZ.", 1.0),
        ("CI.BOM.VMZ.", 1.0),
        ("CI.BOM.UHZ.", 1.0),
        ("CI.BOM.CNZ.", 200.0),
        ("CI.BOM.XYZ.", 200.0),
        ("CI.BOM.1YZ.", 200.0),
    ],
)
def test_sampling_rate_by_band_code(name, rate):
    assert sampling_rate_of(ChannelId.parse(name)) == rate


def test_rates_between_the_measured_ones_lie_on_a_line():
    memory_mb = recommended_memory("response")
    low, high = (cell(memory_mb, rate)["billed_seconds"] for rate in (1.0, 40.0))
    assert channel_day_cost(10.0, memory_mb).seconds == pytest.approx(low + (high - low) * 9 / 39)
    assert channel_day_cost(0.1, memory_mb) == channel_day_cost(1.0, memory_mb)
    assert channel_day_cost(500.0, memory_mb) == channel_day_cost(200.0, memory_mb)


def test_a_memory_size_that_is_too_small_has_no_cost(monkeypatch):
    cells = [
        {**each, "out_of_memory": (each["memory_mb"], each["sampling_rate"]) == (768, 200.0)}
        for each in MEASURED["response"]
    ]
    monkeypatch.setattr(measurement, "load", lambda: {**MEASURED, "response": cells})
    with pytest.raises(ValueError, match="200 Hz with 768 MB: not measured, or too little"):
        channel_day_cost(200.0, 768)
    with pytest.raises(ValueError, match="100 Hz with 1000 MB"):
        channel_day_cost(100.0, 1000)
