"""`make audit`: findings, exceptions with an end, and a database that does not answer."""

import datetime as dt
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from local import audit
from tests.support.commands import PROJECT

TODAY = dt.date(2027, 1, 31)
FINDING = {"id": "PYSEC-1", "aliases": ["CVE-1", "GHSA-1"], "fix_versions": ["2.1"]}
SOUND: audit.Package = {"name": "sound", "version": "1.0", "vulns": []}
BROKEN: audit.Package = {"name": "broken", "version": "2.0", "vulns": [FINDING]}
LOST: audit.Package = {"name": "lost", "skip_reason": "no release 2.0"}


def faults(package: audit.Package, ignored: str = "") -> list[str]:
    return [*audit.faults([SOUND, package], audit.parse_ignored(ignored), TODAY)]


def test_vulnerability_is_a_fault() -> None:
    assert faults(BROKEN) == ["broken 2.0: PYSEC-1 CVE-1 GHSA-1, fixed in 2.1"]
    unfixed = {**BROKEN, "vulns": [{"id": "A", "fix_versions": []}]}
    assert faults(unfixed) == ["broken 2.0: A, fixed in no version yet"]


@pytest.mark.parametrize("identifier", ["PYSEC-1", "CVE-1", "GHSA-1"])
def test_exception_ends(identifier: str) -> None:
    assert faults(BROKEN, f"# why\n\n{identifier} 2027-01-31 not called\n") == []
    assert faults(BROKEN, f"{identifier} 2027-01-30 not called\n") == [
        f"broken 2.0: {identifier} was ignored until 2027-01-30, fixed in 2.1"
    ]


def test_exception_that_nothing_needs_is_a_fault() -> None:
    assert faults(SOUND, "A-1 2028-01-01 not called") == [
        "A-1: not found any more; remove it from audit-ignored.txt"
    ]


@pytest.mark.parametrize("line", ["A-1", "A-1 2027-01-31", "A-1 soon not called"])
def test_exception_without_day_or_reason(line: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        audit.parse_ignored(line)


def test_exceptions_of_the_project() -> None:
    audit.parse_ignored(audit.IGNORED.read_text())


def test_package_without_result_is_a_fault() -> None:
    assert faults(LOST) == ["lost: not audited (no release 2.0)"]


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


KNOWS_VULNERABILITIES = b'{"info": {}, "vulnerabilities": []}'


@pytest.fixture
def run(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[str], int]:
    """Return a function that runs the audit with a stand-in for pip-audit.

    The stand-in is a line of bash with the variables $output and $lock.
    """
    database.body = KNOWS_VULNERABILITIES
    made: list[list[str]] = []
    monkeypatch.setattr(audit.subprocess, "run", lambda command, **_: made.append(command))
    program = tmp_path / "bin" / "pip-audit"
    program.parent.mkdir()

    def run(pip_audit: str) -> int:
        reads = "while [[ $1 != --output ]]; do shift; done; output=$2; lock=${4##*/}"
        program.write_text(f"#!/usr/bin/env bash\nset -eu\n{reads}\n{pip_audit}\n")
        program.chmod(0o755)
        status = audit.main([str(tmp_path)])
        assert made == [["make", "--no-print-directory", f"{tmp_path}/ready"]]
        return status

    return run


def reports(*packages: audit.Package) -> str:
    """Return the line of bash that reports packages, as pip-audit does, for each lock."""
    return f"echo '{json.dumps({'dependencies': packages})}' > \"$output\""


def test_finding_in_one_lock_fails(run: Callable[[str], int], capsys: Any) -> None:
    finds = f"if [[ $lock == requirements.txt ]]; then {reports(BROKEN)}; exit 1; fi"
    assert run(f"{finds}; {reports(SOUND)}") == 1
    assert capsys.readouterr().out == "broken 2.0: PYSEC-1 CVE-1 GHSA-1, fixed in 2.1\n"


def test_no_finding_passes(run: Callable[[str], int], capsys: Any) -> None:
    assert run(reports(SOUND)) == 0
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


def test_database_without_these_packages_is_skipped(run: Callable[[str], int], capsys: Any) -> None:
    assert run(reports(LOST)) == 0
    assert capsys.readouterr().out.startswith(audit.SKIPPED)


FAILS = ["exit 1", "exec sleep 60", "if [[ $lock != requirements.txt ]]; then exit 2; fi"]


@pytest.mark.parametrize("pip_audit", FAILS)
def test_failure_while_the_database_answers_fails(
    run: Callable[[str], int], monkeypatch: pytest.MonkeyPatch, capsys: Any, pip_audit: str
) -> None:
    monkeypatch.setattr(audit, "AUDIT_S", 0.1 if "sleep" in pip_audit else 60)
    assert run(f"echo the reason; {pip_audit}; {reports(SOUND)}") == 1
    said = capsys.readouterr().out
    assert "the reason\n" in said
    assert "pip-audit failed" in said


def test_database_that_goes_away_is_skipped(
    run: Callable[[str], int], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    answers = iter([True, False])
    monkeypatch.setattr(audit, "reachable", lambda _: next(answers))
    assert run("exit 1") == 0
    assert audit.SKIPPED in capsys.readouterr().out.splitlines()[-1]


def test_ci_looks_for_the_words_of_a_skipped_audit() -> None:
    text = (PROJECT / ".ci" / "run").read_text()
    assert "grep -q '^skipped: '" in text
    assert audit.SKIPPED.startswith("skipped: ")
    assert "make audit" in text


def test_audited_locks_are_those_of_the_images() -> None:
    text = (PROJECT / "Dockerfile.response").read_text()
    assert all(lock in text for lock in audit.LOCKS)
