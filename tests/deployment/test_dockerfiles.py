"""Both Dockerfiles build from AWS's base and the lock alone; nothing is writable or secret."""

import re
from pathlib import Path

import pytest

from tests.support.commands import PROJECT

DOCKERFILES = sorted(PROJECT.glob("Dockerfile.*"))
BASE = "public.ecr.aws/lambda/python:${PYTHON_VERSION}"


def instructions(path: Path) -> list[tuple[str, str]]:
    """Return a Dockerfile's instructions with their arguments, each on one line."""
    text = re.sub(r"^#.*\n", "", path.read_text(), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines if line)]


def values(path: Path, instruction: str) -> list[str]:
    return [rest for name, rest in instructions(path) if name == instruction]


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.name)
def test_every_stage_begins_with_the_same_base(path: Path) -> None:
    """A build argument can name it by digest. Without one, a build takes AWS's newest patches."""
    assert {base.split(" AS ")[0] for base in values(path, "FROM")} == {BASE}
    assert re.fullmatch(r"PYTHON_VERSION=3\.\d+", *values(path, "ARG"))
    assert "PYTHON_VERSION=3.10@sha256:" in path.read_text()


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.name)
def test_nothing_is_fetched_but_by_the_lock(path: Path) -> None:
    assert values(path, "ADD") == []
    runs = values(path, "RUN")
    assert not re.search(r"curl|wget|git |pip |yum|dnf|https?:", " ".join(runs))
    installer = (PROJECT / "image" / "install-dependencies").read_text()
    assert '"--require-hashes", "--only-binary=:all:"' in installer
    assert sum("install-dependencies" in run for run in runs) == 1


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.name)
def test_code_is_read_only_and_without_secrets(path: Path) -> None:
    """Only root, which Lambda never is, may write; a build argument would stay in the history."""
    assert any("chmod -R u=rwX,go=rX ${LAMBDA_TASK_ROOT}" in run for run in values(path, "RUN"))
    assert "path.chmod(0o755 if executable else 0o644)" in (
        (PROJECT / "image" / "install-dependencies").read_text()
    )
    text = " ".join([*values(path, "ENV"), *values(path, "ARG")])
    assert not re.search(r"KEY|SECRET|TOKEN|PASSWORD", text, re.IGNORECASE)
    assert (
        values(path, "USER") == []
    )  # Lambda chooses; `sam local` must be root to add its emulator
    assert values(path, "EXPOSE") == []


def test_only_the_content_of_the_images_is_sent_to_the_engine() -> None:
    lines = (PROJECT / ".dockerignore").read_text().splitlines()
    allowed = [line for line in lines if line.startswith("!")]
    assert lines[1] == "*"
    assert not any(re.search(r"\.(git|aws|env|venv)", line) for line in allowed)
