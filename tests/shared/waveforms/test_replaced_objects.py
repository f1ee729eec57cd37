"""Day objects that are replaced or removed while they are read."""

from collections.abc import Callable, Iterator

import pytest

from local.cloud.s3_server import S3Server
from shared.archive.scedc import SCEDC
from shared.aws import s3_read
from shared.errors import NoWaveformError, S3Error
from shared.waveforms.day_reader import read_span
from tests.support.compared_days import DAY_OBJECT, KEY, cold_reader, compare, hour
from tests.support.generated_days import MIDNIGHT


@pytest.fixture
def replace_after(archive: S3Server, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that has the object replaced after each n-th read of a part."""

    def schedule(contents: Iterator[bytes], every: int) -> None:
        count = 0
        read_part = s3_read.read_part

        def read(*args: object, **kwargs: object) -> s3_read.ObjectPart:
            nonlocal count
            part = read_part(*args, **kwargs)
            count += 1
            if count % every == 0 and (content := next(contents, None)) is not None:
                archive.put(KEY, content)
            return part

        monkeypatch.setattr(s3_read, "read_part", read)

    return schedule


@pytest.mark.usefixtures("small_reads")
@pytest.mark.parametrize("every", [1, 2])
def test_a_replaced_object_is_read_again(put, replace_after, every: int) -> None:
    old, new = hour(), b"".join(hour(encoding="STEIM1"))
    put(b"".join(old))
    replace_after(iter([new]), every)
    reader = compare(new, MIDNIGHT + 1800, MIDNIGHT + 2100)
    assert reader._whole is None


@pytest.mark.usefixtures("small_reads")
def test_an_object_that_is_replaced_at_each_attempt(put, replace_after) -> None:
    contents = [b"".join(hour(encoding=name)) for name in ("STEIM1", "STEIM2", "INT32")]
    put(contents[0])
    replace_after(iter(contents * 3), 1)
    with pytest.raises(S3Error, match="was replaced 3 times while it was read"):
        read_span(DAY_OBJECT, MIDNIGHT + 1800, MIDNIGHT + 2100)


@pytest.mark.usefixtures("small_reads")
def test_an_object_that_is_removed(archive, put, monkeypatch) -> None:
    put(b"".join(hour()))
    reader = cold_reader()
    reader.read(MIDNIGHT + 600, MIDNIGHT + 700)
    archive.client.delete_object(Bucket=SCEDC.bucket, Key=KEY)
    with pytest.raises(NoWaveformError, match="no data of CI.BOM.BHZ. on 2024,001"):
        reader.read(MIDNIGHT + 2600, MIDNIGHT + 2700)
