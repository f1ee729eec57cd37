"""Serve the functions, S3 and a queue on this machine until Ctrl-C.

All functions of the checkout read the demo's archive, SCEDC's own bucket, or your own files. Their
results are files that stay.
"""

import argparse
import json
import signal
import sys
import time
from pathlib import Path
from typing import IO

from local.archives.source import Source, SourceError, open_source, shown
from local.cloud.s3_server import OUTPUT_BUCKET
from local.console import fail, say
from local.options import DEFAULT_HTTP_PORT, add_options, http_port
from local.project import relative
from local.services import STACK, Services, ServicesError, check_ports, chosen, services
from runner.sending.local_services import DEFAULT_PORT
from shared.archive.scedc import SCEDC

_POLL_S = 0.5
"""How soon Ctrl-C takes effect."""


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="make serve", description=__doc__)
    add_options(parser)
    parser.add_argument("--function", default="", help="names of functions; all without any")
    parser.add_argument(
        "--http-port",
        type=http_port,
        help=f"of the HTTP API: {DEFAULT_HTTP_PORT}, or with another --port the second after it",
    )
    options = parser.parse_args()
    if options.http_port is None:
        own = options.port == DEFAULT_PORT
        options.http_port = DEFAULT_HTTP_PORT if own else options.port + 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        names = chosen(options.function)
        ports = options.port, options.http_port
        check_ports(*ports)
        source = open_source(options.archive, options.results)
        with (
            _log(options.results, options.port) as log,
            services(source, names, ports[0], options.results, log, ports[1]) as served,
        ):
            _introduce(source, served, options.port, Path(log.name))
            # Not `signal.pause`: it does not return when another thread gets the signal.
            while True:
                time.sleep(_POLL_S)
    except (ServicesError, SourceError) as error:
        fail(str(error))
    except KeyboardInterrupt:
        say("\nStopped.")


def _log(results: Path, port: int) -> IO[bytes]:
    """Open the log of the functions: in the terminal, it would push the lines to type away.

    Raises:
        ServicesError: it cannot be written.
    """
    try:
        results.mkdir(parents=True, exist_ok=True)
        return (results / f"serve-{port}.log").open("wb")
    except OSError as error:
        raise ServicesError(f"RESULTS={results} cannot be a folder: {error}") from error


def _introduce(source: Source, served: Services, port: int, log: Path) -> None:
    """Print the archive, the addresses, the folder of results and the next lines to type."""
    if source.notes:
        say("Not served, or with a limit:")
        for note in shown(source.notes):
            say(f"  {note}")
    say(f"The archive is {source.summary}")
    for name in served.functions:
        say(f"The {name} function: {served.emulator.url_of(name)}")
    services_too = ", with FDSN web services" if "timewindow" in served.functions else ""
    say(f"All as one HTTP API{services_too}: {served.http_url}")
    say(f"S3 with s3://{SCEDC.bucket} and s3://{OUTPUT_BUCKET}: {served.aws.endpoint_url}")
    if served.has_queue:
        say(f"Queues {STACK}-jobs and {STACK}-dead-letters: {served.aws.endpoint_url}")
    say(f"Results are files, which stay: {relative(served.results)}")
    say(f"The functions' log: {relative(log)}")
    local = "--local" if port == DEFAULT_PORT else f"--local {port}"
    say("Now type, in another terminal:")
    for line in _commands(source, served, local):
        say(f"  {line}")
    for line in _http_lines(source, served):
        say(f"  {line}")
    say("Calls of a function queue up if there are many at a time. Ctrl-C stops everything.")


def _commands(source: Source, served: Services, local: str) -> list[str]:
    """Return a line for each function, which works as it is."""
    program = ".venv/bin/python run_lambda.py"
    request = relative(source.windows_request(served.results.parent))
    channel, day = source.sample
    lines = {
        "response": f"{program} response --day {day} --nscl {channel.nscl} --pre-filt auto {local}",
        "timewindow": f"{program} windows --request {request} -o output.json {local}",
    }
    if not source.has_response:
        lines["response"] = "# The response function needs StationXML."
    return [
        lines.get(name, f"curl -X POST -d @{request} {served.emulator.url_of(name)}")
        for name in served.functions
    ]


def _http_lines(source: Source, served: Services) -> list[str]:
    """Return a line for curl, one for ObsPy and one for a browser, which work as they are."""
    if "timewindow" not in served.functions:
        return []
    request = json.loads(source.windows_request(served.results.parent).read_text())["Windows"][0]
    names = ("Network", "Station", "Location", "Channel", "Starttime", "Endtime")
    network, station, location, channel, start, end = (request[name].strip() for name in names)
    codes = f"net={network}&sta={station}&loc={location or '--'}&cha={channel}"
    query = f"{codes}&start={start}&end={end}"
    words = ", ".join(f'"{word}"' for word in (network, station, location, channel))
    times = ", ".join(f'UTCDateTime("{time}")' for time in (start, end))
    return [
        f"curl -o window.mseed '{served.http_url}/fdsnws/dataselect/1/query?{query}'",
        f'Client("{served.http_url}").get_waveforms({words}, {times})  # from obspy.clients.fdsn',
        f"{served.http_url}/  # in a browser",
    ]


if __name__ == "__main__":
    main()
