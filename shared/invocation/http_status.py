"""The HTTP status of each error."""

from collections.abc import Sequence
from http import HTTPStatus

from shared import errors

HTTP_STATUS: dict[type[errors.ServiceError], HTTPStatus] = {
    errors.BadRequestError: HTTPStatus.BAD_REQUEST,
    errors.NoSuchPathError: HTTPStatus.NOT_FOUND,
    errors.UriTooLongError: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.NoDataError: HTTPStatus.NOT_FOUND,
    errors.TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.UpstreamError: HTTPStatus.BAD_GATEWAY,
    errors.ServiceError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""An error class without a row has the status of its nearest parent."""


def http_status(error: errors.ServiceError) -> HTTPStatus:
    """Return the status of an error, from the row of its class or of the nearest parent."""
    return next(HTTP_STATUS[cls] for cls in type(error).__mro__ if cls in HTTP_STATUS)


def status_of_failures(failures: Sequence[errors.ServiceError]) -> HTTPStatus:
    """Return the status of a reply whose parts all failed; 200 if there are no failures.

    The highest status wins, so a failure worth a retry (502) is not hidden behind missing data
    (404). A bug of ours decides only where nothing else failed.
    """
    others = [error for error in failures if not isinstance(error, errors.InternalError)]
    return max(map(http_status, others or failures), default=HTTPStatus.OK)
