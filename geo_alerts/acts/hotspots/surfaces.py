"""Counts, density and risk: figures of every cell, and as areas the cells with the highest."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from geo_alerts.acts.hotspots.asked import Asked
from geo_alerts.acts.hotspots.cells import Squares
from geo_alerts.acts.hotspots.population import population_of
from geo_alerts.acts.hotspots.ranked import Standing, areas_of, number, top
from geo_alerts.hotspots.adaptive import abramson
from geo_alerts.hotspots.bandwidth import CANDIDATES_M, Choice, by_likelihood, by_pai
from geo_alerts.hotspots.contours import contours
from geo_alerts.hotspots.edges import density_of_cells
from geo_alerts.hotspots.layers import HotArea, Result
from geo_alerts.hotspots.positions import Places, places
from geo_alerts.hotspots.risk import risk

Floats = npt.NDArray[np.float64]

M2_OF_KM2: Final = 1e6


def counts(asked: Asked) -> Result:
    """How many crimes, or how much harm, each cell has."""
    cells, crimes = asked.required_cells(), asked.now.crimes
    counted = cells.counts(crimes.easting, crimes.northing)
    columns = {"crimes": counted}
    name, values = "crimes", counted
    weights = asked.weights()
    if weights is not None:
        name, values = "harm", cells.counts(crimes.easting, crimes.northing, weights)
        columns["harm"] = values
    chosen, told = top(asked, values)
    facts = {**asked.facts(), **told}
    if weights is None:
        standing = Standing(cells, counted, values, name)
    else:
        facts["harm"]["days_in_cells"] = number(float(values.sum()))
        standing = Standing(
            cells, counted, values, name, lambda at: {"harm": number(float(values[at].sum()))}
        )
    return Result(cells.layer(columns), areas_of(standing, chosen), facts)


def density(asked: Asked) -> Result:
    """How many crimes there are a square kilometre round each cell's centre."""
    cells, crimes = asked.squares(), asked.now.crimes
    events = places(crimes.easting, crimes.northing, asked.weights())
    bandwidth_m, told = _bandwidth(asked, cells, events)
    values = cells.column(_surface(asked, cells, events, bandwidth_m)) * M2_OF_KM2
    counted = cells.counts(crimes.easting, crimes.northing)
    chosen, limit = top(asked, values)
    standing = Standing(cells, counted, values, "density_per_km2")
    areas: tuple[HotArea, ...] = ()
    if asked.question.outline == "contour" and chosen.any():
        areas = _contour_areas(asked, cells, values, float(values[chosen].min()))
    # Where no cell is above the lowest of those chosen, no contour runs between cells.
    areas = areas or areas_of(standing, chosen)
    facts = {**asked.facts(), **told, **limit}
    return Result(cells.layer({"crimes": counted, "density_per_km2": values}), areas, facts)


def relative_risk(asked: Asked) -> Result:
    """Crimes for each household or subscriber, where there are enough of them."""
    cells, crimes, question = asked.squares(), asked.now.crimes, asked.question
    events = places(crimes.easting, crimes.northing, asked.weights())
    bandwidth_m, told = _bandwidth(asked, cells, events)
    population = population_of(asked.live, question.population or "households")
    below = _surface(asked, cells, population.places, bandwidth_m)
    floor = (question.floor_per_km2 or 0.0) / M2_OF_KM2
    values = cells.column(risk(_surface(asked, cells, events, bandwidth_m), below, floor=floor))
    counted = cells.counts(crimes.easting, crimes.northing)
    chosen, limit = top(asked, values)
    columns = {
        "crimes": counted,
        f"{question.population}_per_km2": cells.column(below) * M2_OF_KM2,
        "risk": values,
    }
    facts = {
        **asked.facts(),
        **told,
        **limit,
        "population": population.words,
        "cells_without_risk": int(np.isnan(values).sum()),
    }
    standing = Standing(cells, counted, values, "risk")
    return Result(cells.layer(columns), areas_of(standing, chosen), facts)


