"""The log of errors: no frames of handled ones, and no parts of a stranger's request."""

import json
from types import SimpleNamespace

import pytest

from shared import errors
from tests.support.batches import handler
from tests.support.invocations import http_api_2

CONTEXT = SimpleNamespace(aws_request_id="3b0f5b1a")
BAD = http_api_2(json.dumps({"fail": "bad"}))


def test_a_handled_error_has_a_single_frame():
    """Lambda logs the frames of an error that is raised, and sends them to the caller."""
    with pytest.raises(errors.NoWaveformError) as caught:
        handler({"fail": "absent"}, CONTEXT)
    assert [frame.name for frame in caught.traceback[1:]] == ["handler"]
    with pytest.raises(ZeroDivisionError) as caught:
        handler({"fail": "bug"}, CONTEXT)
    assert caught.traceback[-1].name == "process"


@pytest.mark.parametrize("event", [BAD, http_api_2("{SECRET")])
def test_a_strangers_request_is_not_in_the_log(event, caplog, capsys):
    assert handler(event, CONTEXT)["statusCode"] == 400
    assert caplog.text == ""
    assert "SECRET" not in capsys.readouterr().out
