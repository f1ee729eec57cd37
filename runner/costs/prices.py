"""AWS list prices in us-west-2 (Oregon), in US dollars, without free tiers, taxes or discounts.

Each price names the AWS page that publishes it. In November 2026 the figures were compared with
stored copies of these pages and with third-party listings of 2026, not with the live pages. Where
those only show us-east-1, its price stands here: AWS charges the same in both regions. Check the
live pages before planning a large run.
"""

from collections.abc import Sequence
from dataclasses import dataclass

REGION = "us-west-2"

LIST_DATE = "2026-11"
"""Year and month of the prices."""

GIB = 1024**3
"""AWS bills a "GB" of memory, of storage and of logs as 2^30 bytes."""


@dataclass(frozen=True)
class Price:
    """A list price.

    Attributes:
        dollars: price of one unit.
        unit: the unit, in words.
        source: AWS's price page.
    """

    dollars: float
    unit: str
    source: str


_LAMBDA = "https://aws.amazon.com/lambda/pricing/"
_S3 = "https://aws.amazon.com/s3/pricing/"
_EC2 = "https://aws.amazon.com/ec2/pricing/on-demand/"

LAMBDA_GB_SECOND = Price(0.0000166667, "GB-second, x86, the first 6 billion of a month", _LAMBDA)
LAMBDA_REQUEST = Price(0.20 / 1e6, "request", _LAMBDA)
S3_PUT = Price(0.005 / 1e3, "PUT, COPY, POST or LIST request, S3 Standard", _S3)
SQS_REQUEST = Price(
    0.40 / 1e6, "request, standard queue, of up to 64 KB", "https://aws.amazon.com/sqs/pricing/"
)
LOGS_GB = Price(
    0.50, "GB of logs taken in by CloudWatch", "https://aws.amazon.com/cloudwatch/pricing/"
)
HTTP_API_REQUEST = Price(
    1.00 / 1e6, "request to an HTTP API", "https://aws.amazon.com/api-gateway/pricing/"
)
TRANSFER_OUT_GB = Price(0.09, "GB out to the Internet, the first 10 TB of a month", _EC2)

TRANSFER_OUT: Sequence[tuple[float, Price]] = (
    (10 * 1024, TRANSFER_OUT_GB),
    (50 * 1024, Price(0.085, "GB out to the Internet, the next 40 TB of a month", _EC2)),
    (150 * 1024, Price(0.07, "GB out to the Internet, the next 100 TB of a month", _EC2)),
    (float("inf"), Price(0.05, "GB out to the Internet, over 150 TB of a month", _EC2)),
)
"""Prices of downloads by tier: the upper limit of the tier in GB, and its price."""

S3_GB_MONTH: Sequence[tuple[float, Price]] = (
    (50 * 1024, Price(0.023, "GB-month, S3 Standard, the first 50 TB", _S3)),
    (500 * 1024, Price(0.022, "GB-month, S3 Standard, the next 450 TB", _S3)),
    (float("inf"), Price(0.021, "GB-month, S3 Standard, over 500 TB", _S3)),
)
"""S3 storage prices by tier: the upper limit of the tier in GB, and its price."""

ALL = (
    LAMBDA_GB_SECOND,
    LAMBDA_REQUEST,
    S3_PUT,
    *(price for _, price in S3_GB_MONTH),
    SQS_REQUEST,
    LOGS_GB,
    HTTP_API_REQUEST,
    *(price for _, price in TRANSFER_OUT),
)
"""Every price."""


def storage_per_month(size: float) -> float:
    """Return the price of a month in S3 Standard, in dollars.

    Args:
        size: total size of all objects, in bytes.
    """
    return _by_tiers(size, S3_GB_MONTH)


def download_once(size: float) -> float:
    """Return the price of sending results to the internet in one month, in dollars.

    Args:
        size: total size of all objects, in bytes.
    """
    return _by_tiers(size, TRANSFER_OUT)


def _by_tiers(size: float, tiers: Sequence[tuple[float, Price]]) -> float:
    size_gb, below, dollars = size / GIB, 0.0, 0.0
    for limit, price in tiers:
        dollars += max(0.0, min(size_gb, limit) - below) * price.dollars
        below = limit
    return dollars
