"""A station's metadata of the archive as an ObsPy Inventory."""

from pathlib import Path

import obspy
from lxml.etree import XMLSyntaxError
from obspy import Inventory
from obspy.core.util.obspy_types import ObsPyException

from shared import s3, scedc
from shared.errors import NoStationXMLError, NoSuchObjectError, UnreadableObjectError


def download_stationxml(bucket: str, network: str, station: str, folder: Path) -> tuple[str, Path]:
    """Download a station's StationXML into a folder; returns the object's name and the file.

    Raises:
        NoStationXMLError: the archive has none; the error names every key that was tried.
        S3Error: S3 could not be reached, refused, or broke off.
    """
    keys = scedc.stationxml_keys(network, station)
    path = folder / f"{network}_{station}.xml"
    for key in keys:
        try:
            s3.download(bucket, key, path)
        except NoSuchObjectError:
            continue
        return s3.uri(bucket, key), path
    raise NoStationXMLError(
        f"the archive has no StationXML of {network}.{station}",
        objects=[s3.uri(bucket, key) for key in keys],
    )


def read_stationxml(uri: str, path: Path) -> Inventory:
    """Read the file that `download_stationxml` made.

    Raises:
        UnreadableObjectError: it is not StationXML.
    """
    try:
        return obspy.read_inventory(str(path), format="STATIONXML")
    except (ObsPyException, XMLSyntaxError, ValueError, AttributeError, TypeError) as error:
        raise UnreadableObjectError(f"{uri} is not StationXML: {error}", object=uri) from error
