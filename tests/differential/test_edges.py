"""Whether the edge flag finds the units that a point in a polygon gets wrong, by what is known.

Ordnance Survey allots every unit to a ward itself. Of 42,290 units 40 lie elsewhere by their point,
the published polygons being generalised to 20 m. Between two editions points are put right, and
units come to be where there was none: an address in the cell of a unit that had to stand for it.
"""

import numpy as np
import pytest
import shapely

from geo_alerts.places.assignment import assign
from geo_alerts.places.cells import Cells, may_have_cell
from geo_alerts.places.point_index import PointIndex
from geo_alerts.places.shares import EDGE_SHARE, other_share, shares
from tests.differential.conftest import Units

pytestmark = pytest.mark.shared


def cells_of(units):
    has_cell = may_have_cell(np.ones(len(units.pqi), bool), units.pqi)
    return Cells.build(units.easting, units.northing, has_cell)


def judged(units, wards):
    """The cells of units, each one's ward by its point, and what another ward has of its cell."""
    cells = cells_of(units)
    assignment = assign(units.easting, units.northing, wards)
    found = shares(cells, np.arange(len(units.ward)), wards, assignment)
    return cells, assignment.first, other_share(found, assignment.first)


@pytest.fixture(scope="module")
def earlier(shared_data):
    return Units.read(shared_data / "postcodes" / "code-point-open-2018-07.zip")


@pytest.fixture(scope="module")
def judged_earlier(earlier, wards):
    return judged(earlier, wards)


def test_the_threshold_is_the_greatest_that_finds_every_unit_that_os_puts_elsewhere(
    units_around, wards
):
    _, first, other = judged(units_around, wards)
    here = units_around.is_force
    ward = np.where(first >= 0, wards.code[first], "")
    is_elsewhere = here & (ward != units_around.ward)
    assert (here.sum(), is_elsewhere.sum()) == (42_290, 40)

    trade_off = {
        threshold: (
            round(100 * (other[here] > threshold).mean(), 1),
            int((other[is_elsewhere] > threshold).sum()),
        )
        for threshold in (0.01, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)
    }

    # Threshold: per cent of all units that are flagged, and how many of the 40.
    assert trade_off == {
        0.01: (19.8, 40),
        0.05: (16.8, 40),
        0.1: (14.0, 40),
        0.15: (11.9, 39),
        0.2: (10.1, 39),
        0.3: (7.4, 35),
        0.5: (3.3, 21),
    }
    assert EDGE_SHARE == 0.1


def test_units_whose_point_was_put_right_into_another_ward_were_flagged(
    earlier, judged_earlier, units_around, wards
):
    cells, first, other = judged_earlier
    _, before, after = np.intersect1d(earlier.postcode, units_around.postcode, return_indices=True)
    now = assign(units_around.easting[after], units_around.northing[after], wards).first
    point = shapely.points(units_around.easting[after], units_around.northing[after])
    changed = (first[before] >= 0) & (first[before] != now)
    in_cell = shapely.intersects(cells.polygons(before), point)
    flagged = other[before] > EDGE_SHARE

    # Most of the 77 that left their cell shared one point, and all were put 3.6 km elsewhere at
    # once: nothing about the ground near a point can foretell that.
    assert (changed.sum(), (changed & in_cell).sum()) == (112, 35)
    assert (changed & in_cell & flagged).sum() == 33


def test_new_units_in_another_ward_than_the_unit_that_stood_for_them_were_on_an_edge(
    earlier, judged_earlier, units_around, wards
):
    cells, first, other = judged_earlier
    is_new = ~np.isin(units_around.postcode, earlier.postcode)
    easting, northing = units_around.easting[is_new], units_around.northing[is_new]
    located = np.flatnonzero(cells.cell >= 0)
    index = PointIndex(earlier.easting[located], earlier.northing[located])
    rows = [index.nearest(*place)[0][0] for place in zip(easting, northing, strict=True)]
    stood_for = located[rows]
    ward = assign(easting, northing, wards).first
    near = shapely.intersects(cells.polygons(stood_for), shapely.points(easting, northing))
    known = near & (ward >= 0) & (first[stood_for] >= 0)
    elsewhere = known & (ward != first[stood_for])

    assert known.sum() == pytest.approx(2_038, abs=5)
    assert elsewhere.sum() == pytest.approx(145, abs=3)
    assert (other[stood_for[elsewhere]] > EDGE_SHARE).mean() > 0.97
