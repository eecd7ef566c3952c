"""Days, parts and sizes as pages show them."""

from datetime import date, timedelta
from typing import Final

from geo_alerts.maps.words import moment, one_decimal, thousands

M2_OF_HECTARE: Final = 10_000
M2_OF_KM2: Final = 1_000_000
M_OF_KM: Final = 1_000
# Below this a size is told to one decimal place.
SMALL: Final = 10
HUNDREDTH: Final = 0.01
VOWELS: Final = ("", "a", "e", "i", "o", "u")
# Layers that go by their first letters.
SHORT: Final = {"oa": "output areas", "lsoa": "LSOAs", "msoa": "MSOAs"}


def day(given: date) -> str:
    """A day as people in Britain write it: `1 July 2025`."""
    return moment(given.isoformat())


def last_day(until: date) -> str:
    """The day before the first on which something no longer holds."""
    return day(until - timedelta(days=1))


def when(text: str) -> str:
    """A time, a day or a month of ISO 8601 in words: `April 2025`."""
    if len(text) == len("2025-04"):
        return moment(f"{text}-01").partition(" ")[2]
    return moment(text)


def clock(text: str) -> str:
    """The time of day of a time of ISO 8601, in Britain: `5:30pm`."""
    return moment(text).partition(", ")[2]


def span(starts_at: str, ends_at: str | None) -> str:
    """From when to when, ISO 8601; of one day the day is told once."""
    begin = moment(starts_at)
    if ends_at is None:
        return begin
    end = moment(ends_at)
    day_of_begin, _, _ = begin.partition(",")
    return f"{begin} to {end.removeprefix(f'{day_of_begin}, ')}"


def part(share: float) -> str:
    """A part of the whole, 0 to 1, as a percentage; nothing rounds to none or to all."""
    if 0 < share < HUNDREDTH:
        return "under 1%"
    if 1 - HUNDREDTH < share < 1:
        return "over 99%"
    return f"{thousands(share * 100)}%"


def size(value: float, unit: str) -> str:
    """A size with its unit: `12 m`, `310 m²`, `1.5 ha`, `3.2 km²`; a number of things has none."""
    if unit == "m2":
        return _ground(value)
    number = one_decimal(value) if unit and 0 < value < SMALL else thousands(value)
    return f"{number} {unit}".rstrip()


def metres(number: float) -> str:
    """A distance: metres below a kilometre, `350 m`, then kilometres, `1.2 km`."""
    if number < M_OF_KM:
        return f"{thousands(number)} m"
    return f"{one_decimal(number / M_OF_KM).removesuffix('.0')} km"


def spaced(name: str) -> str:
    """The name of a layer, a state or a kind in plain words: `local policing area`."""
    return name.replace("_", " ")


def several(layer: str, *, begins: bool = True) -> str:
    """What the areas of a layer are called together: `Local policing areas`, `LSOAs`.

    Args:
        layer: The layer's name.
        begins: Whether a sentence or a heading begins with it.
    """
    words = SHORT.get(layer) or _plural(spaced(layer))
    return words[:1].upper() + words[1:] if begins else words


def _plural(words: str) -> str:
    if words.endswith("s"):
        return words
    if words.endswith("y") and words[-2:-1] not in VOWELS:
        return f"{words[:-1]}ies"
    return f"{words}{'es' if words.endswith(('sh', 'ch', 'x')) else 's'}"


def _ground(m2: float) -> str:
    if m2 >= M2_OF_KM2:
        return f"{one_decimal(m2 / M2_OF_KM2)} km²"
    if m2 >= M2_OF_HECTARE:
        return f"{one_decimal(m2 / M2_OF_HECTARE)} ha"
    return f"{one_decimal(m2) if 0 < m2 < SMALL else thousands(m2)} m²"
