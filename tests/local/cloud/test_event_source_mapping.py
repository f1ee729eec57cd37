"""The event source mapping's reading of a function's reply, by AWS's rules for SQS and Lambda."""

import pytest

from local.cloud.event_source_mapping import failed_messages


@pytest.mark.parametrize(
    "reply",
    [b"", b"null", b"{}", b'{"batchItemFailures": []}', b'{"batchItemFailures": null}'],
)
def test_complete_success(reply):
    assert failed_messages(reply, ["a", "b"]) == set()


@pytest.mark.parametrize(
    ("reply", "failed"),
    [
        (b'{"batchItemFailures": [{"itemIdentifier": "a"}]}', {"a"}),
        (b'{"batchItemFailures": [{"itemIdentifier": "a"}, {"itemIdentifier": "b"}]}', {"a", "b"}),
    ],
)
def test_partial_failure(reply, failed):
    assert failed_messages(reply, ["a", "b", "c"]) == failed


@pytest.mark.parametrize(
    "reply",
    [
        b"Task timed out after 3.00 seconds",
        b'{"errorMessage": "...", "errorType": "S3Error"}',
        b'{"batchItemFailures": [{"itemIdentifier": ""}]}',
        b'{"batchItemFailures": [{"itemIdentifier": null}]}',
        b'{"batchItemFailures": [{"id": "a"}]}',
        b'{"batchItemFailures": [{"itemIdentifier": "of another batch"}]}',
        b'{"batchItemFailures": "a"}',
        b"[1]",
        b'"text"',
    ],
)
def test_complete_failure(reply):
    assert failed_messages(reply, ["a", "b"]) == {"a", "b"}
