"""Requests for corrected days, and the keys of their results."""

from typing import Any

import pytest

from shared.corrected_days.request import CorrectedDayRequest
from shared.errors import BadRequestError
from tests.support.corrected_days import KEY, REQUEST


@pytest.mark.parametrize(
    ("changes", "folder"),
    [
        ({}, "noresp"),
        ({"water_level": 60.0, "pre_filt": None, "encoding": "FLOAT32"}, "noresp"),
        ({"output": "DISP"}, "noresp_output-DISP"),
        ({"encoding": "FLOAT64"}, "noresp_encoding-FLOAT64"),
        ({"output": "ACC", "encoding": "FLOAT64"}, "noresp_output-ACC_encoding-FLOAT64"),
        ({"pre_filt": [0.005, 0.01, 35, 45.5]}, "noresp_pre_filt-0.005-0.01-35-45.5"),
        ({"water_level": None}, "noresp_water_level-none"),
        ({"taper_fraction": 0}, "noresp_taper_fraction-0"),
        ({"zero_mean": False}, "noresp_zero_mean-false"),
        ({"method": "obspy"}, "noresp_method-obspy"),
        ({"pre_filt": "auto"}, "noresp_pre_filt-auto"),
        ({"pre_filt": "auto", "water_level": None}, "noresp_pre_filt-auto"),
        ({"pre_filt": "auto", "water_level": 60}, "noresp_pre_filt-auto_water_level-60"),
        ({"gaps": "split"}, "noresp_gaps-split"),
        ({"edges": "neighbours"}, "noresp_edges-neighbours"),
    ],
)
def test_no_result_takes_anothers_place(changes: dict[str, Any], folder: str) -> None:
    request = CorrectedDayRequest.parse({**REQUEST, **changes})
    assert request.output_key == f"{folder}/{KEY}"


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (None, "the request is None"),
        ([], "must be a JSON object with day, nscl"),
        ({}, "day is missing"),
        ({"day": "2019,183"}, "nscl is missing"),
        ({**REQUEST, "day": 2019183}, "day is 2019183"),
        ({**REQUEST, "day": "2019,366"}, "2019 has days 001 to 365"),
        ({**REQUEST, "day": "2019-18"}, "day '2019-18'"),
        ({**REQUEST, "nscl": "CI.SOC"}, "network.station.channel.location"),
        ({**REQUEST, "nscl": "CI.S/C.HHZ."}, "station code 'S/C'"),
        ({**REQUEST, "nscl": "../../etc"}, "nscl '../../etc'"),
        ({**REQUEST, "nscl": ["CI.SOC.HHZ."]}, "nscl is"),
        ({**REQUEST, "waterlevels": 60}, r"'waterlevels' \(did you mean 'water_level'\?\)"),
        ({**REQUEST, "net": "CI"}, "net is 'CI': must be absent, as nscl gives the channel"),
        ({**REQUEST, "Day": "2019,183"}, "day is given twice, as 'day' and as 'Day'"),
        ({**REQUEST, "encoding": "INT32"}, "'FLOAT32', 'FLOAT64'"),
    ],
)
def test_bad_requests_name_what_is_wrong(bad: object, words: str) -> None:
    with pytest.raises(BadRequestError, match=words):
        CorrectedDayRequest.parse(bad)
