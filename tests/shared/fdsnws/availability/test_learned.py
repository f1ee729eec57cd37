"""The cost of a request, the spans that it keeps for later ones, and its limits."""

import json
from types import SimpleNamespace

import pytest

from local.cloud.s3_server import OUTPUT_BUCKET
from shared import limits
from shared.archive.scedc import SCEDC
from shared.holdings import day_spans
from tests.support.builders import make_trace, noise, put_day
from tests.support.faulty_s3 import faulty_s3
from tests.support.s3_faults import forbid

QUERY = "query?net=CI&sta=BOM&loc=--&cha=BHZ&start=2024-01-01&end=2024-01-04T23:59:59"
KEY = "fdsnws/availability/continuous_waveforms/2024/2024_00{day}/CIBOM__BHZ___202400{day}.ms.json"


@pytest.fixture
def proxy(days, monkeypatch):
    with faulty_s3(days) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.url)
        yield proxy


@pytest.fixture
def requests(proxy):
    """A function that counts the requests since it was called last: (archive, output, writes)."""

    def count():
        made = list(proxy.requests)
        proxy.requests.clear()
        archive = sum(f"/{SCEDC.bucket}/" in path for _, path in made)
        output = [method for method, path in made if f"/{OUTPUT_BUCKET}/" in path]
        return archive, output.count("GET"), output.count("PUT")

    return count


def test_a_day_that_was_read_costs_two_small_requests(days, get, requests):
    first = get(QUERY).text
    # Each of four days is looked for; three exist, and are read in one part each.
    assert requests() == (7, 3, 3)
    assert get(QUERY).text == first
    assert requests() == (4, 0, 0)
    day_spans.forget_spans()  # as in a new container
    assert get(QUERY).text == first
    assert requests() == (4, 3, 0)


def test_the_kept_object_has_the_spans_and_their_etag(days, get):
    assert get(QUERY).status == 200
    kept = json.loads(days.get(f"s3://{OUTPUT_BUCKET}/{KEY.format(day=2)}"))
    key = KEY.format(day=2).removeprefix("fdsnws/availability/").removesuffix(".json")
    assert kept["etag"] == days.client.head_object(Bucket=SCEDC.bucket, Key=key)["ETag"]
    assert kept["object"] == f"s3://{SCEDC.bucket}/{key}"
    assert [span[2:] for span in kept["spans"]] == [["D", 1.0], ["D", 1.0]]
    assert [(end - start) / 1e9 for start, end, *_ in kept["spans"]] == [3_599, 7_199]


def test_a_replaced_day_is_read_again(days, get, requests):
    assert len(get(QUERY).rows) == 3
    requests()
    put_day(
        days, "CI.BOM.BHZ.", "2024,004", make_trace("CI.BOM.BHZ.", "2024-01-04", noise(90), 1.0)
    )
    for clear in (lambda: None, day_spans.forget_spans):
        clear()
        assert get(QUERY).rows[-1][-2:] == [
            "2024-01-04T00:00:00.000000Z", "2024-01-04T00:01:29.000000Z",
        ]  # fmt: skip
    assert requests()[2] == 1


def test_a_kept_object_that_is_damaged_is_not_used(days, get):
    first = get(QUERY).text
    for content in (b"", b"[]", b"\xff", b'{"format":1,"object":1,"etag":[]}', b"[" * 5_000):
        days.client.put_object(Bucket=OUTPUT_BUCKET, Key=KEY.format(day=1), Body=content)
        day_spans.forget_spans()
        assert get(QUERY).text == first


