"""The cache stays within its bounds, and takes nothing without an ETag."""

from concurrent.futures import ThreadPoolExecutor

from shared.aws.etag_cache import ETagCache


def test_an_entry_is_returned_with_its_etag() -> None:
    cache: ETagCache[str, str] = ETagCache(2)
    assert cache.get("a") is None
    cache.put("a", '"1"', "one")
    cache.put("a", '"2"', "two")
    entry = cache.get("a")
    assert entry
    assert (entry.etag, entry.value, len(cache)) == ('"2"', "two", 1)


def test_the_least_recently_used_goes_first() -> None:
    cache: ETagCache[str, int] = ETagCache(2)
    cache.put("a", '"1"', 1)
    cache.put("b", '"1"', 2)
    cache.get("a")
    cache.put("c", '"1"', 3)
    assert [key for key in "abc" if cache.get(key)] == ["a", "c"]


def test_weights_are_bounded() -> None:
    cache: ETagCache[str, int] = ETagCache(100, max_weight=10)
    for key in "abc":
        cache.put(key, '"1"', 0, weight=4)
    assert [key for key in "abc" if cache.get(key)] == ["b", "c"]
    cache.put("b", '"2"', 0, weight=6)
    assert (len(cache), cache.weight) == (2, 10)
    cache.put("b", '"3"', 0, weight=11)  # heavier than the maximum
    assert [key for key in "abc" if cache.get(key)] == ["c"]
    assert cache.weight == 4


def test_without_an_etag_nothing_is_cached() -> None:
    cache: ETagCache[str, int] = ETagCache(2)
    cache.put("a", '"1"', 1)
    cache.put("a", "", 2)
    assert cache.get("a") is None
    assert cache.weight == 0


def test_forgetting_one_etag_or_any() -> None:
    cache: ETagCache[str, int] = ETagCache(2)
    cache.put("a", '"2"', 1)
    cache.forget("a", '"1"')
    assert cache.get("a")
    cache.forget("a", '"2"')
    cache.forget("b")
    assert cache.get("a") is None
    cache.put("a", '"2"', 1)
    cache.clear()
    assert (len(cache), cache.weight) == (0, 0)


def test_threads() -> None:
    cache: ETagCache[int, int] = ETagCache(20, max_weight=50)

    def use(seed: int) -> None:
        for step in range(2000):
            key = (seed * 7919 + step * 31) % 40
            cache.put(key, '"1"', key, weight=key % 5)
            entry = cache.get((key * 3) % 40)
            assert entry is None or entry.value == (key * 3) % 40
            cache.forget((key * 7) % 40, '"1"')

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(use, range(8)))
    entries = [entry for key in range(40) if (entry := cache.get(key))]
    assert len(cache) == len(entries) <= 20
    assert cache.weight == sum(entry.weight for entry in entries) <= 50
