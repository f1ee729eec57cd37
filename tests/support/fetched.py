"""Results to fetch: three days of CI.SOC.HHZ, each with its name as its content."""

from collections.abc import Callable

from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from shared.corrected_days.request import CorrectedDayRequest

NSCL = "CI.SOC.HHZ."
NUMBERS = (183, 184, 185)

Files = Callable[[str], list[str]]
"""Lists the files of a folder, without their descriptions."""


def request(number: int, **parameters: object) -> CorrectedDayRequest:
    """Return the request for a day of 2019."""
    fields = {"day": f"2019,{number}", "nscl": NSCL, **parameters}
    return CorrectedDayRequest.parse(fields)


def put(server: S3Server, number: int, **parameters: object) -> None:
    """Put the result of a request into the output bucket."""
    key = request(number, **parameters).output_key
    server.client.put_object(Bucket=OUTPUT_BUCKET, Key=key, Body=f"day {number}".encode())
