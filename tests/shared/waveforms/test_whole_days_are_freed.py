"""A reader of a whole day is freed with its last reference, not by the garbage collector."""

import gc
import weakref

import numpy as np
import pytest

from shared.waveforms.day_reader import DayReader
from tests.support.builders import make_trace, mseed
from tests.support.compared_days import DAY_OBJECT
from tests.support.generated_days import MIDNIGHT


@pytest.fixture
def no_garbage_collection():
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_garbage_collection")
@pytest.mark.parametrize("hours", [24, 13])
def test_a_day_that_was_read_whole(put, hours):
    samples = np.random.default_rng(1).integers(-9000, 9000, 86_400)
    put(mseed(make_trace("CI.BOM.BHZ.", "2024-01-01", samples, 1.0)))
    reader = DayReader(DAY_OBJECT, stored=True)
    stored = reader.records(MIDNIGHT, MIDNIGHT + hours * 3600)
    assert len(stored.table) > 100
    samples_of_day = weakref.ref(reader._whole)
    del stored, reader
    assert samples_of_day() is None
