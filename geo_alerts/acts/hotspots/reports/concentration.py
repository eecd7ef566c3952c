"""How concentrated crime is: on published points, cells, census areas or teams."""

from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

import numpy as np
import numpy.typing as npt
import shapely
from pydantic import ConfigDict, Field, model_validator

from geo_alerts.acts.hotspots.asked import Period, period
from geo_alerts.acts.hotspots.cells import Squares
from geo_alerts.acts.hotspots.questions import Area, CellM, MonthSpan
from geo_alerts.acts.hotspots.reports.made_from import (
    DIGITS,
    AskedOfCrimes,
    MadeFrom,
    made_from,
    there,
)
from geo_alerts.acts.hotspots.reports.teams import teams_of_month
from geo_alerts.acts.hotspots.study import Study, covers, study_of
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.targets.shapes import fault
from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.concentration import Concentration, concentration
from geo_alerts.store.crimes import snap_points
from geo_alerts.store.editions import Edition

Floats = npt.NDArray[np.float64]

USUAL_CELL_M: Final = 250
# A hundred steps draw a curve of any number of units.
CURVE_STEPS: Final = 100
ON_POINTS: Final = "published points with such a crime"
ON_LSOAS: Final = "census areas (LSOA) with such a crime, by the code that the source gives"
UNITS_WITHOUT: Final = (
    "units without such a crime are not known and not counted, so that shares of units are higher "
    "than they would be of all"
)
SPARSE: Final = (
    "fewer crimes than units: the plain Gini coefficient is high by that alone, read the "
    "generalised one"
)


