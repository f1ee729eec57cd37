"""Which tests stay in one process where they run side by side, as by `make test`."""

from pathlib import PurePath

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

AS_TYPED = ("test_demo", "test_images", "test_readme", "test_sam", "test_serve")
"""Of commands as a user types them. They write to the project's folder, and take longest."""


class ByModule(LoadScopeScheduling):
    """A worker gets a whole module, whose tests share what it sets up, and one all of AS_TYPED."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return "as typed" if PurePath(module).stem in AS_TYPED else module


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByModule:
    return ByModule(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First what takes longest, lest all others wait for it at the end."""
    items.sort(key=lambda item: item.path.stem not in AS_TYPED)
