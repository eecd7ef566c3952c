"""Positions as people type them: degrees, eastings and northings, or a grid reference."""

import re
from typing import Final

from geo_alerts.crs import on_national_grid, points_on_national_grid, points_to_epsg_27700
from geo_alerts.places.grid_references import position_of_reference

_NUMBER: Final = r"([-+\u2212]?[0-9]{1,7}(?:\.[0-9]{1,12})?)\s*°?"
_PAIR: Final = re.compile(rf"{_NUMBER}(?:\s*[,;]\s*|\s+){_NUMBER}")
_MOST_DEGREES: Final = 180.0


def read_position(text: str) -> tuple[float, float] | None:
    """The position on the National Grid that a text gives; None where it gives none.

    Args:
        text: `52.7073, -2.7527` (latitude and longitude in either order), `349231 312531` (easting
            and northing) or `SJ 4923 1253`.

    Returns:
        Easting and northing, metres, EPSG:27700.
    """
    # Of a long run of blanks the expressions would try every way to part it.
    plain = " ".join(text.split())
    found = _PAIR.fullmatch(plain)
    if found is None:
        return position_of_reference(plain)
    first, second = (float(number.replace("\u2212", "-")) for number in found.groups())
    if max(abs(first), abs(second)) <= _MOST_DEGREES:
        # In Great Britain no longitude could be a latitude.
        longitude, latitude = (first, second) if first < second else (second, first)
        if not points_on_national_grid([longitude], [latitude])[0]:
            return None
        easting, northing = points_to_epsg_27700([longitude], [latitude])
        return float(easting[0]), float(northing[0])
    return (first, second) if on_national_grid(first, second).item() else None
