"""The local HTTP API in front of functions that answer at once."""

import json
from collections.abc import Callable
from typing import Any

from werkzeug.test import Client

from local.cloud.http_api import HttpApi


class Function:
    """Stands for a function's emulators; keeps the events."""

    def __init__(self, reply: Any = None) -> None:
        self.reply = {"statusCode": 200, "body": "{}"} if reply is None else reply
        self.events: list[dict[str, Any]] = []

    def call(
        self, event: bytes, begin: Callable[[], object] = lambda: None
    ) -> tuple[int, str, bytes]:
        begin()
        self.events.append(json.loads(event))
        content = self.reply if isinstance(self.reply, bytes) else json.dumps(self.reply).encode()
        return 200, "application/json", content


def api(timeout_s: float = 30, **functions: Any) -> Client:
    return Client(HttpApi(functions, timeout_s), use_cookies=False)
