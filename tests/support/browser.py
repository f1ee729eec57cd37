"""The page of questions in headless Chromium, from another host than the services."""

import contextlib
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from local.project import BUILD, PROJECT
from tests.support.tiny_server import TinyServer

PAGE = PROJECT / "tests" / "conformance"
"""The folder of the page and of the lock of its packages."""

FOLDER = BUILD / "browser"
"""Where `make browser` installs the packages."""

TIMEOUT_S = 120
"""For all questions; they take some seconds."""

_OPTIONS = (
    "--headless",
    # Chromium refuses its sandbox to root, as whom containers run.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    # It asks no other host, not even for updates of its own.
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
_HTML = b'<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>'


def chromium() -> str | None:
    """Return the path of Chromium, None without it."""
    return shutil.which("chromium")


def is_set_up() -> bool:
    """Return whether this machine has Chromium, and the packages that the lock pins."""
    installed, lock = FOLDER / "package-lock.json", PAGE / "package-lock.json"
    same = installed.is_file() and installed.read_bytes() == lock.read_bytes()
    return same and (FOLDER / "ready").is_file() and chromium() is not None


def page() -> bytes:
    """Return the page's script with the packages that it imports."""
    done = subprocess.run(
        [FOLDER / "node_modules/.bin/esbuild", PAGE / "page.js", "--bundle", "--format=esm"],
        env={**os.environ, "NODE_PATH": str(FOLDER / "node_modules")},
        capture_output=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def ask(services: str, folder: Path) -> dict[str, dict[str, Any]]:
    """Return the page's answers: `answer`, or `error` for one that failed, by question.

    Args:
        services: the root of the services' host.
        folder: an empty folder for the browser's profile and log.
    """
    script, posted, there = page(), [], threading.Event()

    def respond(exchange: Any) -> None:
        path = urlsplit(exchange.path).path
        if path == "/answers":
            posted.append(json.loads(exchange.server.requests[-1].body))
            exchange.reply(204)
            there.set()
        elif path == "/page.js":
            exchange.reply(200, script, Content_Type="text/javascript; charset=utf-8")
        elif path == "/":
            exchange.reply(200, _HTML, Content_Type="text/html; charset=utf-8")
        else:
            exchange.reply(404)

    log = folder / "log"
    with _serving(respond) as url, _browsing(f"{url}/?base={quote(services, '')}", folder, log):
        assert there.wait(TIMEOUT_S), log.read_text(errors="replace")[-3000:]
    answers: dict[str, dict[str, Any]] = posted[0]
    return answers


@contextlib.contextmanager
def _serving(respond: Any) -> Iterator[str]:
    server = TinyServer(respond)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def _browsing(url: str, folder: Path, log: Path) -> Iterator[None]:
    """Open a page in Chromium, and end that browser alone."""
    profile = f"--user-data-dir={folder / 'profile'}"
    with log.open("wb") as errors:
        browser = subprocess.Popen(
            [str(chromium()), *_OPTIONS, profile, url], stdout=subprocess.DEVNULL, stderr=errors
        )
    try:
        yield
    finally:
        browser.terminate()
        try:
            browser.wait(10)
        except subprocess.TimeoutExpired:
            browser.kill()
            browser.wait()
