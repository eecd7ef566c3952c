"""The back-test of a force's year, and the E-test of its cells, on real months.

The walk sums months once for all methods; beside it each month's map is made anew, as a script
would. The E-test stands beside scipy's, called cell by cell. Answers must be the same.
"""

import time
import zipfile

import numpy as np
import pytest
import shapely
from scipy.stats import poisson_means_test

from geo_alerts.crs import geometries_to_epsg_27700
from geo_alerts.hotspots.backtest import Walk, walk_forward
from geo_alerts.hotspots.categories import category
from geo_alerts.hotspots.change import e_test
from geo_alerts.hotspots.crimes import NO_DAY, Crimes
from geo_alerts.hotspots.foretelling import foretell, method_named, past
from geo_alerts.hotspots.grid import SquareGrid
from geo_alerts.hotspots.months import month_number
from geo_alerts.hotspots.scoring import judge
from geo_alerts.sources.crimes.archive import crime_files
from geo_alerts.sources.crimes.police import read_street

CELL_M = 250
FIRST, LAST = month_number("2021-03"), month_number("2022-03")
METHODS = ("counts", "counts_recent", "density_300", "density_500", "gi_star")

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def crimes(shared_data):
    """West Mercia's thirteen months without a gap."""
    with crime_files([shared_data / "crime"]) as found:
        parts = [
            read_street(file)
            for file in found.files
            if file.kind == "street" and file.force == "west-mercia" and FIRST <= file.month <= LAST
        ]
    assert len(parts) == LAST - FIRST + 1
    columns = [
        (
            part.points.easting[part.point[part.is_located]],
            part.points.northing[part.point[part.is_located]],
            np.full(int(part.is_located.sum()), part.month, dtype=np.int32),
            part.category[part.is_located],
        )
        for part in parts
    ]
    easting, northing, month, category = (
        np.concatenate(each) for each in zip(*columns, strict=True)
    )
    nothing = np.zeros(len(month), dtype=np.int64)
    no_day = np.full(len(month), NO_DAY, dtype=np.int32)
    return Crimes(easting, northing, month, category, nothing, no_day)


@pytest.fixture(scope="module")
def force(shared_data):
    """The force's grid and the cells of its ground."""
    with zipfile.ZipFile(shared_data / "boundaries" / "forces-2017.zip") as packed:
        drawn = shapely.from_geojson(packed.read("west-mercia.geojson"))
    ground = shapely.union_all(shapely.force_2d(shapely.get_parts(drawn)))
    [area] = geometries_to_epsg_27700(np.array([ground]), 4326)
    grid = SquareGrid.over(area.bounds, CELL_M)
    return grid, grid.mask(area)


def seconds(work):
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found


def test_five_methods_by_twelve_months_of_a_force(crimes, force, figures):
    grid, mask = force
    walk = Walk(present=range(FIRST, LAST + 1), least_train=1, methods=METHODS)

    def one_by_one():
        return {
            name: [score(method_named(name), month) for month in walked.tested] for name in METHODS
        }

    def score(method, month):
        before = past(crimes, grid, mask, range(max(FIRST, month - 12), month))
        then = crimes.where(crimes.month == month)
        observed = grid.counts(then.easting, then.northing)
        return (
            judge(foretell(before, method, month), observed, mask=mask)
            .to_be_expected(0.01)
            .scores.pai
        )

    walk_s, walked = min(
        (seconds(lambda: walk_forward(crimes, grid, mask, walk)) for _ in range(3)),
        key=lambda timed: timed[0],
    )
    plain_s, scores = seconds(one_by_one)
    figures.append(
        f"Back-test, {len(METHODS)} methods by {len(walked.tested)} months, "
        f"{len(crimes):,} crimes, {walked.cells:,} cells: {walk_s:.2f} s; each map made anew and "
        f"scored once {plain_s:.2f} s; {walked.verdict}"
    )
    for method in walked.methods:
        assert method.pai == pytest.approx(tuple(scores[method.name]))
    assert len(walked.tested) == 12
    assert walk_s < 30


def test_the_method_chosen_for_a_force_is_the_one_for_how_sparse_its_crime_is(crimes, force):
    # All crime fills the hottest cells each month anew; burglary is in other cells each month.
    grid, mask = force
    walk = Walk(present=range(FIRST, LAST + 1), least_train=1)
    burglaries = crimes.where(crimes.category == category("burglary").number)
    sparse, dense = (walk_forward(each, grid, mask, walk) for each in (burglaries, crimes))
    assert sparse.best.startswith("density")
    assert dense.best.startswith("counts")
    counts, one_month = (
        next(one for one in sparse.methods if one.name == name)
        for name in ("counts", "counts_last_year")
    )
    # Both would win with hindsight among the cells that they rank alike.
    for poor in (counts, one_month):
        at_choice = next(at for at in poor.shares if at.share == walk.choice_share)
        assert at_choice.pai_best_ties > 1.5 * sparse.methods[0].shares[1].pai.value
        assert at_choice.pai_worst_ties <= at_choice.pai.value < sparse.methods[0].shares[1].pai.low
        assert not poor.is_within_noise
    assert counts.below_best.high < 0
    assert "counts" not in sparse.verdict
    assert "density" not in dense.verdict


def test_the_e_test_of_every_cell_of_a_force(crimes, force, figures):
    grid, mask = force
    before, after = (
        grid.counts(crimes.easting[there], crimes.northing[there])[mask]
        for there in (crimes.month == FIRST, crimes.month == LAST)
    )
    ours_s, p = seconds(lambda: e_test(before, after))
    some = np.flatnonzero(before + after)[:500]
    theirs_s, theirs = seconds(
        lambda: [poisson_means_test(before[cell], 1, after[cell], 1).pvalue for cell in some]
    )
    figures.append(
        f"E-test of {len(p):,} cells: {ours_s:.3f} s; scipy cell by cell, {len(some)} of them, "
        f"{theirs_s:.2f} s ({theirs_s / len(some) / (ours_s / len(p)):,.0f} times as long a cell)"
    )
    assert p[some] == pytest.approx(np.array(theirs), abs=1e-9)
    assert theirs_s / len(some) > 100 * ours_s / len(p)
