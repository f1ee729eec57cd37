"""Correct a channel day of the archive into your own bucket, and open the result.

`S3_OUTPUT_BUCKET` names the bucket. Reading the archive needs no credentials, writing needs yours.
"""

import io

import boto3
import obspy
from obspy import Stream

from shared.corrected_days import CorrectedDayRequest, write_corrected_day

REQUEST = {"day": "2024-01-01", "nscl": "CI.BOM..BHN", "pre_filt": "auto"}


def open_object(uri: str) -> Stream:
    """Return the waveforms of an object.

    Args:
        uri: s3://BUCKET/KEY, as the description of a corrected day has it.
    """
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    content = boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    return obspy.read(io.BytesIO(content))


def main() -> None:
    """Correct the day and open it."""
    description = write_corrected_day(CorrectedDayRequest.parse(REQUEST))
    for warning in description["warnings"]:
        print(warning)
    for gap in description["gaps"]:
        print(f"gap from {gap['starttime']} to {gap['endtime']}: {gap['done']}")
    print(description["output_key"])
    for trace in open_object(description["output_key"]):
        print(f"{trace}, peak {abs(trace.data).max():.3e} {description['units']}")


if __name__ == "__main__":
    main()
