"""A pytest plugin that reads AWS's service descriptions once for all tests.

Every test has its own boto3 session, as sessions cache credentials. Each session would read the
descriptions again, which takes a tenth of a second.
"""

from functools import cache

import botocore.session
from botocore.loaders import Loader, create_loader

_loader = cache(create_loader)


def _shared_loader(search_path_string: str | None = None) -> Loader:
    """Return the loader of all sessions that have the same search path."""
    loader = _loader(search_path_string)
    # Each boto3 session appends its own folder.
    loader.search_paths[:] = dict.fromkeys(loader.search_paths)
    return loader


botocore.session.create_loader = _shared_loader
