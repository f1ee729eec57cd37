"""The area of a request: a box or a circle, not both."""

from collections.abc import Mapping
from typing import Any

from shared.errors import BadRequestError

_BOX = ("minlatitude", "maxlatitude", "minlongitude", "maxlongitude")
_CENTRE = ("latitude", "longitude")
_RADII = ("minradius", "maxradius")
_ORDERED = (("minlatitude", "maxlatitude"), _RADII)


def check_area(given: Mapping[str, Any]) -> None:
    """Refuse an area that contradicts itself.

    A minlongitude beyond maxlongitude is right: the box crosses the date line.

    Args:
        given: the values of a request's own parameters, by long name.

    Raises:
        BadRequestError: there are a box and a circle, or a circle without a centre, or a lower
            bound is greater than the upper one.
    """
    box = [name for name in _BOX if name in given]
    circle = [name for name in (*_CENTRE, *_RADII) if name in given]
    if box and circle:
        message = f"{box[0]} is of a box, {circle[0]} of a circle: give one of them"
        raise BadRequestError(message, field=circle[0])
    radius = next((name for name in _RADII if name in given), None)
    missing = next((name for name in _CENTRE if name not in given), None)
    if radius and missing:
        message = f"{radius} needs the circle's centre: {missing} is missing"
        raise BadRequestError(message, field=missing)
    for low, high in _ORDERED:
        if low in given and high in given and given[low] > given[high]:
            message = f"{low} is {given[low]:g}: must be at most {high}, {given[high]:g}"
            raise BadRequestError(message, field=low)
