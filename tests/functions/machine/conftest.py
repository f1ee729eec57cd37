"""Invocations with their errors."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from shared.errors import ServiceError
from tests.support.machine_faults import EVENTS

Handler = Callable[[Any], Any]


@pytest.fixture
def invoke(response_handler: Handler, timewindow_handler: Handler) -> Callable[[str], Any]:
    """A function that sends an event, and returns the error's type and message, or the reply."""
    handlers = {"response": response_handler, "timewindow": timewindow_handler}

    def send(name: str) -> Any:
        function, event = EVENTS[name]
        try:
            reply = handlers[function](event)
        except ServiceError as error:
            return error.as_dict()
        reply = json.loads(reply["body"]) if "statusCode" in reply else reply
        reply = reply[0] if isinstance(reply, list) else reply
        return reply.get("error", reply)

    return send
