"""A window of `run_lambda.py windows` by options, and its samples."""

from tests.support.builders import noise

START, END = "2024-01-01T00:00:10", "2024-01-01T00:00:20"
SPAN = ["--start", START, "--end", END]
SAMPLES = noise(4_000)[399:800]  # the day's first sample is 19.5 ms after midnight


def window(station="BOM", channel="BHZ", location="", start=START, end=END):
    return {
        "Network": "CI",
        "Station": station,
        "Channel": channel,
        "Location": location,
        "Starttime": start,
        "Endtime": end,
    }
