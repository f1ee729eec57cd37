"""Print the waveforms and responses that Pyrocko's squirrel gets from a site, as JSON.

Run by the Python of an environment with Pyrocko: squirrel.py SITE FOLDER START END.
"""

import json
import sys

import numpy as np
from pyrocko import util
from pyrocko.squirrel import Squirrel, get_environment, init_environment

FREQUENCIES = [0.01, 0.1, 1.0, 5.0, 10.0]
"""Of the responses, in Hz."""


def main(site: str, folder: str, start: str, end: str) -> None:
    """Print a JSON object with channels, traces, and responses at some frequencies."""
    init_environment(folder)
    squirrel = Squirrel(env=get_environment(folder))
    squirrel.add_fdsn(site, cache_path=f"{folder}/cache", query_args={"network": "CI"})
    span = {"tmin": util.str_to_time(start), "tmax": util.str_to_time(end)}
    squirrel.update(**span)
    squirrel.update_waveform_promises(**span, codes="CI.*.*.BHZ")
    traces = squirrel.get_waveforms(**span, codes="CI.*.*.BHZ", want_incomplete=True)
    squirrel.update_responses()
    found = {}
    for response in squirrel.get_responses():
        values = response.get_effective(input_quantity="velocity").evaluate(np.array(FREQUENCIES))
        found[".".join(response.codes[:4])] = [[value.real, value.imag] for value in values]
    result = {
        "channels": sorted(".".join(each.codes[:4]) for each in squirrel.get_channels()),
        "traces": [
            [".".join(each.nslc_id), float(each.tmin), each.deltat, each.ydata.tolist()]
            for each in traces
        ],
        "frequencies": FREQUENCIES,
        "responses": found,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
