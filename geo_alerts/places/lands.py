"""Lands outside Great Britain whose postcodes look like its own: whoever types one lives there.

The letters that a code begins with tell the land: Royal Mail, "Programmers' guide" to PAF, edition
7.
"""

from enum import StrEnum
from typing import Final

from geo_alerts.places.postcodes import area_of


class Land(StrEnum):
    """Where police forces of Great Britain have no ground."""

    NORTHERN_IRELAND = "northern_ireland"
    CHANNEL_ISLANDS = "channel_islands"
    ISLE_OF_MAN = "isle_of_man"


_LAND_OF: Final = {
    "BT": Land.NORTHERN_IRELAND,
    "GY": Land.CHANNEL_ISLANDS,
    "JE": Land.CHANNEL_ISLANDS,
    "IM": Land.ISLE_OF_MAN,
}


def land_of(postcode: str) -> Land | None:
    """Which land outside Great Britain a postcode is in.

    Args:
        postcode: A normalised postcode.

    Returns:
        The land; None for postcodes of Great Britain, and for those of no land here.
    """
    return _LAND_OF.get(area_of(postcode))
