"""One `make serve` for the lines of all pages, and a folder in which they are typed."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.cloud.s3_server import S3Server
from local.synthetic.archive import DEMO_ARCHIVE, write_archive
from tests.pages.typed import type_in
from tests.support.pages import make_folder
from tests.support.served import Served, serving


@pytest.fixture(scope="session")
def demo_days() -> Path:
    """The demo's archive."""
    return write_archive(DEMO_ARCHIVE, lambda _: None)


@pytest.fixture(scope="session")
def my_data(demo_days: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the demo's archive as a user's own folder, without folders in it."""
    folder = tmp_path_factory.mktemp("home") / "my-data"
    folder.mkdir()
    for path in [*demo_days.rglob("*.ms"), *demo_days.rglob("*.xml")]:
        shutil.copy(path, folder)
    return folder


@pytest.fixture(scope="session")
def served(my_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """All functions, S3 and the queue for `my_data`: `make serve ARCHIVE=~/my-data`."""
    with (
        (tmp_path_factory.mktemp("serve") / "serve.log").open("wb") as log,
        serving(log, ARCHIVE=my_data) as running,
    ):
        yield running


@pytest.fixture
def typed(served: Served, tmp_path: Path) -> Callable[..., str]:
    """Types lines in a folder like the project's own, `tmp_path`, and returns their output."""
    folder = make_folder(tmp_path)
    return lambda lines, status=0: type_in(folder, lines, served.port, status)


@pytest.fixture
def with_demo_days(archive: S3Server, demo_days: Path) -> S3Server:
    """The archive of the handlers, with the demo's days and metadata of CI.BOM."""
    for path in [*demo_days.rglob("CIBOM*.ms"), *demo_days.rglob("CI_BOM.xml")]:
        archive.put(path.relative_to(demo_days).as_posix(), path.read_bytes())
    return archive
