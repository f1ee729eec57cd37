"""ObsPy's mass downloader: channels with data in a box as text, then data, then responses."""

from pathlib import Path

import obspy
import pytest
from obspy import Stream, UTCDateTime
from obspy.clients.fdsn.mass_downloader import MassDownloader, RectangularDomain, Restrictions

from tests.clients.archive import MIDNIGHT, assert_same, stations, truth
from tests.support.http_api import ServedHandler


@pytest.mark.parametrize(
    ("start", "end", "downloaded"),
    [
        (MIDNIGHT - 300, MIDNIGHT + 300, ["CI.AAA..BHZ", "CI.BBB..BHZ"]),
        # Unless its user takes channels with gaps, it leaves them.
        (MIDNIGHT - 300, MIDNIGHT + 1200, []),
    ],
)
def test_files_have_the_archives_samples(
    served: ServedHandler,
    tmp_path: Path,
    start: UTCDateTime,
    end: UTCDateTime,
    downloaded: list[str],
) -> None:
    restrictions = Restrictions(start, end, network="CI", channel_priorities=["BHZ"])
    domain = RectangularDomain(33, 36, -120, -116)
    waveforms, metadata = tmp_path / "waveforms", tmp_path / "stations"
    MassDownloader([served.url], configure_logging=False).download(
        domain, restrictions, str(waveforms), str(metadata), print_report=False
    )
    queries = [event["rawQueryString"] for event in served.events if event["rawQueryString"]]
    assert {"matchtimeseries=true", "format=text", "level=channel"} <= set(queries[0].split("&"))
    files = sorted(waveforms.iterdir()) if waveforms.exists() else []
    assert [file.name.partition("__")[0] for file in files] == downloaded
    if not downloaded:
        return
    stream = sum((obspy.read(str(file)) for file in files), Stream())
    assert_same(stream, truth(start, end, *downloaded))
    for seed_id in downloaded:
        network, station, *_ = seed_id.split(".")
        found = obspy.read_inventory(str(metadata / f"{network}.{station}.xml"))
        response = stations().get_response(seed_id, MIDNIGHT)
        assert found.get_response(seed_id, MIDNIGHT) == response