class ConcentrationQuestion(AskedOfCrimes):
    """Which crimes, and what they are counted on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "forces": ["west-mercia-sample"],
                    "categories": ["burglary"],
                    "months": {"first": "2024-04", "last": "2025-03"},
                    "unit": "cells",
                    "cell_m": 250,
                }
            ]
        }
    )

    months: Annotated[MonthSpan, Field(description="The months whose crimes are used.")]
    missing: Annotated[
        Literal["refuse", "mask"],
        Field(description="What is done when months are not imported: a missing month is no zero."),
    ] = "refuse"
    area: Area = None
    unit: Annotated[
        Literal["points", "cells", "lsoas", "teams"],
        Field(
            description="Published points and LSOAs are those with crime; cells and teams are all."
        ),
    ] = "points"
    cell_m: Annotated[
        CellM | None, Field(description="The side of the cells, metres; 250 by default.")
    ] = None

    @model_validator(mode="after")
    def _goes_together(self) -> "ConcentrationQuestion":
        if self.cell_m is not None and self.unit != "cells":
            raise fault("unused_setting", f"{self.unit} have no cell_m: leave it out")
        return self


@dataclass(frozen=True, eq=False)
class ConcentrationAnswer:
    """How concentrated the crimes are.

    Attributes:
        unit: What they were counted on, as asked.
        units: In words, with which units there are.
        study_area: In words.
        study_area_km2: Its ground.
        period: The crimes that were used and left out.
        in_no_unit: Crimes that lie in none of the units.
        found: The figures.
        notes: What a reader should know.
        made_from: The inputs.
    """

    unit: str
    units: str
    study_area: str
    study_area_km2: float
    period: Period
    in_no_unit: int
    found: Concentration
    notes: tuple[str, ...]
    made_from: MadeFrom

    def curve(self) -> list[tuple[float, float]]:
        """The Lorenz curve: shares of the units, the most burdened first, and of the crimes."""
        number = self.found.units
        # Even steps of the units, and of the crimes: most of them may be in very few units.
        even = np.linspace(0, 1, CURVE_STEPS + 1)
        of_units = (even * number).round().astype(np.int64)
        at = np.unique(np.concatenate((of_units, np.searchsorted(self.found.lorenz, even))))
        at = at[at <= number]
        shares = zip((at / number).tolist(), self.found.lorenz[at].tolist(), strict=True)
        return [(round(units, DIGITS), round(crimes, DIGITS)) for units, crimes in shares]

    def marks(self) -> list[dict[str, Any]]:
        """The fewest units that hold a quarter, a half and four fifths of the crimes."""
        found = self.found
        held = ((25, found.units_for_25), (50, found.units_for_50), (80, found.units_for_80))
        return [
            {
                "crimes_percent": percent,
                "units": units,
                "units_percent": round(100 * units / found.units, DIGITS),
            }
            for percent, units in held
        ]

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        found = self.found
        return {
            "unit": self.unit,
            "units_in_words": self.units,
            "units": found.units,
            "crimes": int(found.events),
            "crimes_in_no_unit": self.in_no_unit,
            "marks": self.marks(),
            "gini": round(found.gini, DIGITS),
            "generalised_gini": round(found.generalised_gini, DIGITS),
            "share_in_repeats": round(found.share_in_repeats, DIGITS),
            "most": int(found.most),
            "lorenz": [{"units": units, "crimes": crimes} for units, crimes in self.curve()],
            "study_area": self.study_area,
            "study_area_km2": round(self.study_area_km2, 3),
            "period": self.period.facts(),
            "notes": list(self.notes),
            "made_from": self.made_from.as_dict(),
        }


@dataclass(frozen=True, eq=False)
class _Counted:
    # Counts of the units, what they are, and what was found on the way.
    counts: Floats
    words: str
    period: Period
    editions: tuple[Edition, ...] = ()
    in_no_unit: int = 0
    notes: tuple[str, ...] = ()


def concentrated(live: Live, question: ConcentrationQuestion, role: Role) -> ConcentrationAnswer:
    """How concentrated crimes are.

    Raises:
        InvalidInputError: A month is missing or to come, a force is not known, the area has no
            outline or holds no such crime, or there would be too many cells.
        NotFoundError: The area names something that is not known.
        NotReadyError: No crimes, no boundary to study within, or no teams are imported.
    """
    asked = question.of_months(question.months, question.area, missing=question.missing)
    study = study_of(live, asked, role)
    found = there(live, asked, question.months)
    if question.unit == "cells":
        within = Squares.over(study.ground, question.cell_m or USUAL_CELL_M)
        counted = _by_cell(period(live, asked, question.months, found.present, within), within)
    else:
        seen = period(live, asked, question.months, found.present, study)
        counted = _by_place(live, question, study, seen)
    figures = concentration(counted.counts)
    return ConcentrationAnswer(
        unit=question.unit,
        units=counted.words,
        study_area=study.words,
        study_area_km2=study.km2,
        period=counted.period,
        in_no_unit=counted.in_no_unit,
        found=figures,
        notes=(*counted.notes, *([SPARSE] if figures.events < figures.units else ())),
        made_from=made_from(
            live, question, {question.months: found}, (*study.editions, *counted.editions)
        ),
    )


def _by_place(live: Live, question: ConcentrationQuestion, study: Study, seen: Period) -> _Counted:
    match question.unit:
        case "teams":
            return _by_team(live, study, seen)
        case "lsoas":
            return _by_lsoa(live, seen)
        case _:
            _, counts = np.unique(seen.crimes.point, return_counts=True)
            return _Counted(counts.astype(np.float64), ON_POINTS, seen, notes=(UNITS_WITHOUT,))


def _by_cell(seen: Period, cells: Squares) -> _Counted:
    counts = cells.counts(seen.crimes.easting, seen.crimes.northing)
    return _Counted(counts, f"all cells of {cells.grid.cell_m} m in the study area", seen)


def _by_lsoa(live: Live, seen: Period) -> _Counted:
    points, at = np.unique(seen.crimes.point, return_inverse=True)
    with live.store.reading() as connection:
        codes = snap_points(connection, points).lsoa
    _, of_point = np.unique(codes.astype(np.str_), return_inverse=True)
    is_coded = codes != ""
    counts = np.bincount(of_point[at], weights=is_coded[at]).astype(np.float64)
    counts = counts[counts > 0]
    if not len(counts):
        raise InvalidInputError(
            "the source names no census area (LSOA) of these crimes: count by points, cells or "
            "teams"
        )
    in_none = int((~is_coded)[at].sum())
    return _Counted(counts, ON_LSOAS, seen, in_no_unit=in_none, notes=(UNITS_WITHOUT,))


def _by_team(live: Live, study: Study, seen: Period) -> _Counted:
    teams = teams_of_month(live, seen.span.numbers()[-1])
    place = teams.of(seen.crimes)
    # Boundaries that were drawn apart share slivers with their neighbours.
    middle = shapely.point_on_surface(teams.layer.geometry)
    is_inside = covers(study.ground, shapely.get_x(middle), shapely.get_y(middle))
    counts = np.bincount(place[place >= 0], minlength=len(teams.layer))
    chosen = is_inside | (counts > 0)
    if not counts.any():
        raise InvalidInputError("none of these crimes lies in a team: count by points or cells")
    return _Counted(
        counts[chosen].astype(np.float64),
        "all teams with their middle in the study area, or with such a crime there",
        seen,
        editions=() if teams.edition in study.editions else (teams.edition,),
        in_no_unit=int((place < 0).sum()),
        notes=(teams.note,) if teams.note else (),
    )
