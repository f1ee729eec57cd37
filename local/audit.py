"""`make audit`: compare the functions' locks with PyPI's database of known vulnerabilities.

    python3 -m local.audit VENV

It needs nothing but Python at first. Only if the database answers, it has `make` set up pip-audit
in VENV. Without an answer it says so and succeeds, because then nothing is known of the locks.
"""

import contextlib
import datetime as dt
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.txt", "requirements-3.13.txt")
IGNORED = Path(__file__).with_name("audit-ignored.txt")

DATABASE = "https://pypi.org/pypi/pip/26.3/json"
"""A release's page in PyPI's JSON API, which lists its vulnerabilities."""

PROBE_S = 10
"""Seconds for the first answer of the database."""

AUDIT_S = 60
"""Seconds for the audit, which makes one request for each package."""

SKIPPED = "skipped: the vulnerability database cannot be reached"
"""First words of the output if nothing was audited. `.ci/run` looks for them."""


Package = dict[str, Any]
"""A package in pip-audit's report: `name` with `version` and `vulns`, or with `skip_reason`."""


@dataclass(frozen=True)
class Ignored:
    """A vulnerability that is known and accepted until a date.

    Attributes:
        until: the last day of the exception.
        reason: why the functions are not affected, or why no version can mend it yet.
    """

    until: dt.date
    reason: str


def main(arguments: list[str]) -> int:
    """Audit the locks, print the result, and return the exit status."""
    (venv,) = arguments
    locks = " and ".join(LOCKS)
    if not reachable(DATABASE):
        print(f"{SKIPPED}; {locks} were not audited")
        return 0
    subprocess.run(["make", "--no-print-directory", f"{venv}/ready"], cwd=ROOT, check=True)
    packages = audited(Path(venv) / "bin" / "pip-audit")
    if packages is None or all("skip_reason" in package for package in packages):
        if packages is None and reachable(DATABASE):
            print(f"pip-audit failed, or took more than {AUDIT_S} s, although the database answers")
            return 1
        print(f"{SKIPPED} for these packages; {locks} were not audited")
        return 0
    ignored = parse_ignored(IGNORED.read_text())
    today = dt.datetime.now(dt.timezone.utc).date()
    found = [*dict.fromkeys(faults(packages, ignored, today))]  # both locks may have a version
    print("\n".join(found) or f"no known vulnerabilities in {locks}")
    return int(bool(found))


def reachable(url: str) -> bool:
    """Return whether the database answers. Mirrors of PyPI may have its packages alone."""
    try:
        with urllib.request.urlopen(url, timeout=PROBE_S) as reply:
            return "vulnerabilities" in json.load(reply)
    except (OSError, ValueError):
        return False


def audited(program: Path) -> list[Package] | None:
    """Return pip-audit's results for all locks; None without a report for one of them.

    It takes one lock at a time, because two may pin different versions of a package.
    """
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as runs:
        options = ["--disable-pip", "--require-hashes", "--progress-spinner", "off"]
        options += ["--timeout", str(PROBE_S), "--format", "json"]
        started = []
        for lock in LOCKS:
            report = Path(folder) / lock
            files = ["--output", str(report), "--requirement", str(ROOT / lock)]
            log = runs.enter_context((Path(folder) / f"{lock}.log").open("w+"))
            command = [str(program), *options, *files]
            run = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
            runs.enter_context(run)
            runs.callback(run.kill)
            started.append((run, report, log))
        packages: list[Package] = []
        end = time.monotonic() + AUDIT_S
        for run, report, log in started:
            with contextlib.suppress(subprocess.TimeoutExpired):
                run.wait(max(0, end - time.monotonic()))
            if run.returncode is None or not report.exists():
                log.seek(0)
                print(log.read())
                return None
            packages += json.loads(report.read_text())["dependencies"]
    return packages


def parse_ignored(text: str) -> dict[str, Ignored]:
    """Return the ignored vulnerabilities by their identifiers.

    Args:
        text: lines of an identifier, the last day (YYYY-MM-DD) and a reason. Lines that are empty
            or begin with # do not count.

    Raises:
        ValueError: if a line lacks the day or the reason.
    """
    lines = (line.strip() for line in text.splitlines())
    found = {}
    for line in lines:
        if line and not line.startswith("#"):
            identifier, day, reason = line.split(maxsplit=2)
            found[identifier] = Ignored(dt.date.fromisoformat(day), reason)
    return found


def faults(packages: list[Package], ignored: dict[str, Ignored], today: dt.date) -> Iterator[str]:
    """Yield a line for each vulnerability that is not ignored, or not any more.

    Packages without a result are faults as well, and so are exceptions that nothing needs.
    """
    used: set[str | None] = set()
    for package in packages:
        name = f"{package['name']} {package.get('version', '')}".strip()
        if "skip_reason" in package:
            yield f"{name}: not audited ({package['skip_reason']})"
        for found in package.get("vulns", []):
            identifiers = [found["id"], *found.get("aliases", [])]
            known = next((one for one in identifiers if one in ignored), None)
            used.add(known)
            fixed = ", ".join(found["fix_versions"]) or "no version yet"
            if known is None:
                yield f"{name}: {' '.join(identifiers)}, fixed in {fixed}"
            elif ignored[known].until < today:
                yield f"{name}: {known} was ignored until {ignored[known].until}, fixed in {fixed}"
    for identifier in ignored.keys() - used:
        yield f"{identifier}: not found any more; remove it from {IGNORED.name}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
