"""Containers that Lambda restores from a snapshot, and the state that they must not share.

With SnapStart, Lambda imports a function once, when its version is published, and keeps a snapshot
of the process. Every container is a copy of it. State from before the snapshot is thus old, and the
same in all copies. Connections are closed, credentials have expired, and all copies draw the same
random numbers. The imports themselves take no time of an invocation.

- `after_restore` registers a function that renews such state in each copy.
- `load_before_snapshot` imports modules that other containers import at first need.

Without SnapStart, as on Python 3.10, in the emulator or in a script, the first does nothing. The
second also works where provisioned concurrency starts containers ahead of their requests.
https://docs.aws.amazon.com/lambda/latest/dg/snapstart-best-practices.html
"""

from collections.abc import Callable
from typing import TypeVar

from shared import settings

_Hook = TypeVar("_Hook", bound=Callable[[], object])


def after_restore(renew: _Hook) -> _Hook:
    """Have a function called in each restored container, before its first invocation.

    Functions are called in the order in which they were registered. An exception ends the
    container, so that no request meets state of another one. It can be used as a decorator.

    Args:
        renew: the function; its result is dropped.

    Returns:
        The same function.
    """
    if settings.starts_from_snapshot():
        # Part of AWS's runtime, which imports it as well: without it, no hook would be called.
        from snapshot_restore_py import register_after_restore

        register_after_restore(renew)
    return renew


def load_before_snapshot(package: str = "shared") -> bool:
    """Import all modules of a package, with the libraries that they need, where no caller waits.

    Provisioned concurrency also starts containers before there are requests.

    Args:
        package: the package's name.

    Returns:
        Whether they were imported; False where the first invocation follows at once.
    """
    if not (settings.starts_from_snapshot() or settings.starts_ahead()):
        return False
    import importlib
    import pkgutil

    found = importlib.import_module(package)
    for module in pkgutil.walk_packages(found.__path__, f"{package}."):
        importlib.import_module(module.name)
    return True
