"""S3, SQS and the functions on this machine, for an archive of one's choice.

The response function also gets its queue, which is polled as Lambda polls it.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPException
from pathlib import Path
from typing import IO

from botocore.exceptions import BotoCoreError, ClientError

from local.archives.source import Source
from local.cloud.emulator import TIMEOUT_S, Emulator, EmulatorError
from local.cloud.event_source_mapping import MAX_RECEIVE_COUNT, EventSourceMapping, Queues
from local.cloud.function_names import functions, short_name, similar
from local.cloud.http_api import HttpApi
from local.cloud.results_folder import ResultsFolder
from local.cloud.s3_server import S3Server
from local.cloud.wsgi_server import PortError, WsgiServer, listen
from local.console import say
from local.station_index import FEW_STATIONS, start_update

STACK = "local"
"""The prefix of the queues' names, which on AWS is the stack's name."""

_RESPONSE = "response"
_TIMEWINDOW = "timewindow"

_WAIT_S = 2 * TIMEOUT_S
"""How long the queue's call may take: another call may run before it."""

_COPIES = {_TIMEWINDOW: 5}
"""Emulators of a function: ObsPy's client asks five things at once, and gives up after 15 s. One
that is never called stays small, since the function in it is not loaded."""

_ATTEMPTS = "5"
"""At a request to S3: nobody waits for a quarter of an hour until the network is back."""


_HINT = "choose another port, such as PORT=9010"
_HTTP_HINT = "choose another port for HTTP, such as HTTP_PORT=8010"


class ServicesError(Exception):
    """The services cannot be started, or there is no such function."""


@dataclass(frozen=True)
class Services:
    """All that is served.

    Attributes:
        aws: S3 and SQS.
        emulator: the functions.
        functions: their short names.
        results: the folder of the output bucket.
        http_url: of the HTTP API in front of the functions; "" for none.
    """

    aws: S3Server
    emulator: Emulator
    functions: list[str]
    results: Path
    http_url: str = ""

    @property
    def has_queue(self) -> bool:
        """Whether the messages of the job queue are taken."""
        return _RESPONSE in self.functions


def chosen(text: str) -> list[str]:
    """Return the short names of the functions that a user names; all of them for "".

    Raises:
        ServicesError: one of them does not exist.
    """
    every = functions()
    names = [short_name(name) for name in text.replace(",", " ").split()] or every
    for name in names:
        if name not in every:
            raise ServicesError(
                f"there is no function {name!r}{similar(name, every)}: must be of"
                f" {', '.join(every)}, which are the folders NAME_lambda with an app.py"
            )
    return list(dict.fromkeys(names))


def check_ports(port: int, http_port: int | None = None) -> None:
    """Check that the ports of `services` are free, before an archive is read for minutes.

    Args:
        port: the first port; S3 has the next one.
        http_port: that of the HTTP API; None for no such API.

    Raises:
        ServicesError: a port is taken.
    """
    ports = [(port, _HINT), (port + 1, _HINT), *([(http_port, _HTTP_HINT)] if http_port else [])]
    for each, hint in ports:
        try:
            listen("127.0.0.1", each).close()
        except PortError as error:
            raise ServicesError(f"{error}; {hint}") from error


@contextmanager
def services(
    source: Source,
    names: Sequence[str],
    port: int,
    results: Path,
    log: IO[bytes],
    http_port: int | None = None,
) -> Iterator[Services]:
    """Serve functions on a port, S3 and SQS on the next one, and an HTTP API on another.

    Args:
        source: the archive.
        names: short names of the functions.
        port: the first port.
        results: the folder that gets the output bucket, below the archive's name.
        log: receives the functions' log lines.
        http_port: that of the HTTP API; None for no such API.

    Raises:
        ServicesError: a port is taken, or an emulator does not start.
    """
    try:
        folder = ResultsFolder(results / source.name)
    except OSError as error:
        raise ServicesError(f"RESULTS={results} cannot be a folder: {error}") from error
    try:
        with _services(source, names, port, folder, log) as served:
            if http_port is None:
                yield served
                return
            with _http_api(served.emulator, http_port) as url:
                yield replace(served, http_url=url)
    except (EmulatorError, PortError) as error:
        raise ServicesError(f"{error}; {_HINT}") from error


@contextmanager
def _http_api(emulator: Emulator, port: int) -> Iterator[str]:
    """Serve the HTTP API; yield its URL.

    Raises:
        ServicesError: the port is taken.
    """
    server = WsgiServer(HttpApi(emulator.runtimes), port)
    with ExitStack() as stack:
        try:
            stack.enter_context(server)
        except PortError as error:
            raise ServicesError(f"{error}; {_HTTP_HINT}") from error
        yield f"http://127.0.0.1:{server.port}"


@contextmanager
def _services(
    source: Source, names: Sequence[str], port: int, folder: ResultsFolder, log: IO[bytes]
) -> Iterator[Services]:
    with S3Server(port=port + 1, archive=source.answer, results=folder) as aws:
        queues = Queues.create(aws.sqs, STACK, visibility_timeout_s=_WAIT_S)
        environment = {
            **aws.function_environment,
            "DEAD_LETTER_QUEUE_URL": queues.dead_letters,
            "MAX_RECEIVE_COUNT": str(MAX_RECEIVE_COUNT),
            "AWS_MAX_ATTEMPTS": _ATTEMPTS,
            "EXAMPLE_WINDOW": source.example,
            "ARCHIVE_SOURCE": source.origin,
        }
        stop = threading.Event()
        poller: threading.Thread | None = None
        try:
            with Emulator(names, environment, port, log, copies=_COPIES) as emulator:
                if _RESPONSE in names:
                    url = emulator.url_of(_RESPONSE)
                    mapping = EventSourceMapping(aws.sqs, queues.jobs, url, timeout_s=_WAIT_S)
                    poller = threading.Thread(target=_poll, args=(mapping, stop))
                    poller.start()
                if _TIMEWINDOW in names and source.stations > FEW_STATIONS:
                    start_update(emulator.url_of(_TIMEWINDOW), stop)
                yield Services(aws, emulator, list(names), folder.path)
        finally:  # after the emulator, as the poller's call may last minutes
            stop.set()
            if poller:
                poller.join()


def _poll(mapping: EventSourceMapping, stop: threading.Event) -> None:
    """Poll a queue until the end."""
    while not stop.is_set():
        try:
            if received := mapping.poll()[0]:
                say(f"Messages taken from the queue: {received}")
        except (OSError, HTTPException, BotoCoreError, ClientError):
            # The call timed out, or the emulator ended first. The queue hands its messages
            # out again, as on Lambda.
            stop.wait(1)
