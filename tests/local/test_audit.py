"""`make audit`: findings, exceptions with an end, and a database that does not answer."""

import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from local import audit
from tests.support.commands import PROJECT

TODAY = dt.date(2027, 1, 31)
FINDING = {"id": "PYSEC-1", "aliases": ["CVE-1", "GHSA-1"], "fix_versions": ["2.1"]}
REPORT = {
    "dependencies": [
        {"name": "sound", "version": "1.0", "vulns": []},
        {"name": "broken", "version": "2.0", "vulns": [FINDING]},
    ]
}


def faults(report: dict[str, Any], ignored: str = "") -> list[str]:
    return [*audit.faults(report, audit.parse_ignored(ignored), TODAY)]


def test_vulnerability_is_a_fault() -> None:
    assert faults(REPORT) == ["broken 2.0: PYSEC-1 CVE-1 GHSA-1, fixed in 2.1"]
    report = {
        "dependencies": [{**REPORT["dependencies"][1], "vulns": [{"id": "A", "fix_versions": []}]}]
    }
    assert faults(report) == ["broken 2.0: A, fixed in no version yet"]


@pytest.mark.parametrize("identifier", ["PYSEC-1", "CVE-1", "GHSA-1"])
def test_exception_ends(identifier: str) -> None:
    assert faults(REPORT, f"# why\n\n{identifier} 2027-01-31 not called\n") == []
    assert faults(REPORT, f"{identifier} 2027-01-30 not called\n") == [
        f"broken 2.0: {identifier} was ignored until 2027-01-30, fixed in 2.1"
    ]


def test_exception_that_nothing_needs_is_a_fault() -> None:
    assert faults({"dependencies": REPORT["dependencies"][:1]}, "A-1 2028-01-01 not called") == [
        "A-1: not found any more; remove it from audit-ignored.txt"
    ]


@pytest.mark.parametrize("line", ["A-1", "A-1 2027-01-31", "A-1 soon not called"])
def test_exception_without_day_or_reason(line: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        audit.parse_ignored(line)


def test_exceptions_of_the_project() -> None:
    audit.parse_ignored(audit.IGNORED.read_text())


def test_package_without_result_is_a_fault() -> None:
    skipped = {"name": "lost", "skip_reason": "no release 2.0"}
    report = {"dependencies": [*REPORT["dependencies"][:1], skipped]}
    assert faults(report) == ["lost: not audited (no release 2.0)"]


class Database(HTTPServer):
    """An HTTP server with one reply for every path."""

    status = 200
    body = b""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Reply)


class Reply(BaseHTTPRequestHandler):
    server: Database

    def do_GET(self) -> None:
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    with Database() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        monkeypatch.setattr(audit, "DATABASE", f"http://127.0.0.1:{server.server_port}/pypi/pip")
        yield server
        server.shutdown()
        thread.join()


def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pip_audit: str) -> int:
    """Run the audit with a stand-in for pip-audit, in bash with $output."""
    program = tmp_path / "bin" / "pip-audit"
    program.parent.mkdir()
    reads = "while [[ $1 != --output ]]; do shift; done; output=$2\n"
    program.write_text(f"#!/usr/bin/env bash\nset -eu\n{reads}{pip_audit}\n")
    program.chmod(0o755)
    made: list[list[str]] = []
    original = audit.subprocess.run

    def fake(command: list[str], **options: Any) -> Any:
        if command[0] == "make":
            return made.append(command)
        return original(command, **options)

    monkeypatch.setattr(audit.subprocess, "run", fake)
    status = audit.main([str(tmp_path)])
    assert made == [["make", "--no-print-directory", f"{tmp_path}/ready"]]
    return status


KNOWS_VULNERABILITIES = b'{"info": {}, "vulnerabilities": []}'


def test_finding_fails(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any
) -> None:
    database.body = KNOWS_VULNERABILITIES
    report = json.dumps(REPORT)
    assert run(monkeypatch, tmp_path, f"echo '{report}' > \"$output\"; exit 1") == 1
    assert capsys.readouterr().out == "broken 2.0: PYSEC-1 CVE-1 GHSA-1, fixed in 2.1\n"


def test_no_finding_passes(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any
) -> None:
    database.body = KNOWS_VULNERABILITIES
    report = json.dumps({"dependencies": REPORT["dependencies"][:1]})
    assert run(monkeypatch, tmp_path, f"echo '{report}' > \"$output\"") == 0
    locks = "requirements.txt and requirements-3.13.txt"
    assert capsys.readouterr().out == f"no known vulnerabilities in {locks}\n"


@pytest.mark.parametrize(("status", "body"), [(404, b""), (200, b"{}"), (200, b"<html>")])
def test_mirror_without_a_database_is_skipped(
    database: Database, status: int, body: bytes, capsys: Any
) -> None:
    database.status, database.body = status, body
    assert audit.main(["no-such-folder"]) == 0
    assert capsys.readouterr().out.startswith(audit.SKIPPED)


def test_no_connection_is_skipped(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(audit, "DATABASE", "http://127.0.0.1:1/")
    assert audit.main(["no-such-folder"]) == 0
    assert capsys.readouterr().out.startswith(audit.SKIPPED)


ALL_SKIPPED = json.dumps({"dependencies": [{"name": "lost", "skip_reason": "404"}]})


@pytest.mark.parametrize(
    "pip_audit",
    ["exit 1", f"echo '{ALL_SKIPPED}' > \"$output\"", "exec sleep 60"],
    ids=["no report", "nothing audited", "time is over"],
)
def test_database_that_fails_later_is_skipped(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any, pip_audit: str
) -> None:
    database.body = KNOWS_VULNERABILITIES
    monkeypatch.setattr(audit, "AUDIT_S", 0.1 if "sleep" in pip_audit else 60)
    assert run(monkeypatch, tmp_path, pip_audit) == 0
    assert capsys.readouterr().out.startswith(audit.SKIPPED)


def test_ci_looks_for_the_words_of_a_skipped_audit() -> None:
    text = (PROJECT / ".ci" / "run").read_text()
    assert "grep -q '^skipped: '" in text
    assert audit.SKIPPED.startswith("skipped: ")
    assert "make audit" in text


def test_audited_locks_are_those_of_the_images() -> None:
    text = (PROJECT / "Dockerfile.response").read_text()
    assert all(lock in text for lock in audit.LOCKS)
