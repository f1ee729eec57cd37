"""The station index of a served archive, made while the services start."""

import json
import threading
import urllib.request
from http.client import HTTPException

from local.cloud.emulator import TIMEOUT_S
from local.console import say
from runner.commands.station_index import EVENT

FEW_STATIONS = 20
"""Stations whose StationXML is read as quickly as an index of it."""


def start_update(url: str, ended: threading.Event) -> threading.Thread:
    """Make the index, or bring it up to date, in a thread; say how it ended.

    Args:
        url: takes events for the time-window function.
        ended: set once nobody waits for the index any more.
    """
    thread = threading.Thread(target=_update, args=(url, ended), daemon=True)
    thread.start()
    return thread


def _update(url: str, ended: threading.Event) -> None:
    request = urllib.request.Request(url, json.dumps(EVENT).encode())
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:
            report = json.load(response)
    except (OSError, HTTPException, ValueError) as error:
        if not ended.wait(1):  # Ctrl-C ends the function first
            say(f"The index of stations could not be made: {error}")
        return
    if "stations" not in report:
        say(f"The index of stations could not be made: {report.get('errorMessage', report)}")
        return
    say(f"The index of stations is up to date: {report['stations']:,} stations")
    for file in report["unreadable"]:
        say(f"  not in it: {file['object']}: {file['reason']}")
