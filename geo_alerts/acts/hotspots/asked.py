"""A question with all that is needed to answer it at hand, and what is told of every answer."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from geo_alerts.acts.crimes.months import in_place_facts
from geo_alerts.acts.hotspots.cells import Hexagons, Squares, StudyCells
from geo_alerts.acts.hotspots.questions import EXACT, MonthSpan, Question
from geo_alerts.acts.hotspots.study import Study, covers
from geo_alerts.acts.hotspots.weighing import weights_of
from geo_alerts.acts.jobs import Progress
from geo_alerts.acts.live import Live
from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.crimes import Crimes
from geo_alerts.hotspots.emerging import require_few_bins
from geo_alerts.hotspots.grid import SquareGrid
from geo_alerts.hotspots.harm import LIMITS, HarmWeights
from geo_alerts.hotspots.hexagons import HexGrid, check_size
from geo_alerts.hotspots.months import month_text
from geo_alerts.store.crime_months import (
    OF_CRIMES,
    InPlace,
    crime_months,
    located_and_not,
    own_in_place,
)
from geo_alerts.store.crimes import load_crimes
from geo_alerts.store.hotspot_runs import Run

Floats = npt.NDArray[np.float64]

EMERGING: Final = "emerging"


@dataclass(frozen=True, eq=False)
class Period:
    """The crimes of some months in the study area.

    Attributes:
        span: The months asked for.
        present: Those of them that are there of every force, ascending.
        crimes: With a position, in the study area, in months that are present.
        rows: Crimes that were recorded in those months, with a position or without.
        located: Those with a position.
        in_place: Where forces' own data stands in for what is published, in those months.
    """

    span: MonthSpan
    present: tuple[int, ...]
    crimes: Crimes
    rows: int
    located: int
    in_place: tuple[InPlace, ...] = ()

    def facts(self) -> dict[str, Any]:
        """As JSON values; own data in place of published is told of where there is any."""
        return {**self._facts(), **in_place_facts(self.in_place)}

    def _facts(self) -> dict[str, Any]:
        missing = [month_text(one) for one in self.span.numbers() if one not in self.present]
        return {
            "first": self.span.first,
            "last": self.span.last,
            "months": len(self.present),
            "months_missing": missing,
            "crimes": self.rows,
            "crimes_located": self.located,
            "crimes_outside_study_area": self.located - len(self.crimes),
            "crimes_used": len(self.crimes),
        }


@dataclass(frozen=True, eq=False)
class Asked:
    """A question with all that is needed to answer it.

    Attributes:
        live: Where further things are looked up.
        question: With the method's usual settings filled in.
        study: The study area.
        cells: Its cells; None of methods that have none.
        now: The crimes of the months asked for.
        before: Of the months compared with.
        follows: The run whose keys repeat locations carry on; None where there is none.
        progress: Told how far the work is.
    """

    live: Live
    question: Question
    study: Study
    cells: StudyCells | None
    now: Period
    before: Period | None
    follows: Run | None
    progress: Progress

    def required_cells(self) -> StudyCells:
        """The cells.

        Raises:
            InvalidInputError: The method has none.
        """
        if self.cells is None:
            raise InvalidInputError(f"{self.question.method} counts no cells")
        return self.cells

    def squares(self) -> Squares:
        """The cells, where they are squares.

        Raises:
            InvalidInputError: They are not.
        """
        if not isinstance(self.cells, Squares):
            raise InvalidInputError(f"{self.question.method} needs square cells: give cell_m")
        return self.cells

    @cached_property
    def harm(self) -> HarmWeights | None:
        """What crimes weigh; None where each counts 1."""
        return weights_of(self.question.weight)

    def weights(self) -> Floats | None:
        """The weight of each crime of the months asked for; None where each counts 1.

        Raises:
            InvalidInputError: A category has no weight.
        """
        return None if self.harm is None else self.harm.of(self.now.crimes.category)

    def rng(self) -> np.random.Generator:
        """The question's own source of chance: the same seed draws the same."""
        return np.random.default_rng(self.question.seed)

    def facts(self) -> dict[str, Any]:
        """What is told of every answer."""
        told: dict[str, Any] = {
            "study_area": self.study.words,
            "study_area_km2": round(self.study.km2, 3),
            "period": self.now.facts(),
        }
        if self.before is not None:
            told["compared_with"] = self.before.facts()
        if self.harm is not None:
            version, source = self.harm.version, self.harm.source
            told["harm"] = {"version": version, "source": source, "limits": LIMITS}
        if self.cells is not None:
            told["cells"] = len(self.cells)
            told["cells_km2"] = round(len(self.cells) * self.cells.cell_km2, 3)
        return told