def test_spans_in_a_kept_object_that_are_none_are_not_used(days, get, caplog):
    first = get(QUERY).text
    kept = json.loads(days.get(f"s3://{OUTPUT_BUCKET}/{KEY.format(day=1)}"))
    good = kept["spans"][0]
    far, early = [10**30, 10**30, "D", 1.0], [good[1], good[0] - 1, *good[2:]]
    wrong = [[*good[:3], float("inf")], [*good[:3], 0.0], [*good[:2], "<b>", 1.0], far, early]
    endless = [[float("inf"), *good[1:]]]
    for spans in (
        [[1, 2, "D"]],
        [[1, 2, "D", "fast"]],
        7,
        [None],
        *([each] for each in wrong),
        endless,
    ):
        body = json.dumps({**kept, "spans": spans}).encode()
        days.client.put_object(Bucket=OUTPUT_BUCKET, Key=KEY.format(day=1), Body=body)
        day_spans.forget_spans()
        assert get(QUERY).text == first
        assert "it does not have the spans of a day" in caplog.text
        caplog.clear()


def test_without_an_output_bucket_memory_serves(days, get, requests, monkeypatch):
    monkeypatch.delenv("S3_OUTPUT_BUCKET")
    first = get(QUERY).text
    assert requests() == (7, 0, 0)
    assert get(QUERY).text == first
    assert requests() == (4, 0, 0)


def test_an_output_bucket_that_refuses_is_logged(days, get, proxy, caplog):
    proxy.add(forbid, part=f"/{OUTPUT_BUCKET}/", methods=("PUT",))
    assert len(get(QUERY).rows) == 3
    assert "the next request reads the day again" in caplog.text
    proxy.add(forbid, part=f"/{OUTPUT_BUCKET}/")
    day_spans.forget_spans()
    assert len(get(QUERY).rows) == 3


# Limits


@pytest.mark.parametrize("method", ["query", "extent"])
def test_too_many_objects_are_refused_before_any_is_read(get, monkeypatch, method):
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
    query = "?net=CI&sta=A,B&loc=--&cha=BHZ&start=2020-01-01&end=2021-12-31T12:00:00"
    answer = get(f"{method}{query}")
    assert answer.status == 413
    assert "takes 1,462 channel days (2 channels): at most 1,000 in one request" in answer.text
    assert "for at most 500 days" in answer.text


def test_too_many_bytes_are_refused_before_they_are_read(days, get, requests, monkeypatch):
    assert get(QUERY).status == 200
    limit = SimpleNamespace(size=150_000, setting="MAX_HEADERS_MIB", mib="0.15")
    monkeypatch.setattr(limits, "max_headers", lambda: limit)
    requests()
    assert get(QUERY).status == 200  # known by now
    day_spans.forget_spans()
    for day in (1, 2, 4):
        days.client.delete_object(Bucket=OUTPUT_BUCKET, Key=KEY.format(day=day))
    requests()
    answer = get(QUERY)
    assert answer.status == 413
    assert "the record headers of 3 channel days" in answer.text
    assert "(MAX_HEADERS_MIB=0.15); ask for about 2 channel days" in answer.text
    assert requests()[0] == 4


def test_too_many_spans_of_a_channel(days, get, monkeypatch):
    monkeypatch.setattr("shared.fdsnws.availability._MOST_SPANS", 2)
    times = "start=2024-01-01&end=2024-01-02T12:00:00"
    # BHZ has two spans by then, the others three each.
    assert {row[3] for row in get(f"query?net=*&{times}").rows} == {"BHZ"}
    answer = get(f"query?net=*&{times}&excludetoolarge=false")
    assert answer.status == 413
    assert "CE.13884.10.HNZ, CI.BOM.00.BHN: more than 2 time spans" in answer.text
    assert get(f"query?cha=BHN&{times}").status == 413  # nothing else is left
    assert len(get(f"query?net=*&{times}&merge=quality,samplerate,overlap").rows) == 5


def test_an_entity_tag_is_that_of_the_rows(days, get):
    first, second = get(QUERY), get(QUERY)
    assert first.headers["ETag"] == second.headers["ETag"]
    assert get(f"{QUERY}&format=json").headers["ETag"] != first.headers["ETag"]
    assert get(f"{QUERY}&mergegaps=9999").headers["ETag"] != first.headers["ETag"]
