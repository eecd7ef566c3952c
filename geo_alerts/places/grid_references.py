"""Grid references of the National Grid, as people write them: SJ 4923 1253."""

import re
from typing import Final

from geo_alerts.crs import on_national_grid

_SQUARE_M: Final = 100_000
# The letters of the squares: I is left out; A is the north-west one of five by five.
_LETTERS: Final = "ABCDEFGHJKLMNOPQRSTUVWXYZ"
_ACROSS: Final = 5
# The grid begins at the south-west corner of square SV; the letters begin further west and south.
_FALSE_EAST, _FALSE_NORTH = 2 * _ACROSS, 1 * _ACROSS
_FORM: Final = re.compile(
    r"([A-HJ-Z]{2})\s*([0-9]{2,5})\s+([0-9]{2,5})|([A-HJ-Z]{2})\s*([0-9]{4,10})"
)
_DIGITS: Final = 5


def grid_reference(easting: float, northing: float, digits: int = 4) -> str:
    """The grid reference of the square that holds a position: `SJ 4923 1253`.

    Args:
        easting: Metres, EPSG:27700, on the National Grid.
        northing: Metres.
        digits: Of each of both numbers: 4 name a square of 10 m.
    """
    east, north = int(easting // _SQUARE_M), int(northing // _SQUARE_M)
    east_of_all, north_of_all = east + _FALSE_EAST, north + _FALSE_NORTH
    first = _letter(east_of_all // _ACROSS, north_of_all // _ACROSS)
    second = _letter(east_of_all % _ACROSS, north_of_all % _ACROSS)
    step = 10 ** (_DIGITS - digits)
    along, up = (int(metres % _SQUARE_M) // step for metres in (easting, northing))
    return f"{first}{second} {along:0{digits}d} {up:0{digits}d}"


def position_of_reference(text: str) -> tuple[float, float] | None:
    """The middle of the square that a grid reference names; None where the text is none.

    Args:
        text: Such as `SJ 4923 1253`, `sj49231253` or `SJ 49 12`.

    Returns:
        Easting and northing, metres, EPSG:27700.
    """
    found = _FORM.fullmatch(text.strip().upper())
    if found is None:
        return None
    letters, along, up = found[1], found[2], found[3]
    if letters is None:
        letters, half = found[4], len(found[5]) // 2
        along, up = found[5][:half], found[5][half:]
    if len(along) != len(up):
        return None
    step = 10 ** (_DIGITS - len(along))
    east, north = _corner(letters)
    easting, northing = east + (int(along) + 0.5) * step, north + (int(up) + 0.5) * step
    return (easting, northing) if on_national_grid(easting, northing).item() else None


def _letter(across: int, up: int) -> str:
    return _LETTERS[(_ACROSS - 1 - up) * _ACROSS + across]


def _corner(letters: str) -> tuple[int, int]:
    # South-west corner of a square, metres.
    (big_down, big_across), (down, across) = (
        divmod(_LETTERS.index(letter), _ACROSS) for letter in letters
    )
    east = big_across * _ACROSS + across - _FALSE_EAST
    north = (_ACROSS - 1 - big_down) * _ACROSS + (_ACROSS - 1 - down) - _FALSE_NORTH
    return east * _SQUARE_M, north * _SQUARE_M
