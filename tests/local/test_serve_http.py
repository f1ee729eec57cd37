"""The HTTP API of `make serve`: the lines that it prints, typed as they are, and ObsPy's client."""

import json
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import obspy
import pytest
import urllib3
from obspy import Stream, UTCDateTime
from obspy.clients.fdsn import Client

from local.services import ServicesError, _http_api
from local.synthetic import instrument
from tests.support.builders import METADATA_START, make_trace, mseed, noise
from tests.support.commands import run_command
from tests.support.served import START_S, Served, serving

NSCL = "CI.OWN.BHZ."
START = UTCDateTime("2024-01-01T00:00:00.0195")
WINDOW = {"Network": "CI", "Station": "OWN", "Channel": "BHZ", "Starttime": "2024-01-01"}
RECORDED = noise(40_000)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("data")
    (folder / "day.mseed").write_bytes(mseed(make_trace(NSCL, str(START), RECORDED)))
    epoch = instrument.ChannelEpoch("BHZ", "", 40.0, METADATA_START)
    (folder / "station.xml").write_bytes(instrument.stationxml("CI", "OWN", [epoch]))
    with (
        (tmp_path_factory.mktemp("serve") / "serve.log").open("wb") as log,
        serving(log, ARCHIVE=folder) as running,
    ):
        yield running


@pytest.fixture
def url(served: Served) -> str:
    (line,) = [line for line in served.lines if line.startswith("All as one HTTP API, with FDSN")]
    assert line.endswith(f": http://127.0.0.1:{served.port + 2}")
    return line.rpartition(" ")[2]


def ask(method: str, address: str, **options: Any) -> urllib3.BaseHTTPResponse:
    return urllib3.request(
        method, address, retries=False, redirect=False, timeout=START_S, **options
    )


def test_the_lines_that_it_prints(served: Served, url: str, tmp_path: Path) -> None:
    curl, client, browser = (
        line.strip() for line in served.lines if url in line and line.startswith("  ")
    )
    done = run_command("bash", "-c", curl, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (trace,) = obspy.read(str(tmp_path / "window.mseed"))
    assert trace.data.tolist() == RECORDED[: 60 * 40 + 1].astype(int).tolist()
    (other,) = eval(client, {"Client": Client, "UTCDateTime": UTCDateTime})
    assert (other.data == trace.data).all()
    page = ask("GET", browser.partition(" ")[0])
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert f"{url}/fdsnws/dataselect/1/" in page.data.decode()


def test_the_examples_of_the_page_are_of_the_folder(url: str) -> None:
    page = unescape(ask("GET", f"{url}/").data.decode())
    links = [link for link in re.findall('href="([^"]+)"', page) if "OWN" in link]
    assert len(links) == 4  # three services and a time window
    for link in links:
        assert ask("GET", link).status == 200, link
    (line,) = re.findall(r"print\((client.get_waveforms.*)\)\n", page)
    (trace,) = eval(line, {"client": Client(url), "t": UTCDateTime("2024-01-01")})
    assert trace.data.tolist() == RECORDED[: 60 * 40].astype(int).tolist()


def test_the_source_of_metadata_is_the_folder(url: str) -> None:
    answer = ask("GET", f"{url}/fdsnws/station/1/query?sta=OWN&level=network")
    assert b"<Source>files of the folder " in answer.data


def test_obspys_client_asks_five_things_at_once(url: str) -> None:
    """Its start takes five requests; all of its threads then ask for waveforms."""
    client = Client(url)
    assert "dataselect" in client.services

    def window(second: int) -> Stream:
        return client.get_waveforms("CI", "OWN", "", "BH?", START + second, START + second + 9)

    with ThreadPoolExecutor(5) as pool:
        streams = list(pool.map(window, range(0, 100, 10)))
    for number, (trace,) in enumerate(streams):
        assert trace.stats.starttime == START + 10 * number
        first = 400 * number
        assert trace.data.tolist() == RECORDED[first : first + 361].astype(int).tolist()


def test_both_functions_and_the_methods_of_http(url: str) -> None:
    day = {"day": "2024,001", "nscl": NSCL}
    corrected = ask("POST", f"{url}/response", body=json.dumps(day)).json()
    assert corrected["samples"] == 40_000
    request = {"Windows": [{**WINDOW, "Endtime": "2024-01-01T00:01:00"}]}
    (window,) = ask("POST", f"{url}/windows", json=request).json()
    assert window["data"] == RECORDED[:2400].astype(int).tolist()
    version = f"{url}/fdsnws/dataselect/1/version"
    assert ask("GET", version).data.startswith(b"1.")
    head = ask("HEAD", version)
    assert (head.status, head.data) == (200, b"")
    options = ask("OPTIONS", version)
    assert (options.status, options.data) == (204, b"")
    assert "GET" in options.headers["Allow"]
    assert ask("GET", f"{url}/fdsnws/event/1/application.wadl").status == 404


def test_a_large_reply_is_a_link_to_the_local_s3(served: Served, url: str) -> None:
    """A reply in JSON beyond 6 MB is stored, as on AWS, and the link leads there."""
    fields = {**WINDOW, "Endtime": "2024-01-01T00:16:00", "Output": "VEL"}
    small = ask("GET", f"{url}/windows", fields=fields)
    assert small.status == 200
    windows = [{**WINDOW, "Endtime": "2024-01-01T00:16:00"}] * 14
    reply = ask("POST", f"{url}/windows", json={"Windows": windows, "Output": "VEL"}).json()
    assert reply["url"].startswith(f"http://127.0.0.1:{served.port + 1}/")
    stored = json.loads(ask("GET", reply["url"]).data)
    assert [window["data"] for window in stored] == [small.json()[0]["data"]] * 14


def test_a_taken_port() -> None:
    emulator: Any = SimpleNamespace(runtimes={})
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        said = f"cannot listen on port {port}: .*in use.*; .* such as HTTP_PORT=8010"
        with pytest.raises(ServicesError, match=said), _http_api(emulator, port):
            pass
