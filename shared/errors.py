"""Every error that a caller may see, in one tree.

::

    ServiceError
    ├── BadRequestError            the request cannot be understood, or asks for the impossible
    ├── NoDataError                nothing there to answer with
    │   ├── NoSuchObjectError      S3 has no object under this key, or does not show it
    │   ├── NoWaveformError        the archive has no samples for this channel and time
    │   ├── NoStationXMLError      the archive has no metadata for this station
    │   └── NoResponseError        the metadata has no usable response for this channel and time
    ├── TooLargeError              the answer would not fit into a reply, or the work into memory
    ├── UpstreamError              what we depend on failed; the same request may succeed later
    │   ├── S3Error                S3 could not be reached, or refused
    │   └── UnreadableObjectError  an object of the archive is not what its key promises
    └── SettingsError              this deployment lacks a setting

Only the edge knows which HTTP status each of them has. Whether the same request may succeed another
time is each error's own: `permanent`.
"""

from typing import Any, ClassVar

# A message quotes the request, which may be megabytes long: more than a reply may have.
_LONGEST_MESSAGE = 2000


class ServiceError(Exception):
    """Base of all errors that are meant for the caller.

    Args:
        message: names the offending value and what would be right; cut where it is too long.
        details: further members of the JSON error object, such as the key that was looked for;
            JSON types only.
    """

    permanent: ClassVar[bool] = True
    """Whether the same request will fail in the same way, whenever it is made."""

    def __init__(self, message: str, **details: Any) -> None:
        if len(message) > _LONGEST_MESSAGE:
            message = f"{message[: _LONGEST_MESSAGE - 3]}..."
        super().__init__(message)
        self.message = message
        self.details = details

    def as_dict(self) -> dict[str, Any]:
        """The error as the JSON object that every reply uses: type, message, details."""
        return {"type": type(self).__name__, "message": self.message, **self.details}


class BadRequestError(ServiceError):
    """The request cannot be understood, or asks for what cannot be."""


class NoDataError(ServiceError):
    """There is nothing to answer with."""


class NoSuchObjectError(NoDataError):
    """S3 has no object under this key, or does not show it to us."""


class NoWaveformError(NoDataError):
    """The archive has no samples for this channel and time."""


class NoStationXMLError(NoDataError):
    """The archive has no metadata for this station."""


class NoResponseError(NoDataError):
    """The station's metadata has no usable response for this channel and time."""


class TooLargeError(ServiceError):
    """The answer would not fit into a reply, or the work into the function's memory or time."""


class UpstreamError(ServiceError):
    """Something this service depends on failed."""

    permanent = False


class S3Error(UpstreamError):
    """S3 could not be reached, or refused the request."""


class UnreadableObjectError(UpstreamError):
    """An object of the archive is not what its key promises."""

    permanent = True  # it is read whole, or not at all, so that it will be the same next time


class SettingsError(ServiceError):
    """This deployment lacks a setting, or has an unusable one."""

    permanent = False  # the request is not at fault: it succeeds once the setting is right
