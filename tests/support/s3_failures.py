"""Downloads and uploads that must fail."""

from dataclasses import replace

import pytest

from local.cloud.s3_server import OUTPUT_BUCKET
from shared.archive.scedc import SCEDC
from shared.aws import s3_read, s3_write
from shared.errors import S3Error
from tests.support.tiny_server import BODY

OBJECT = SCEDC.object("folder/day.ms")


def refused(error, bucket=SCEDC.bucket, key="folder/day.ms"):
    """Return the error of a download."""
    with pytest.raises(error) as caught:
        s3_read.download(replace(SCEDC, bucket=bucket).object(key))
    assert type(caught.value) is error
    assert f"s3://{bucket}/{key}" in caught.value.message
    assert caught.value.details["object"] == f"s3://{bucket}/{key}"
    assert caught.value.__cause__ is not None
    return caught.value


def refused_upload(bucket=OUTPUT_BUCKET, key="noresp/day.ms"):
    with pytest.raises(S3Error) as caught:
        s3_write.upload(BODY, bucket, key, "text/plain")
    assert type(caught.value) is S3Error
    assert f"s3://{bucket}/{key}" in caught.value.message
    assert caught.value.details["object"] == f"s3://{bucket}/{key}"
    assert caught.value.__cause__ is not None
    return caught.value
