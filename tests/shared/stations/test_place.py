"""Row 16 of docs/correctness.md: the place of a sensor comes from the epoch of its time."""

from obspy import Inventory, UTCDateTime
from obspy.core.inventory import Channel, Network, Station

from shared.stations.place import Place, find_place

MOVED = UTCDateTime(2020, 1, 1)


def epoch(depth: float, start: UTCDateTime | None, end: UTCDateTime | None) -> Channel:
    place = (34.25, -117.5, 1234.0, depth)
    return Channel("BHZ", "", *place, azimuth=0.0, dip=-90.0, start_date=start, end_date=end)


def inventory(*epochs: Channel) -> Inventory:
    station = Station("BOM", 34.0, -117.0, 1000.0, channels=list(epochs))
    return Inventory([Network("CI", [station])])


BOTH = inventory(epoch(1.0, UTCDateTime(2010, 1, 1), MOVED), epoch(50.0, MOVED, None))


def depth(time: UTCDateTime, of: Inventory = BOTH) -> float | None:
    place = find_place(of, time)
    return place.depth if place else None


def test_the_epoch_of_the_time_counts() -> None:
    place = find_place(BOTH, UTCDateTime(2015, 1, 1))
    assert place == Place(34.25, -117.5, 1234.0, 1.0, 0.0, -90.0)
    assert depth(MOVED - 0.01) == 1.0
    assert depth(MOVED) == 50.0  # the instant of the change belongs to the new epoch
    assert depth(UTCDateTime(2024, 1, 1)) == 50.0


def test_without_an_epoch_the_place_is_unknown() -> None:
    assert depth(UTCDateTime(2000, 1, 1)) is None
    assert find_place(inventory(), MOVED) is None


def test_the_first_of_overlapping_epochs_counts() -> None:
    overlapping = inventory(epoch(7.0, None, None), epoch(50.0, MOVED, None))
    assert depth(MOVED + 1, overlapping) == 7.0
    assert depth(MOVED, overlapping) == 7.0


def test_an_orientation_that_is_not_given_is_unknown() -> None:
    bare = inventory(Channel("BHZ", "", 34.25, -117.5, 1234.0, 0.0))
    place = find_place(bare, MOVED)
    assert place
    assert (place.azimuth, place.dip) == (None, None)
