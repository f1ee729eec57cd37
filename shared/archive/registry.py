"""The archives by name, and the one that the settings choose."""

from dataclasses import replace

from shared import settings
from shared.archive.archive import Archive
from shared.archive.scedc import SCEDC
from shared.errors import SettingsError

ARCHIVES: dict[str, Archive] = {
    "scedc": SCEDC,
}
"""Values of the setting ``ARCHIVE``. An archive is one module of this package and one row here."""


def input_archive() -> Archive:
    """Return the archive to read from: ``ARCHIVE``, in the bucket ``S3_INPUT_BUCKET`` if set.

    Raises:
        SettingsError: ARCHIVE names no known archive, or S3_INPUT_BUCKET cannot be a bucket's name.
    """
    name, bucket = settings.archive_name(), settings.input_bucket_if_set()
    if name not in ARCHIVES:
        raise SettingsError(
            f"ARCHIVE is {name!r}: must be one of {', '.join(ARCHIVES)}", setting="ARCHIVE"
        )
    archive = ARCHIVES[name]
    return replace(archive, bucket=bucket) if bucket else archive
