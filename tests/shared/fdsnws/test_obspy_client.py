"""ObsPy's client finds the services of the time-window function at its start."""

from obspy.clients.fdsn import Client

from shared.fdsnws.routes import ROUTES
from shared.fdsnws.services import SERVICES
from shared.invocation import lambda_handler
from tests.support.http_api import http_api


def test_client_starts_and_prints_its_services(capsys):
    handler = lambda_handler(lambda request: request, routes=ROUTES)
    with http_api(lambda event: handler(event, None)) as server:
        client = Client(server.url, timeout=10)
        client.help("station")
        assert client.get_webservice_version("dataselect") == [1, 1, 0]
    assert {"dataselect", "station"} <= set(client.services)
    assert "event" not in client.services
    for name in ("dataselect", "station"):
        expected = {each.name for each in SERVICES[name].methods["query"]} - {"nodata"}
        assert set(client.services[name]) == expected
    out = capsys.readouterr().out
    assert "'station' service (v1.1.0)" in out
    assert "maxradius (float), Default value: 180.0" in out
    assert "format (str), Default value: xml, Choices: xml, text" in out
    assert {"/fdsnws/dataselect/1/application.wadl", "/fdsnws/event/1/catalogs"} <= set(
        server.paths
    )
