"""Whether a back-test's best method foretold as many crimes as there were, told as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from geo_alerts.hotspots.scoring import CalibrationGroup

AS_FORETOLD = "as foretold"
MORE = "more than foretold"
FEWER = "fewer than foretold"


@dataclass(frozen=True, slots=True)
class Calibration:
    """Crimes foretold beside those seen, in groups of cells.

    Attributes:
        method: Whose numbers they are, in words.
        groups: Those of the most crimes foretold a cell first; each of about as many foretold.
    """

    method: str
    groups: tuple[CalibrationGroup, ...]

    @property
    def as_foretold(self) -> int:
        """In how many groups chance explains the difference."""
        return sum(not beyond_chance(one) for one in self.groups)


def calibration_of(result: Mapping[str, Any]) -> Calibration | None:
    """The calibration of a back-test's result; None where there is none.

    Harm that is summed has no such range; and of tests by an earlier release, or of a method that
    foretold no crime, there are no groups.

    Args:
        result: As a back-test is kept.
    """
    groups = tuple(CalibrationGroup(**one) for one in result.get("calibration", ()))
    if not groups:
        return None
    named = {one["name"]: one["words"] for one in result["methods"]}
    return Calibration(named[result["calibrated"]], groups)


def beyond_chance(group: CalibrationGroup) -> int:
    """1 where more was seen than foretold, -1 where less, 0 where chance explains it."""
    return int(group.foretold < group.low) - int(group.foretold > group.high)


def verdict(group: CalibrationGroup) -> str:
    """The same in words."""
    return {1: MORE, 0: AS_FORETOLD, -1: FEWER}[beyond_chance(group)]


def rows_of(found: Calibration | None) -> tuple[Sequence[str], list[dict[str, object]]]:
    """Names of columns, and the groups as rows of a file; none where there is no calibration."""
    columns = ("cells", "least", "most", "foretold", "seen", "low", "high", "verdict")
    groups = () if found is None else found.groups
    return columns, [{**asdict(one), "verdict": verdict(one)} for one in groups]
