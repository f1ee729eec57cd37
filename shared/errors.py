"""Every error that a caller may see, in one tree.

::

    ServiceError
    ├── BadRequestError            the request is invalid, or asks for the impossible
    ├── NoSuchPathError            no route of the function has this path
    ├── UriTooLongError            the URL's query is longer than any front door passes on
    ├── NoDataError                no data to answer with
    │   ├── NoSuchObjectError      S3 has no object under this key, or it is not public
    │   ├── NoWaveformError        the archive has no samples for this channel and time
    │   ├── NoStationXMLError      the archive has no metadata for this station
    │   └── NoResponseError        the metadata has no usable response for this channel and time
    ├── TooLargeError              the answer exceeds a reply, or the work memory or time
    ├── UpstreamError              a service or object that we depend on failed
    │   ├── S3Error                S3 could not be reached, or refused
    │   └── UnreadableObjectError  an object of the archive is not of the kind that its key names
    ├── SettingsError              a setting is missing or unusable, or the machine fails
    └── InternalError              a bug of ours

`shared/invocation/http_status.py` maps each error to its HTTP status. `permanent` says whether a
retry is pointless.
"""

from typing import Any

INTERNAL_ERROR = "this is our fault; the log has the details"
"""The message of a bug, which tells a caller nothing else."""

# A message quotes the request, which may be megabytes long and would exceed the reply's limit.
_MAX_MESSAGE_CHARACTERS = 2000


class ServiceError(Exception):
    """Base of all errors meant for the caller.

    Args:
        message: the offending value and the values that would be right; cut if too long.
        details: further members of the JSON error object, such as the key of a missing object;
            JSON types only.
    """

    permanent: bool = True
    """Whether the same request fails again at any time, so that a retry is pointless. A single
    error may differ from its class."""

    def __init__(self, message: str, **details: Any) -> None:
        if len(message) > _MAX_MESSAGE_CHARACTERS:
            message = f"{message[: _MAX_MESSAGE_CHARACTERS - 3]}..."
        super().__init__(message)
        self.message = message
        self.details = details

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON object that reports the error in every reply: type, message, details."""
        return {"type": type(self).__name__, "message": self.message, **self.details}


class BadRequestError(ServiceError):
    """The request is invalid, or asks for the impossible."""


class NoSuchPathError(ServiceError):
    """No route of the function has this path."""


class UriTooLongError(ServiceError):
    """The URL's query is longer than a front door passes on; a body by POST may be longer."""


class NoDataError(ServiceError):
    """The archive has no data to answer with."""


class NoSuchObjectError(NoDataError):
    """S3 has no object under this key, or it is not public."""


class NoWaveformError(NoDataError):
    """The archive has no samples for this channel and time."""


class NoStationXMLError(NoDataError):
    """The archive has no metadata for this station."""


class NoResponseError(NoDataError):
    """The station's metadata has no usable response for this channel and time."""


class TooLargeError(ServiceError):
    """The answer does not fit into a reply, or the work into the function's memory or time."""


class UpstreamError(ServiceError):
    """A service or object that we depend on failed; a retry may succeed."""

    permanent = False


class S3Error(UpstreamError):
    """S3 could not be reached, or refused the request."""


class UnreadableObjectError(UpstreamError):
    """An object of the archive is not of the kind that its key names."""

    permanent = True  # a read that breaks off is an S3Error, so a retry would read the same bytes


class SettingsError(ServiceError):
    """This deployment lacks a setting or has an unusable one, or its machine fails."""

    permanent = False  # the request is valid, and succeeds once the setting is right


class InternalError(ServiceError):
    """A bug of ours, made by the guard of last resort; the log has the traceback."""