def _surface(asked: Asked, cells: Squares, events: Places, bandwidth_m: float) -> Floats:
    question = asked.question
    kernel = question.kernel or "quartic"
    if question.adaptive:
        columns, rows = cells.grid.centres()
        return abramson(events, columns, rows[:, None], bandwidth_m=bandwidth_m, kernel=kernel)
    return density_of_cells(
        events,
        cells.grid,
        cells.mask,
        bandwidth_m=bandwidth_m,
        kernel=kernel,
        correction=question.edge or "none",
    )


def _bandwidth(asked: Asked, cells: Squares, events: Places) -> tuple[float, dict[str, Any]]:
    # The bandwidth, as it was given or searched, and what is told of it.
    question = asked.question
    meaning = {"quartic": "radius", "gaussian": "standard deviation"}[question.kernel or "quartic"]
    told: dict[str, Any] = {"kernel": question.kernel, "bandwidth_is": meaning}
    if question.bandwidth_m is not None:
        return question.bandwidth_m, {**told, "bandwidth_m": question.bandwidth_m}
    choice = _searched(asked, cells, events)
    tried = [
        {"bandwidth_m": width, "score": number(score)}
        for width, score in zip(choice.candidates_m, choice.scores, strict=True)
    ]
    return choice.bandwidth_m, {
        **told,
        "bandwidth_m": choice.bandwidth_m,
        "bandwidth_rule": choice.rule,
        "bandwidths_tried": tried,
    }


def _searched(asked: Asked, cells: Squares, events: Places) -> Choice:
    question = asked.question
    kernel = question.kernel or "quartic"
    candidates = [width for width in CANDIDATES_M if width >= cells.grid.cell_m]
    candidates = candidates or [float(cells.grid.cell_m)]
    if question.bandwidth_by == "likelihood":
        area_m2 = len(cells) * cells.cell_km2 * M2_OF_KM2
        return by_likelihood(events, area_m2=area_m2, candidates_m=candidates, kernel=kernel)
    crimes, last = asked.now.crimes, asked.now.present[-1]
    earlier, later = crimes.where(crimes.month < last), crimes.where(crimes.month == last)
    return by_pai(
        places(earlier.easting, earlier.northing),
        cells.grid.counts(later.easting, later.northing),
        cells.grid,
        mask=cells.mask,
        candidates_m=candidates,
        kernel=kernel,
        share=(asked.question.share_percent or 1.0) / 100,
    )


def _contour_areas(
    asked: Asked, cells: Squares, values: Floats, level: float
) -> tuple[HotArea, ...]:
    # What lies above the lowest value of the top cells, each connected part by itself.
    found = contours(cells.field(values), cells.grid, [level], mask=cells.mask)
    parts = shapely.get_parts([one.geometry for one in found])
    tree, crimes = shapely.STRtree(parts), asked.now.crimes
    _, part = tree.query(shapely.points(crimes.easting, crimes.northing), predicate="intersects")
    counted = np.bincount(part, minlength=len(parts))
    above = np.flatnonzero(values >= level)
    columns, rows = cells.grid.centres()
    row, column = np.divmod(np.flatnonzero(cells.mask)[above], cells.grid.columns)
    cell, part = tree.query(shapely.points(columns[column], rows[row]), predicate="intersects")
    highest_of = np.full(len(parts), level)
    np.maximum.at(highest_of, part, values[above][cell])
    order = np.lexsort((-counted, -highest_of))
    return tuple(
        HotArea(
            rank,
            None,
            shapely.normalize(parts[one]),
            {
                "crimes": int(counted[one]),
                "km2": number(float(parts[one].area) / M2_OF_KM2),
                "highest_density_per_km2": number(float(highest_of[one])),
            },
        )
        for rank, one in enumerate(order, start=1)
    )
