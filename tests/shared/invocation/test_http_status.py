"""The HTTP status of each error."""

import inspect

from shared import errors
from shared.invocation.http_status import HTTP_STATUS, http_status, status_of_failures

CLASSES = {
    name: cls
    for name, cls in inspect.getmembers(errors, inspect.isclass)
    if cls.__module__ == "shared.errors"
}
STATUS = {
    "ServiceError": 500,
    "BadRequestError": 400,
    "NoSuchPathError": 404,
    "UriTooLongError": 414,
    "NoDataError": 404,
    "NoSuchObjectError": 404,
    "NoWaveformError": 404,
    "NoStationXMLError": 404,
    "NoResponseError": 404,
    "TooLargeError": 413,
    "UpstreamError": 502,
    "S3Error": 502,
    "UnreadableObjectError": 502,
    "SettingsError": 500,
    "InternalError": 500,
}


def test_every_error_has_a_status():
    assert {name: int(http_status(cls("m"))) for name, cls in CLASSES.items()} == STATUS


def test_error_of_a_user_has_its_parents_status():
    class NoEventError(errors.NoDataError):
        pass

    class TeapotError(errors.ServiceError):
        pass

    assert http_status(NoEventError("m")) == 404
    assert http_status(TeapotError("m")) == 500


def test_status_table_knows_only_errors_of_the_tree():
    assert set(HTTP_STATUS) <= set(CLASSES.values())


def test_a_bug_decides_only_where_nothing_else_failed():
    bug, absent = errors.InternalError("m"), errors.NoWaveformError("m")
    assert status_of_failures([bug, bug]) == 500
    assert status_of_failures([bug, absent]) == 404
    assert status_of_failures([]) == 200
