"""Error codes of S3, for everyone who handles its errors; botocore is not needed to read them.

The answer to a HEAD has no body, so botocore reports the HTTP status in place of a code.
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

NO_BUCKET = "NoSuchBucket"
ABSENT = frozenset({"404", "NoSuchKey", "NotFound"})
FORBIDDEN = frozenset({"403", "AccessDenied"})
"""S3 also answers this for an absent object, to readers without permission to list the bucket.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html"""
PRECONDITION_FAILED = frozenset({"412", "PreconditionFailed"})
NOT_MODIFIED = frozenset({"304", "NotModified"})
INVALID_RANGE = frozenset({"416", "InvalidRange"})
PASSING = frozenset(
    {"429", "RequestTimeout", "Throttling", "ThrottlingException",
     "RequestLimitExceeded", "TooManyRequests", "RequestThrottled", "OperationAborted"}
)  # fmt: skip
"""Codes below HTTP 500 that a later request may not meet."""
DAMAGED_UPLOAD = frozenset(
    {"BadDigest", "IncompleteBody", "InvalidDigest", "XAmzContentSHA256Mismatch",
     "XAmzContentChecksumMismatch"}
)  # fmt: skip
"""Codes for an upload that did not arrive as it was sent."""
CREDENTIALS = frozenset(
    {"AccountProblem", "ExpiredToken", "ExpiredTokenException", "InvalidAccessKeyId",
     "InvalidClientTokenId", "InvalidToken", "NotSignedUp", "RequestTimeTooSkewed",
     "SignatureDoesNotMatch", "TokenRefreshRequired", "UnrecognizedClientException"}
)  # fmt: skip
"""Codes about the function's account, its credentials or its clock, none of a caller's business."""


def error_code(error: "ClientError") -> str:
    """Return the code of an error, "" if S3 gave none."""
    return error.response.get("Error", {}).get("Code", "")


def http_status(error: "ClientError") -> int:
    """Return the HTTP status of an error, 0 if it is not known."""
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
