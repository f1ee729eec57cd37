"""The tests that share a process when pytest-xdist runs several, as in `make test`."""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

AS_TYPED = (
    "tests/deployment/sam/",
    "tests/deployment/test_images",
    "tests/local/test_demo",
    "tests/local/test_serve",
    "tests/pages/",
)
"""Tests that type commands as a user does: they write to the project's folder, and take longest."""

ONE_STACK = ("tests/deployment/stack/",)
"""Tests that share the lines pasted into one account."""


class ByModule(LoadScopeScheduling):
    """Keep a module's tests in one process, as well as all of AS_TYPED and all of ONE_STACK."""

    def _split_scope(self, nodeid: str) -> str:
        for group in (AS_TYPED, ONE_STACK):
            if nodeid.startswith(group):
                return group[0]
        return nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByModule:
    return ByModule(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the longest tests, so that no process waits for them at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(AS_TYPED))
