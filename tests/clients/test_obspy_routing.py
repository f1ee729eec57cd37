"""ObsPy's client of EIDA's routing; the routing service names this site for every channel."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from obspy.clients.fdsn import RoutingClient

from tests.clients.archive import CHANNELS, MIDNIGHT, assert_same, stations, truth
from tests.support.http_api import ServedHandler
from tests.support.tiny_server import TinyServer


@pytest.fixture
def router(served: ServedHandler) -> Iterator[Any]:
    """A routing service: it repeats the lines of a request below the address of its service."""

    def respond(exchange: Any) -> None:
        lines = exchange.server.requests[-1].body.decode().splitlines()
        head = dict(line.split("=") for line in lines if "=" in line)
        url = f"{served.url}/fdsnws/{head['service']}/1/query"
        asked = [line for line in lines if "=" not in line]
        exchange.reply(200, "\n".join([url, *asked, "", ""]).encode())

    server = TinyServer(respond)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield RoutingClient("eida-routing", url=server.url)
    server.shutdown()
    thread.join()
    server.server_close()


def test_waveforms_and_responses(router: Any, served: ServedHandler) -> None:
    start, end = MIDNIGHT - 20, MIDNIGHT + 20
    asked = {"network": "CI,NC", "station": "*", "location": "*", "channel": "BH?"}
    stream = router.get_waveforms(starttime=start, endtime=end, **asked)
    assert_same(stream, truth(start, end))
    # It asks for the channels of the interval before their data.
    posts = [each["rawPath"] for each in served.events if each.get("body")]
    assert posts == ["/fdsnws/station/1/query", "/fdsnws/dataselect/1/query"]
    inventory = router.get_stations(level="response", starttime=start, endtime=end, **asked)
    assert sorted(inventory.get_contents()["channels"]) == sorted(CHANNELS)
    for seed_id in CHANNELS:
        response = stations().get_response(seed_id, MIDNIGHT)
        assert inventory.get_response(seed_id, MIDNIGHT) == response
