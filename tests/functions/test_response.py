"""The response function through its handler: direct and HTTP events, replies and errors."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from shared import errors
from tests.support.builders import http_event, put_station
from tests.support.invocations import CORS

Handler = Callable[[Any], Any]
NSCL = "CI.BOM.BHZ."
REQUEST = {"day": "2024,001", "nscl": NSCL}


def test_direct(day: S3Server, response_handler: Handler) -> None:
    reply = response_handler(REQUEST)
    assert reply["output_key"].startswith(f"s3://{OUTPUT_BUCKET}/noresp/2024/2024_001/")
    assert json.loads(json.dumps(reply, allow_nan=False)) == reply  # as the runtime writes it


@pytest.mark.parametrize("version", ["2.0", "1.0"])
@pytest.mark.parametrize("encoded", [False, True])
def test_http(day: S3Server, response_handler: Handler, version: str, encoded: bool) -> None:
    body = json.dumps(REQUEST)
    if encoded:
        body = base64.b64encode(body.encode()).decode()
    reply = response_handler(http_event(body, version, isBase64Encoded=encoded))
    assert reply["statusCode"] == 200
    assert reply["headers"] == {"Content-Type": "application/json", **CORS}
    assert json.loads(reply["body"])["samples"] == 4_000


def spoil_nothing(archive: S3Server, environment: pytest.MonkeyPatch) -> None:
    pass


def no_waveform(archive: S3Server, environment: pytest.MonkeyPatch) -> None:
    key = "continuous_waveforms/2024/2024_001/CIBOM__BHZ___2024001.ms"
    archive.client.delete_object(Bucket="scedc-pds", Key=key)


def no_stationxml(archive: S3Server, environment: pytest.MonkeyPatch) -> None:
    archive.client.delete_object(Bucket="scedc-pds", Key="FDSNstationXML/CI/CI_BOM.xml")


def no_response(archive: S3Server, environment: pytest.MonkeyPatch) -> None:
    put_station(archive, "CI", "BOM", BHN=40.0)


def bad_waveform(archive: S3Server, environment: pytest.MonkeyPatch) -> None:
    archive.put("continuous_waveforms/2024/2024_001/CIBOM__BHZ___2024001.ms", b"<html>" * 99)


def bad_stationxml(archive: S3Server, environment: pytest.MonkeyPatch) -> None:
    archive.put("FDSNstationXML/CI/CI_BOM.xml", b"<html>")


def no_output_bucket(archive: S3Server, environment: pytest.MonkeyPatch) -> None:
    environment.delenv("S3_OUTPUT_BUCKET")


def empty_output_bucket(archive: S3Server, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("S3_OUTPUT_BUCKET", "")


def output_bucket_is_no_name(archive: S3Server, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("S3_OUTPUT_BUCKET", "s3://corrected/waveforms")


def absent_output_bucket(archive: S3Server, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("S3_OUTPUT_BUCKET", "no-such-bucket")


def absent_input_bucket(archive: S3Server, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("S3_INPUT_BUCKET", "no-such-bucket")


def no_credentials(archive: S3Server, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("AWS_ACCESS_KEY_ID", "")
    environment.setenv("AWS_SECRET_ACCESS_KEY", "")


def s3_is_away(archive: S3Server, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    environment.setenv("AWS_MAX_ATTEMPTS", "1")


@pytest.mark.parametrize(
    ("spoil", "request_", "error", "status"),
    [
        (spoil_nothing, {"nscl": NSCL}, errors.BadRequestError, 400),
        (spoil_nothing, {"day": "2024,001"}, errors.BadRequestError, 400),
        (spoil_nothing, {**REQUEST, "day": "2024,367"}, errors.BadRequestError, 400),
        (spoil_nothing, {**REQUEST, "nscl": "CI.B/M.BHZ."}, errors.BadRequestError, 400),
        (spoil_nothing, {**REQUEST, "nscl": "CI.....BHZ."}, errors.BadRequestError, 400),
        (spoil_nothing, {**REQUEST, "encoding": "INT32"}, errors.BadRequestError, 400),
        (spoil_nothing, [REQUEST], errors.BadRequestError, 400),
        (no_waveform, REQUEST, errors.NoWaveformError, 404),
        (no_stationxml, REQUEST, errors.NoStationXMLError, 404),
        (no_response, REQUEST, errors.NoResponseError, 404),
        (bad_waveform, REQUEST, errors.UnreadableObjectError, 502),
        (bad_stationxml, REQUEST, errors.UnreadableObjectError, 502),
        (s3_is_away, REQUEST, errors.S3Error, 502),
        (absent_output_bucket, REQUEST, errors.S3Error, 502),
        (no_credentials, REQUEST, errors.S3Error, 502),
        (absent_input_bucket, REQUEST, errors.SettingsError, 500),
        (no_output_bucket, REQUEST, errors.SettingsError, 500),
        (empty_output_bucket, REQUEST, errors.SettingsError, 500),
        (output_bucket_is_no_name, REQUEST, errors.SettingsError, 500),
    ],
)
def test_errors_are_clear_and_nothing_is_written(
    day: S3Server,
    monkeypatch: pytest.MonkeyPatch,
    response_handler: Handler,
    output_keys: Callable[[], list[str]],
    spoil: Callable[[S3Server, pytest.MonkeyPatch], None],
    request_: Any,
    error: type[errors.ServiceError],
    status: int,
) -> None:
    spoil(day, monkeypatch)

    with pytest.raises(error) as caught:
        response_handler(request_)
    reply = response_handler(http_event(json.dumps(request_)))

    assert reply["statusCode"] == status
    described = json.loads(reply["body"])["error"]
    assert described["type"] == type(caught.value).__name__
    assert described["message"] == caught.value.message
    assert len(described["message"]) > 20
    assert output_keys() == []


@pytest.mark.parametrize(
    "body", [None, "", "day=2024,001", "{", '{"day": NaN}', b"\xff".hex() + "%"]
)
def test_bodies_that_are_no_json(response_handler: Handler, body: Any) -> None:
    for version in ("2.0", "1.0"):
        reply = response_handler(http_event(body, version))
        assert reply["statusCode"] == 400
        assert json.loads(reply["body"])["error"]["type"] == "BadRequestError"


def test_the_missing_setting_is_named(
    day: S3Server, response_handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("S3_OUTPUT_BUCKET")
    with pytest.raises(errors.SettingsError, match="S3_OUTPUT_BUCKET is not set"):
        response_handler(REQUEST)


def test_other_events_are_refused_by_name(response_handler: Handler) -> None:
    event = {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": json.dumps(REQUEST)}}]}
    with pytest.raises(errors.BadRequestError, match="this is an SNS notification"):
        response_handler(event)
