"""A bounded cache of results from S3 objects, in the memory of a warm container.

Each entry carries the ETag of the object that it was made from. Before using an entry, its reader
asks S3 whether the object still has that ETag.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True)
class Entry(Generic[V]):
    """A cached value.

    Attributes:
        etag: the ETag of the object that the value was made from.
        value: the value; all readers share it, so none may change it.
        weight: the share of the cache's maximum weight.
    """

    etag: str
    value: V
    weight: int


class ETagCache(Generic[K, V]):
    """A thread-safe cache that drops the least recently used entries first.

    Args:
        max_entries: the maximum number of entries.
        max_weight: the maximum weight of all entries together; None is no limit.

    Attributes:
        weight: the weight of all entries together.
    """

    def __init__(self, max_entries: int, max_weight: int | None = None) -> None:
        self._max_entries, self._max_weight = max_entries, max_weight
        self._entries: OrderedDict[K, Entry[V]] = OrderedDict()
        self._lock = Lock()
        self.weight = 0

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: K) -> Entry[V] | None:
        """Return the entry of a key; None if there is none."""
        with self._lock:
            entry = self._entries.get(key)
            if entry:
                self._entries.move_to_end(key)
            return entry

    def put(self, key: K, etag: str, value: V, weight: int = 1) -> None:
        """Replace the entry of a key.

        Two kinds of values are not cached: without an ETag, as they could never be checked, and
        heavier than the maximum, as they would push out all others.
        """
        with self._lock:
            self._drop(key)
            if not etag or (self._max_weight is not None and weight > self._max_weight):
                return
            self._entries[key] = Entry(etag, value, weight)
            self.weight += weight
            while self._is_over_limit():
                self._drop(next(iter(self._entries)))

    def forget(self, key: K, etag: str | None = None) -> None:
        """Drop the entry of a key; with an ETag, only if the entry has that one."""
        with self._lock:
            entry = self._entries.get(key)
            if entry and etag in (None, entry.etag):
                self._drop(key)

    def clear(self) -> None:
        """Drop all entries."""
        with self._lock:
            self._entries.clear()
            self.weight = 0

    def _drop(self, key: K) -> None:
        entry = self._entries.pop(key, None)
        if entry:
            self.weight -= entry.weight

    def _is_over_limit(self) -> bool:
        is_heavy = self._max_weight is not None and self.weight > self._max_weight
        return is_heavy or len(self._entries) > self._max_entries
