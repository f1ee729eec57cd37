"""Real motion as other instruments would have recorded it."""

import numpy as np
import pytest
from obspy import Stream

from benchmarks.real_data import Channel, read_metadata
from benchmarks.windows.derived_channels import derive
from shared.response.parameters import RemovalParameters


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["CI.WBM.LNZ.", "CI.WBM.VHZ."])
def test_the_motion_stays(wbm: Channel, name: str) -> None:
    other = derive(wbm, name, read_metadata(name))
    assert [day.id for day in other.days] == [f"{name[:-4]}.{name[-4:-1]}"] * 3
    step = round(wbm.sampling_rate / other.sampling_rate)
    band = RemovalParameters(pre_filt=(0.01, 0.02, 0.03, 0.04))
    expected, result = (
        each.remove_response(Stream([each.days[1]]), band)[0].data for each in (wbm, other)
    )
    inner = slice(len(result) // 10, -len(result) // 10)
    error = (result - expected[::step])[inner]
    assert np.std(error) < 0.02 * np.std(expected)
