"""Pictures under the maps, where a force has a server of them; by default there is none."""

from typing import Final

from geo_alerts.errors import InvalidInputError
from geo_alerts.maps.document import Tiles

PLACES: Final = ("{z}", "{x}", "{y}")
NOT_TILES: Final = (
    "must be an address of tiles with {z}, {x} and {y}, such as "
    "https://tiles.example.org/{z}/{x}/{y}.png"
)
NOBODYS: Final = "is needed beside GEO_ALERTS_TILES: whose the pictures are"


def tiles_of(address: str | None, attribution: str | None) -> Tiles | None:
    """What is to be under the maps; None where nothing is set.

    Args:
        address: With `{z}`, `{x}` and `{y}`.
        attribution: What the owner wants said, plain text.

    Raises:
        InvalidInputError: The address is not one of tiles, or nothing is to be said of the owner.
    """
    if not address:
        return None
    tiles = Tiles(address, (attribution or "").strip())
    # An address that no policy could name is refused now, and not when the first map is drawn.
    if not tiles.origin or any(place not in address for place in PLACES):
        raise InvalidInputError(NOT_TILES)
    if not tiles.attribution:
        raise InvalidInputError(f"GEO_ALERTS_TILES_ATTRIBUTION {NOBODYS}")
    return tiles
