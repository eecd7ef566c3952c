"""What a comparison found, in sentences for people."""

from boundaries.changes import kinds_of_teams
from boundaries.compare import Comparison
from geo_alerts.places.layer import TEAM


def counted(number: int, one: str, several: str) -> str:
    """A number with its noun: `1 team`, `1,234 teams`."""
    return f"{number:,} {one if number == 1 else several}"


def finding(found: Comparison) -> str:
    """What changes for areas, postcodes and people, in a few sentences."""
    one, several = ("team", "teams") if found.new.kind == TEAM else ("area", "areas")
    if not len(found.old):
        return (
            f"The first edition of the layer {found.new.kind}: "
            f"{counted(len(found.new), one, several)}. {len(found.out_of_gap):,} of "
            f"{found.units_asked:,} live postcodes are in one."
        )
    kinds = {kind: count for kind, count in kinds_of_teams(found).items() if count}
    became = ", ".join(f"{count:,} {kind}" for kind, count in kinds.items())
    before, after = counted(len(found.old), one, several), f"{len(found.new):,}"
    return f"{before} before, {after} after: {became}. {_moved(found, one)}"


def _moved(found: Comparison, one: str) -> str:
    moved, fallen, taken = len(found.moved), len(found.into_gap), len(found.out_of_gap)
    if not moved:
        return f"Each of {found.units_asked:,} live postcodes stays in its {one}."
    gaps = [f"{fallen:,} of them to none"] if fallen else []
    gaps += [f"{taken:,} from none"] if taken else []
    inside = f" ({', '.join(gaps)})" if gaps else ""
    said = f"{moved:,} of {found.units_asked:,} live postcodes go to another {one}{inside}"
    if found.people_moved is None:
        return f"{said}."
    people = counted(found.people_moved, "person", "people")
    lost = f", {found.people_into_gap:,} of them to none" if found.people_into_gap else ""
    return f"{said}, with {people}{lost}."
