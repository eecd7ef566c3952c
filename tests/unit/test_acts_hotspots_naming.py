"""What areas of every method are called, and whose they are."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from geo_alerts.acts.crimes.importing import import_crimes
from geo_alerts.acts.hotspots import keeping
from geo_alerts.acts.hotspots.asked import Asked, period
from geo_alerts.acts.hotspots.naming import Surroundings, named
from geo_alerts.acts.hotspots.questions import Question
from geo_alerts.acts.hotspots.reading import read
from geo_alerts.acts.hotspots.running import prepare, run
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import Role
from geo_alerts.hotspots.layers import HotArea
from geo_alerts.hotspots.repeats.grouped import most_of
from geo_alerts.store.crimes import all_points
from geo_alerts.store.database import Store
from geo_alerts.store.hotspot_runs import Run, Who
from tests.api.world import SIDE, SOUTH, WEST
from tests.crime_files import street, written
from tests.hotspot_world import (
    BURGLARY,
    FAR,
    HOT,
    LAST,
    MONTHS,
    NEW,
    import_months,
    place,
)

ANNA = Who("cli:anna", "admin")
CELL = 250
LATE = {"first": "2024-12", "last": LAST}
EARLY = {"first": "2024-01", "last": "2024-11"}


def silent(_done: int, _total: int | None, _words: str) -> None:
    """Progress that nobody watches."""


@pytest.fixture
def town(live: Live, tmp_path: Path) -> Live:
    """The made world with its crimes."""
    import_months(live.store, tmp_path / "crimes")
    return live


def question(method: str, **values: Any) -> Question:
    values = {"months": {"first": "2024-01", "last": LAST}, **values}
    whole = {"method": method, "forces": ["west-mercia"], "categories": ["burglary"], **values}
    return read(Question, json.dumps(whole))


def answer(live: Live, method: str, **values: Any) -> tuple[Run, list[HotArea]]:
    made = run(live, question(method, **values), ANNA, silent).run
    return keeping.areas(live, made.id, Role.ADMIN)


def at(areas: list[HotArea], position: tuple[int, int]) -> HotArea:
    return next(area for area in areas if area.geometry.covers(shapely.Point(position)))


def box(west: float, south: float, east: float, north: float) -> HotArea:
    """An area, in metres from the corner of T1."""
    shape = shapely.box(WEST + west, SOUTH + south, WEST + east, SOUTH + north)
    return HotArea(1, None, shape, {"crimes": 0})


def facts_of(live: Live, *areas: HotArea) -> list[dict[str, Any]]:
    """What is told of areas that were not worked out."""
    prepared = prepare(live, question("counts"), Role.ADMIN)
    whole = prepared.question
    now = period(live, whole, whole.months, prepared.present, prepared.study)
    asked = Asked(live, whole, prepared.study, None, now, None, None, silent)
    return [dict(area.facts) for area in named(asked, areas)]


@pytest.mark.parametrize(
    ("method", "position", "values"),
    [
        ("auto", HOT, {"foretelling": "counts"}),
        ("change", NEW, {"months": LATE, "compare_with": EARLY}),
        ("counts", HOT, {}),
        ("density", HOT, {}),
        ("density", HOT, {"outline": "cells"}),
        ("emerging", NEW, {}),
        ("gi_star", NEW, {"months": LATE, "level": 0.2}),
        ("gi_star", HOT, {"months": LATE, "level": 0.2, "h3_resolution": 9}),
        ("risk", HOT, {"floor_per_km2": 0.0}),
    ],
)
def test_areas_of_every_method_have_a_place_and_teams(
    town: Live, method: str, position: tuple[int, int], values: dict[str, Any]
):
    ran, areas = answer(town, method, **values)
    facts = at(areas, position).facts
    name, code, called = {
        HOT: ("High Street", "T1", "Team 1"),
        NEW: ("Mill Lane", "T4", "Team 4"),
    }[position]
    assert facts["place"] == f"On or near {name}"
    assert (facts["team"], facts["team_name"], facts["teams"]) == (code, called, [code])
    assert list(facts)[:4] == ["place", "team", "team_name", "teams"]
    assert ran.inputs["others"][0]["layer"] == "team"


def test_repeat_locations_tell_all_teams_they_touch(town: Live):
    ran, areas = answer(town, "repeats")
    assert at(areas, HOT).facts["teams"] == ["T1"]
    assert ran.inputs["others"][0]["layer"] == "team"


def test_the_streets_with_most_crimes_are_said_first_and_the_rest_counted(town: Live):
    (facts,) = facts_of(town, box(0, 0, 2 * SIDE, 2 * SIDE))
    assert facts["place"] == "On or near High Street and Mill Lane"
    assert (facts["team"], facts["teams"]) == ("T1", ["T1", "T2", "T3", "T4"])


def test_ground_that_only_meets_a_team_at_a_line_or_corner_is_not_of_it(town: Live):
    beside, across = facts_of(
        town,
        box(SIDE - CELL, SIDE - CELL, SIDE, SIDE),
        box(SIDE - CELL, SIDE - CELL, SIDE, SIDE + 1),
    )
    assert beside["teams"] == ["T1"]
    assert across["teams"] == ["T1", "T3"]


def test_an_area_without_crime_is_told_by_the_nearest_street_and_the_team_of_its_middle(
    town: Live,
):
    east, north = HOT[0] - WEST, HOT[1] - SOUTH
    near, far = facts_of(
        town,
        box(east + 200, north, east + 300, north + 100),
        box(2 * SIDE + 5_000, 0, 2 * SIDE + 5_100, 100),
    )
    assert near["place"] == "On or near an unnamed place (by High Street)"
    assert (near["team"], near["teams"]) == ("T1", ["T1"])
    assert far["place"] == "On or near an unnamed place"
    assert (far["team"], far["team_name"], far["teams"]) == (None, None, [])


def test_a_crime_on_a_line_between_two_cells_names_the_one_that_counts_it(
    town: Live, tmp_path: Path
):
    # East of the hot cell and north of it: both lines are of its neighbours.
    west, south = (axis // CELL * CELL for axis in HOT)
    edges = [((west + CELL, HOT[1]), "East Lane"), ((HOT[0], south + CELL), "North Lane")]
    edges += [((west, HOT[1]), "West Lane")]
    rows = [
        street(place(spot, name), month=LAST, kind=BURGLARY, key=f"{number:064x}")
        for spot, name in edges
        for number in [7_000 + len(name) * 100 + spot[0]]
    ]
    file = written(tmp_path / "edge", *rows, name=f"{LAST}-west-mercia-street.csv")
    import_crimes(town.store, [file], silent_import)

    _, (area,) = answer(town, "counts", share_percent=0.4)
    assert area.facts["place"] == "On or near High Street and West Lane"


def silent_import(_done: int, _total: int | None) -> None:
    """Progress that nobody watches."""


def test_without_teams_places_are_told_all_the_same(tmp_path: Path):
    with Store.open(f"sqlite:///{tmp_path / 'bare.db'}", create=True) as store:
        import_months(store, tmp_path / "bare", MONTHS[:1])
        with store.reading() as connection:
            around = Surroundings.of(connection, Live(store), all_points(connection).id)
    shapes = np.array([shapely.Point(FAR).buffer(10)], dtype=object)
    assert around.teams_touched(shapes) == [[]]
    assert around.team_facts(0) == {"team": None, "team_name": None}


def test_of_values_with_as_many_crimes_the_lowest_is_taken():
    group = np.array([3, 1, 1, 1, 3])
    value = np.array([9, 7, 5, 5, 2])
    crimes = np.array([4, 6, 2, 4, 4])
    found = [column.tolist() for column in most_of(group, value, crimes)]
    assert found == [[1, 3], [5, 2], [6, 4]]
