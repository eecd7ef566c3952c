"""Layers matched to units, households and people: by exact distance, as each role may see it."""

import csv
from pathlib import Path

import numpy as np
import pytest
import shapely

from geo_alerts.acts.hotspots.matching import match, write_units
from geo_alerts.acts.live import Live
from geo_alerts.acts.preview import preview
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.selection import Selection
from geo_alerts.errors import InvalidInputError, UnknownFormatError, UnknownRunError
from geo_alerts.hotspots.layers import HotArea, Result
from geo_alerts.store import hotspot_runs
from geo_alerts.store.hotspot_runs import NewRun, Who
from tests.api.world import SOUTH, STEP, WEST

HERE = Who("session:Anna", "analyst")
# Round the third unit of the second row of T1; two steps east of it; far from everybody.
MIDDLE = WEST + 200 + 2 * STEP, SOUTH + 200 + STEP
EAST = MIDDLE[0] + 2 * STEP, MIDDLE[1]
FAR = 600_000, 200_000


def box(easting: float, northing: float) -> shapely.Polygon:
    return shapely.box(easting - 50, northing - 50, easting + 50, northing + 50)


@pytest.fixture
def run_id(live: Live) -> str:
    boxes = [box(*MIDDLE), box(*EAST), box(*FAR)]
    areas = tuple(HotArea(rank, f"key {rank}", each, {}) for rank, each in enumerate(boxes, 1))
    new = NewRun("Burglary", "gi_star", {}, {}, {}, is_restricted=False)
    return hotspot_runs.save(live.store, new, Result(None, areas), HERE).id


# Units lie 400 m apart: the next 350 m from the box's sides; T1 has five in a row.
@pytest.mark.parametrize(
    ("metres", "units"), [(0, [1, 1, 0]), (349, [1, 1, 0]), (350, [5, 5, 0]), (495, [9, 9, 0])]
)
def test_units_are_those_by_exact_distance(
    live: Live, run_id: str, metres: float, units: list[int]
):
    found = match(live, run_id, metres, Role.ADMIN)
    assert [area.rank for area in found.areas] == [1, 2, 3]
    assert [area.units for area in found.areas] == units


def near(live: Live, shape: shapely.Polygon, metres: float) -> list[str]:
    """Postcodes so near to a shape, each looked at by itself."""
    directory = live.view().geography.directory
    placed = directory.is_live & directory.is_located
    points = shapely.points(directory.easting[placed], directory.northing[placed])
    found: list[str] = directory.postcode[placed][
        shapely.distance(points, shape) <= metres
    ].tolist()
    return found


@pytest.mark.parametrize("metres", [0, 350, 495, 1_200])
def test_people_are_the_very_ones_that_a_list_of_the_postcodes_would_reach(
    live: Live, run_id: str, metres: float
):
    exact = match(live, run_id, metres, Role.ADMIN)
    for area, middle in zip(exact.areas[:2], (MIDDLE, EAST), strict=True):
        listed = {"type": "postcodes", "postcodes": near(live, box(*middle), metres)}
        selection = Selection.model_validate({"area": listed})
        assert area.people == preview(live, selection, Role.ADMIN).figures.people > 0
        assert area.units == len(listed["postcodes"])
    assert exact.areas[2].people == 0
    assert all(one.error is None for one in exact.areas)


def test_a_limited_role_is_told_estimates_of_public_blocks_alone(live: Live, run_id: str):
    exact = match(live, run_id, 495, Role.ADMIN)
    told = match(live, run_id, 495, Role.ANALYST)
    assert [one.units for one in told.areas] == [one.units for one in exact.areas]
    assert [one.households for one in told.areas] == [one.households for one in exact.areas]
    for one, true in zip(told.areas, exact.areas, strict=True):
        assert one.error is not None
        assert abs(one.people - true.people) <= max(one.error, 5)
    # Nothing of the estimate moves with who joined: it is of the release.
    assert told.inputs.subscribers_as_of != exact.inputs.subscribers_as_of