def cells_of(study: Study, question: Question) -> StudyCells | None:
    """The cells of a study area; None of a method that has none.

    Raises:
        InvalidInputError: There are too many.
    """
    if question.h3_resolution is not None:
        return Hexagons(HexGrid.over(study.ground, question.h3_resolution))
    if question.cell_m is None:
        return None
    return Squares.over(study.ground, question.cell_m)


def require_few_cells(study: Study, question: Question, months: int) -> None:
    """Refuse cells that are too many to be worked on, before any is made or any crime is read.

    Args:
        study: The study area.
        question: With its cells.
        months: How many of the months asked for are there.

    Raises:
        InvalidInputError: There would be too many, in all or by the months.
    """
    if question.h3_resolution is not None:
        check_size(study.ground.area, question.h3_resolution)
    if question.cell_m is None:
        return
    grid = SquareGrid.over(study.ground.bounds, question.cell_m)
    if question.method == EMERGING:
        require_few_bins(months, grid.size)


def period(
    live: Live,
    question: Question,
    span: MonthSpan,
    present: tuple[int, ...],
    within: "Study | StudyCells",
) -> Period:
    """The crimes of some months in the study area.

    Args:
        live: Where they are.
        question: Which forces and categories, and at which positions.
        span: The months.
        present: Those of them that are there of every force.
        within: The study area, or its cells where it has some: then whole cells count, so that
            those at its edge are not half empty.

    Raises:
        InvalidInputError: None lies in the study area.
    """
    asked: dict[str, Any] = {
        "forces": question.forces,
        "categories": question.category_numbers(),
    }
    with live.store.reading() as connection:
        crimes = _read(live, connection, question, (present[0], present[-1]))
        counted = [
            located_and_not(connection, months=run, **asked).values() for run in _runs(present)
        ]
        there = crime_months(
            connection,
            forces=question.forces,
            months=(present[0], present[-1]),
            kinds=OF_CRIMES,
        )
    in_place = own_in_place(
        [one for one in there if one.month in present], question.category_numbers()
    )
    crimes = crimes.where(np.isin(crimes.month, present))
    inside = crimes.where(_inside(crimes, within))
    if not len(inside):
        raise InvalidInputError(
            f"no crime of {span.first} to {span.last} lies in the study area "
            f"({len(crimes):,} lie elsewhere): choose more months, more categories or another area"
        )
    rows = sum(rows for run in counted for rows, _ in run)
    return Period(span, present, inside, rows, len(crimes), tuple(in_place))


def require_crimes(
    live: Live, question: Question, span: MonthSpan, present: tuple[int, ...], study: Study
) -> None:
    """Refuse months without a crime in the study area.

    The latest month with one answers it, so that of most questions little is read.

    Args:
        live: Where they are.
        question: Which forces and categories, and at which positions.
        span: The months.
        present: Those of them that are there of every force.
        study: The study area.

    Raises:
        InvalidInputError: None lies in it.
    """
    with live.store.reading() as connection:
        for month in reversed(present):
            if _inside(_read(live, connection, question, (month, month)), study).any():
                return
    # Cells at its edge are whole, and may have some beyond it.
    period(live, question, span, present, cells_of(study, question) or study)


def _read(
    live: Live, connection: Connection, question: Question, months: tuple[int, int]
) -> Crimes:
    asked: dict[str, Any] = {
        "forces": question.forces,
        "months": months,
        "categories": question.category_numbers(),
    }
    if question.positions == EXACT:
        return load_crimes(connection, exact=True, **asked)
    return live.crimes.load(connection, **asked)


def _runs(months: tuple[int, ...]) -> list[tuple[int, int]]:
    # First and last of each run of months without a gap.
    ends = np.flatnonzero(np.diff(months) > 1)
    parts = np.split(np.array(months), ends + 1)
    return [(int(part[0]), int(part[-1])) for part in parts]


def _inside(crimes: Crimes, within: "Study | StudyCells") -> npt.NDArray[np.bool_]:
    if not isinstance(within, Study):
        return within.which(crimes.easting, crimes.northing)
    easting, northing, at = crimes.positions()
    return covers(within.ground, easting, northing)[at]
