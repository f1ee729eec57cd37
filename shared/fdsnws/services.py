"""The FDSN web services of the time-window function, by name."""

from shared.fdsnws.availability_service import AVAILABILITY
from shared.fdsnws.dataselect_service import DATASELECT
from shared.fdsnws.parameters import Service
from shared.fdsnws.station_service import STATION

SERVICES: dict[str, Service] = {each.name: each for each in (DATASELECT, STATION, AVAILABILITY)}
"""All services, by name."""