def test_households_are_the_shares_of_the_units(live: Live, run_id: str):
    (first, second, far) = match(live, run_id, 0, Role.ADMIN).areas
    # 1,000 of T1's small area over its 25 units, and SY5 1AA.
    assert first.households == second.households == pytest.approx(1_000 / 26, abs=0.06)
    assert far.households == 0


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_file_has_a_row_for_every_unit_and_area_the_nearest_first(
    live: Live, run_id: str, tmp_path
):
    path = tmp_path / "units.csv"
    count = write_units(live, run_id, 350, path, Role.ADMIN)
    rows = rows_of(path)
    assert len(rows) == 10
    # The unit between both boxes is as near to either.
    assert count == len({row["postcode"] for row in rows}) == 9
    inside = [row for row in rows if float(row["distance_m"]) == 0]
    assert [row["rank"] for row in inside] == ["1", "2"]
    shared = [row for row in rows if sum(row["postcode"] == o["postcode"] for o in rows) == 2]
    assert [(row["rank"], row["is_nearest"], row["distance_m"]) for row in shared] == [
        ("1", "1", "350.0"),
        ("2", "0", "350.0"),
    ]
    assert {row["key"] for row in rows} == {"key 1", "key 2"}


def test_parquet_holds_the_same(live: Live, run_id: str, tmp_path):
    from pyarrow import parquet  # noqa: PLC0415 - slow to import

    write_units(live, run_id, 350, tmp_path / "units.csv", Role.ADMIN)
    write_units(live, run_id, 350, tmp_path / "units.parquet", Role.ADMIN)
    table = parquet.read_table(tmp_path / "units.parquet").to_pydict()
    rows = rows_of(tmp_path / "units.csv")
    assert table["postcode"] == [row["postcode"] for row in rows]
    assert table["rank"] == [int(row["rank"]) for row in rows]
    assert table["is_nearest"] == [row["is_nearest"] == "1" for row in rows]
    np.testing.assert_allclose(table["distance_m"], [float(row["distance_m"]) for row in rows])


def test_a_layer_in_which_nothing_stands_out_matches_nobody(live: Live, tmp_path):
    new = NewRun("", "gi_star", {}, {}, {}, is_restricted=False)
    empty = hotspot_runs.save(live.store, new, Result(None, ()), HERE).id
    assert match(live, empty, 100, Role.ANALYST).areas == ()
    assert write_units(live, empty, 100, tmp_path / "units.csv", Role.ADMIN) == 0
    assert (tmp_path / "units.csv").read_text(encoding="utf-8").count("\n") == 1


def test_what_cannot_be_matched_is_told(live: Live, run_id: str, tmp_path):
    for metres in (-1, 5_001, float("nan")):
        with pytest.raises(InvalidInputError, match="0 to 5,000 m"):
            match(live, run_id, metres, Role.ADMIN)
    with pytest.raises(UnknownRunError):
        match(live, "ffff", 0, Role.ADMIN)
    with pytest.raises(UnknownFormatError, match=r"\.csv or \.parquet"):
        write_units(live, run_id, 0, tmp_path / "units.xlsx", Role.ADMIN)


def test_a_layer_of_exact_positions_matches_nobody_for_those_who_may_not_see_it(
    live: Live, tmp_path
):
    new = NewRun("", "gi_star", {}, {}, {}, is_restricted=True)
    areas = (HotArea(1, None, box(*MIDDLE), {}),)
    restricted = hotspot_runs.save(live.store, new, Result(None, areas), HERE).id
    for role in (Role.COMMANDER, Role.ALERT_SYSTEM):
        with pytest.raises(UnknownRunError):
            match(live, restricted, 0, role)
        with pytest.raises(UnknownRunError):
            write_units(live, restricted, 0, tmp_path / "units.csv", role)
    assert match(live, restricted, 0, Role.ANALYST).areas[0].units == 1
