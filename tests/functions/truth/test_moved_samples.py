"""Row 2 of docs/reliability.md: a byte that came in moves samples that have no check of their own.

The record is a gap that is named, and no sample has another value.
"""

import numpy as np
import pytest

from local.cloud.s3_server import S3Server
from tests.support.builders import forget_objects
from tests.support.known_records import FLOAT32, INT32, Clock, Layout, put_records, records
from tests.support.timed_samples import DAY, DOORS, MIDNIGHT, NSCL, READS, Handler, ask

RATE, NPTS = 1.0, 2_000
CLOCK = Clock(MIDNIGHT + 0.5, RATE)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("encoding", [INT32, FLOAT32])
@pytest.mark.parametrize("added", [1, 4, 100])
def test_no_sample_is_another(
    archive: S3Server, timewindow_handler: Handler, door: str, encoding: int, added: int
) -> None:
    layout = Layout(encoding=encoding)
    content = records(NSCL, np.arange(NPTS), CLOCK, layout)
    place = 5 * layout.record_length + 200
    put_records(archive, NSCL, DAY, content[:place], b"x" * added, content[place:])
    for read in READS:
        forget_objects()
        last = CLOCK.time(NPTS - 1)
        asked = ask(timewindow_handler, CLOCK.start, last, door=door, Read=read)
        expected = np.round((asked.times_ns - CLOCK.start.ns) * 1e-9 * RATE)
        assert asked.values.tolist() == expected.tolist()
        assert [(gap["samples"], gap["why"]) for gap in asked.gaps] == [(112, "damaged")]
        assert any("damaged" in warning for warning in asked.warnings)
