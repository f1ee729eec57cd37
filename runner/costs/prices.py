"""AWS's list prices in us-west-2 (Oregon), in US dollars, without free tiers, taxes or discounts.

Each price has the page on which AWS publishes it. In November 2026 the figures were compared with
stored copies of these pages and with others' listings of 2026, not with the live pages; where those
show us-east-1 alone, the price is that region's, as AWS charges the same in both for all of this.
Whoever plans for a larger sum looks them up anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass

REGION = "us-west-2"

LIST_DATE = "2026-11"
"""Year and month as of which the prices are believed to hold."""

GIB = 1024**3
"""AWS bills a "GB" of memory, of storage and of logs as 2^30 bytes."""


@dataclass(frozen=True)
class Price:
    """A list price.

    Attributes:
        dollars: for one unit.
        unit: what that is.
        source: AWS's page of prices.
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
S3_GET = Price(0.0004 / 1e3, "GET or HEAD request, S3 Standard", _S3)
SQS_REQUEST = Price(
    0.40 / 1e6, "request, standard queue, of up to 64 KB", "https://aws.amazon.com/sqs/pricing/"
)
LOGS_GB = Price(
    0.50, "GB of logs taken in by CloudWatch", "https://aws.amazon.com/cloudwatch/pricing/"
)
HTTP_API_REQUEST = Price(
    1.00 / 1e6, "request to an HTTP API", "https://aws.amazon.com/api-gateway/pricing/"
)
ECR_GB_MONTH = Price(
    0.10, "GB-month of images in a private registry", "https://aws.amazon.com/ecr/pricing/"
)
ALARM_MONTH = Price(0.10, "month of an alarm", "https://aws.amazon.com/cloudwatch/pricing/")
TRANSFER_OUT_GB = Price(0.09, "GB out to the Internet, the first 10 TB of a month", _EC2)
EC2_HOUR = Price(0.1008, "hour of an m7i.large, on demand, Linux", _EC2)

EC2_TYPE = "m7i.large"
EC2_VCPUS = 2
EC2_MEMORY_GIB = 8

S3_GB_MONTH: Sequence[tuple[float, Price]] = (
    (50 * 1024, Price(0.023, "GB-month, S3 Standard, the first 50 TB", _S3)),
    (500 * 1024, Price(0.022, "GB-month, S3 Standard, the next 450 TB", _S3)),
    (float("inf"), Price(0.021, "GB-month, S3 Standard, over 500 TB", _S3)),
)
"""S3's prices of storage by tier: up to how many GB in all, and the price of those in it."""

ALL = (
    LAMBDA_GB_SECOND,
    LAMBDA_REQUEST,
    S3_PUT,
    S3_GET,
    *(price for _, price in S3_GB_MONTH),
    SQS_REQUEST,
    LOGS_GB,
    HTTP_API_REQUEST,
    ECR_GB_MONTH,
    ALARM_MONTH,
    TRANSFER_OUT_GB,
    EC2_HOUR,
)
"""Every price, in the order in which they are listed."""


def storage_per_month(size: float) -> float:
    """What S3 Standard takes for a month, in dollars.

    Args:
        size: of all objects, in bytes.
    """
    size_gb, below, dollars = size / GIB, 0.0, 0.0
    for limit, price in S3_GB_MONTH:
        dollars += max(0.0, min(size_gb, limit) - below) * price.dollars
        below = limit
    return dollars
