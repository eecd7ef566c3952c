"""A question that cannot be answered is refused when it is put, in the words of the work itself."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geo_alerts.acts.hotspots.backtesting import BacktestQuestion
from geo_alerts.acts.hotspots.form_faults import faults_of
from geo_alerts.acts.hotspots.questions import Question
from geo_alerts.acts.hotspots.reading import read
from geo_alerts.acts.hotspots.running import run
from geo_alerts.acts.hotspots.works import backtest_task, run_task
from geo_alerts.acts.live import Live
from geo_alerts.crs import points_to_epsg_4326
from geo_alerts.errors import InvalidInputError
from geo_alerts.store.hotspot_runs import Who
from geo_alerts.store.jobs import Task
from tests.api.world import SOUTH, WEST
from tests.hotspot_world import HOT, LAST, NEW, import_months

ANNA = Who("cli:anna", "admin")
ALL = {"first": "2024-01", "last": LAST}
FEW = {"first": "2024-10", "last": "2025-09"}
BEFORE = {"first": "2024-01", "last": "2024-06"}
# Most of England and Wales.
WIDE = {"type": "rectangle", "west": -6.0, "south": 50.2, "east": 1.5, "north": 55.5}


@pytest.fixture
def town(live: Live, tmp_path: Path) -> Live:
    """The made world with its crimes."""
    import_months(live.store, tmp_path / "crimes")
    return live


def asked(method: str = "counts", **values: Any) -> Question:
    values = {"categories": ["burglary"], "months": ALL, **values}
    return read(Question, json.dumps({"method": method, "forces": ["west-mercia"], **values}))


def square(south_west: tuple[int, int], north_east: tuple[int, int]) -> dict[str, Any]:
    corners = np.array([south_west, north_east], dtype=float).T
    (west, east), (south, north) = points_to_epsg_4326(*corners)
    return {"type": "rectangle", "west": west, "south": south, "east": east, "north": north}


def to_test(**values: Any) -> BacktestQuestion:
    return read(BacktestQuestion, json.dumps({"forces": ["west-mercia"], **values}))


REFUSED = [
    ({"categories": ["drugs"]}, "/area: ", "no crime of 2024-01 to 2025-02 lies in the study"),
    ({"cell_m": 10, "area": WIDE}, "/cell_m: ", "m, or a smaller study area"),
    ({"h3_resolution": 10, "area": WIDE}, "/h3_resolution: ", "take resolution 9"),
    (
        {"method": "emerging", "months": FEW, "missing": "mask"},
        "/months: ",
        "at least 10 steps are wanted to tell a trend, not 5",
    ),
    (
        {"method": "repeats", "months": {"first": "2025-01", "last": LAST}},
        "/months: ",
        "repeat locations need at least 4 months of crime",
    ),
    (
        {"method": "emerging", "cell_m": 10, "area": WIDE},
        "/cell_m: ",
        "more than",
    ),
]


@pytest.mark.parametrize(("values", "pointer", "words"), REFUSED)
def test_what_the_work_would_refuse_is_refused_when_it_is_asked_for_and_told_where(
    town: Live, values: dict[str, Any], pointer: str, words: str
):
    question = asked(**values)
    with pytest.raises(InvalidInputError) as put:
        run_task(town, question, ANNA)
    assert str(put.value).startswith(pointer)
    assert words in str(put.value)
    with pytest.raises(InvalidInputError) as worked:
        run(town, question, ANNA, lambda *_: None)
    assert str(worked.value) == str(put.value).removeprefix(pointer)


def test_of_two_periods_the_one_without_crime_is_named(town: Live):
    # There, burglaries begin in the last three months.
    area = square((NEW[0] - 300, NEW[1] - 300), (NEW[0] + 300, NEW[1] + 300))
    late = {"first": "2024-12", "last": LAST}
    question = asked("change", area=area, months=late, compare_with=BEFORE)
    with pytest.raises(InvalidInputError, match=r"^/compare_with: no crime of"):
        run_task(town, question, ANNA)


def test_a_crime_in_a_cell_at_the_edge_is_enough(town: Live):
    # The square ends 20 m short of the hot place, whose cell it shares.
    area = square((WEST + 1_010, SOUTH + 1_010), (HOT[0] - 20, HOT[1] - 20))
    assert isinstance(run_task(town, asked(area=area), ANNA), Task)
    with pytest.raises(InvalidInputError, match=r"^/area: no crime"):
        run_task(town, asked(area=area, cell_m=20), ANNA)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"last": "2024-02", "months": 1}, r"^/last: no month can be tested \(2024-02: 1 of at"),
        ({"last": "2023-02", "months": 2}, "months of crimes are missing"),
        ({"categories": ["drugs"]}, "^/area: no crime of 2023-03 to 2025-02 lies in the study"),
        ({"cell_m": 10, "area": WIDE}, "^/cell_m: .* m, or a smaller study area"),
    ],
)
def test_a_back_test_that_cannot_be_made_is_refused_when_it_is_asked_for(
    town: Live, values: dict[str, Any], words: str
):
    with pytest.raises(InvalidInputError, match=words):
        backtest_task(town, to_test(**values), ANNA)


def test_what_can_be_answered_is_a_job_and_what_was_answered_its_layer(town: Live):
    question = asked()
    assert isinstance(run_task(town, question, ANNA), Task)
    made = run(town, question, ANNA, lambda *_: None).run
    assert run_task(town, question, ANNA) == made


def test_faults_are_told_by_the_field_that_they_are_about():
    told = "/months/last: must be a month; /cell_m: too many; take larger; /area: nothing there"
    assert faults_of(told) == {
        "last": "must be a month",
        "cell_m": "too many; take larger",
        "team": "nothing there",
    }
    assert faults_of("no crimes are imported") == {}
