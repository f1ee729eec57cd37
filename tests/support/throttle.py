"""S3 that throttles on demand."""

import threading
from typing import Any

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server


class Throttle:
    """An S3 server that refuses every request with 503 SlowDown while it is switched on.

    moto keeps one set of buckets for all servers of a process, so this one serves those of the
    test's own S3.
    """

    def __init__(self) -> None:
        self.on = threading.Event()
        self.refused = 0
        self._s3 = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __call__(self, environ: Any, start_response: Any) -> Any:
        if not self.on.is_set():
            return self._s3(environ, start_response)
        self.refused += 1
        body = b"<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>"
        headers = [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))]
        start_response("503 Slow Down", headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]

    def __enter__(self) -> "Throttle":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
