"""Which areas can be shaded by their coverage, and in which class."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo_alerts.maps.classes import Classes
from geo_alerts.maps.coverage import coverage_classes

if TYPE_CHECKING:
    from geo_alerts.audiences.coverage import TeamCoverage


@dataclass(frozen=True, eq=False)
class Shaded:
    """Areas by class.

    Attributes:
        classes: The classes, the lowest first.
        place: For each area the number of its class; None where there is no rate, or where it
            could be of any class.
    """

    classes: Classes
    place: tuple[int | None, ...]


def shaded(rows: "Sequence[TeamCoverage]") -> Shaded:
    """The classes of some areas, and which of them have so few people that any would do.

    A colour says that a rate lies between two numbers. Where its interval reaches from the lowest
    class into the highest, chance alone decides the colour, and none is given.

    Args:
        rows: The coverage of n areas.
    """
    classes = coverage_classes(rows)
    return Shaded(classes, tuple(_place(row, classes) for row in rows))


def _place(row: "TeamCoverage", classes: Classes) -> int | None:
    if row.per_1000 is None:
        return None
    # Rates are classed as they are told, to one decimal.
    low, at, high = classes.of([round(one or 0.0, 1) for one in (row.low, row.per_1000, row.high)])
    could_be_any = low == 0 and high == len(classes.limits) > 0
    return None if could_be_any else int(at)
