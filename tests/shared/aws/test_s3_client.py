"""S3 clients, failures of all requests, and threads."""

import threading
from dataclasses import replace

import pytest
from botocore.session import Session

from local.cloud.s3_server import OUTPUT_BUCKET
from shared.archive.scedc import SCEDC
from shared.aws import s3_client, s3_read, s3_write
from shared.aws.s3_client import in_threads
from shared.errors import S3Error
from tests.support.s3_failures import refused, refused_upload
from tests.support.tiny_server import BODY, SLOW_DOWN


def test_uri():
    assert s3_client.uri("scedc-pds", "a/b.ms") == "s3://scedc-pds/a/b.ms"


def made_clients(monkeypatch):
    """Return the list to which the options of each new client are added."""
    made, make = [], Session.create_client
    monkeypatch.setattr(
        Session, "create_client", lambda *a, **k: (made.append(k), make(*a, **k))[1]
    )
    return made


def test_client_is_made_once(archive):
    assert s3_client.client(signed=False) is s3_client.client(signed=False)
    assert s3_client.client(signed=False) is not s3_client.client(signed=True)


def test_prepared_clients_are_those_of_the_requests(tiny_server, monkeypatch):
    def answer(exchange):
        exchange.reply(
            200, ETag='"0"'
        ) if exchange.command == "PUT" else exchange.reply_with_object()

    with tiny_server(answer):
        s3_client.prepare(signed=(False, True))
        made = made_clients(monkeypatch)
        s3_read.download(SCEDC.object("key"))
        s3_write.upload(BODY, OUTPUT_BUCKET, "key", "text/plain")
    assert made == []


def test_clients_that_cannot_be_made_are_left_to_the_requests(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "no URL")
    s3_client.prepare(signed=(False, True))
    refused(S3Error)
    refused_upload()


@pytest.mark.parametrize(
    ("environment", "region"), [({}, "eu-central-1"), ({"AWS_REGION": "us-east-1"}, "us-east-1")]
)
def test_archives_are_read_in_their_own_region_unless_another_is_set(
    tiny_server, monkeypatch, environment, region
):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    made = made_clients(monkeypatch)
    with tiny_server(lambda exchange: exchange.reply_with_object()):
        s3_read.download(replace(SCEDC, region="eu-central-1").object("key"))
    assert [options["region_name"] for options in made] == [region]


def test_region_of_the_environment_signs(tiny_server, monkeypatch):
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    with tiny_server(lambda exchange: exchange.reply(200, ETag='"0"')) as server:
        s3_write.upload(BODY, OUTPUT_BUCKET, "key", "text/plain")
    assert "/eu-central-1/s3/" in server.requests[0].headers["Authorization"]


def test_nothing_listens(tiny_server):
    with tiny_server(lambda exchange: exchange.reply(200)):
        pass  # now nothing listens on its port
    refused(S3Error)
    refused_upload()


def test_slow_down_at_every_attempt(tiny_server, monkeypatch):
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    with tiny_server(lambda exchange: exchange.reply(503, SLOW_DOWN)) as server:
        refused(S3Error)
        commands = [request.command for request in server.requests]
        assert commands.count("HEAD") == 2  # botocore reads its own variable
        assert commands.count("GET") == 1  # which would fail alike
        assert refused_upload().details["code"] == "SlowDown"


def test_answer_is_not_http(tiny_server):
    def respond(exchange):
        exchange.wfile.write(b"220 mail.example.com ESMTP\r\n")

    with tiny_server(respond):
        refused(S3Error)
        refused_upload()


def test_connection_is_closed_without_an_answer(tiny_server):
    with tiny_server(lambda _exchange: None):
        refused(S3Error)
        refused_upload()


@pytest.mark.parametrize("url", ["no-url", "http://"])
def test_endpoint_that_is_no_url(monkeypatch, url):
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", url)
    refused(S3Error)


def test_all_items_in_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    done: list[int] = []
    in_threads(done.append, range(40))
    assert sorted(done) == list(range(40))


def test_a_single_item_takes_no_thread() -> None:
    threads = []
    in_threads(lambda _: threads.append(threading.current_thread()), [1])
    assert threads == [threading.main_thread()]


def test_no_items() -> None:
    in_threads(pytest.fail, [])


def test_exceptions_are_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        in_threads(lambda number: 1 / number, [1, 0])


def test_all_threads_share_one_client(monkeypatch: pytest.MonkeyPatch) -> None:
    made = made_clients(monkeypatch)
    barrier = threading.Barrier(8, timeout=300)

    def use(_: int) -> None:
        barrier.wait()
        s3_client.client(signed=False)

    in_threads(use, range(8))
    assert len(made) == 1
