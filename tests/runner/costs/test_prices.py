"""AWS list prices."""

import pytest

from runner.costs import prices


def test_storage_has_tiers():
    tb = 1024**4
    assert prices.storage_per_month(0) == 0
    assert prices.storage_per_month(1024**3) == pytest.approx(0.023)
    assert prices.storage_per_month(50 * tb) == pytest.approx(1177.6)
    assert prices.storage_per_month(51 * tb) == pytest.approx(1177.6 + 22.528)
    assert prices.storage_per_month(501 * tb) == pytest.approx(1177.6 + 450 * 22.528 + 21.504)


def test_every_price_has_its_list():
    assert all(price.source.startswith("https://aws.amazon.com/") for price in prices.ALL)
