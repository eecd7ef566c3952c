"""What a comparison found, in sentences for people."""

from collections.abc import Callable

from boundaries.comparing.changes import kinds_of_teams, namesakes
from boundaries.comparing.compare import Comparison
from geo_alerts.places.layer import TEAM

NumberInWords = Callable[[int], str]


def with_commas(number: int) -> str:
    """A number in groups of three, as the command line and the API write it: 1,234,567."""
    return f"{number:,}"


def words_for_areas(found: Comparison) -> tuple[str, str]:
    """What one area of the layer is called, and what several are."""
    return ("team", "teams") if found.new.kind == TEAM else ("area", "areas")


def finding(found: Comparison, *, number: NumberInWords = with_commas) -> str:
    """What changes for areas, postcodes and people, in a few sentences.

    Args:
        found: The comparison.
        number: How numbers are written.
    """
    one, several = words_for_areas(found)
    before, after = len(found.old), len(found.new)
    if not before:
        areas = f"{number(after)} {one if after == 1 else several}"
        inside, asked = number(len(found.out_of_gap)), number(found.units_asked)
        return (
            f"The first edition of the layer {found.new.kind}: {areas}. "
            f"{inside} of {asked} live postcodes are in one."
        )
    kinds = {kind: count for kind, count in kinds_of_teams(found).items() if count}
    became = ", ".join(f"{number(count)} {kind}" for kind, count in kinds.items())
    had = f"{number(before)} {one if before == 1 else several}"
    return f"{had} before, {number(after)} after: {became}. {_moved(found, one, number)}"


def _moved(found: Comparison, one: str, number: NumberInWords) -> str:
    moved, asked = len(found.moved), found.units_asked
    if not asked:
        return "No postcodes are known that could move."
    if not moved:
        return f"Each of {number(asked)} live postcodes stays in its {one}."
    counts = (
        (len(found.into_gap), "of them to none"),
        (len(found.out_of_gap), "from none"),
        (namesakes(found), "to one of the same name"),
    )
    parts = [f"{number(count)} {what}" for count, what in counts if count]
    inside = f" ({', '.join(parts)})" if parts else ""
    said = f"{number(moved)} of {number(asked)} live postcodes go to another {one}{inside}"
    if found.people_moved is None:
        return f"{said}."
    people = f"{number(found.people_moved)} {'person' if found.people_moved == 1 else 'people'}"
    lost = f", {number(found.people_into_gap)} of them to none" if found.people_into_gap else ""
    return f"{said}, with {people}{lost}."
