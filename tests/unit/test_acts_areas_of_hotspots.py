"""Target areas that name a stored layer of hotspots, as they are answered."""

import json

import pytest
import shapely

from geo_alerts.acts.asker import Asker
from geo_alerts.acts.hotspots import keeping
from geo_alerts.acts.live import Live
from geo_alerts.acts.preview import preview
from geo_alerts.acts.saved_areas import save
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.reading import read_area
from geo_alerts.audiences.selection import Selection
from geo_alerts.audiences.targets.areas import AnyArea
from geo_alerts.crs import geometries_to_epsg_4326
from geo_alerts.errors import ConflictError, ForbiddenError, UnknownRunError
from geo_alerts.hotspots.layers import HotArea, Result
from geo_alerts.store import hotspot_runs
from geo_alerts.store.hotspot_runs import NewRun, Who
from tests.api.world import SOUTH, STEP, WEST

HERE = Who("session:Anna", "analyst")
# A hotspot of 100 m around the third unit of the second row of T1, and one far from everybody.
MIDDLE = WEST + 200 + 2 * STEP, SOUTH + 200 + STEP


def box(easting: float, northing: float) -> shapely.Polygon:
    return shapely.box(easting - 50, northing - 50, easting + 50, northing + 50)


def area_of(value: dict[str, object]) -> AnyArea:
    return read_area(json.dumps(value))


@pytest.fixture
def run_id(live: Live) -> str:
    boxes = [box(*MIDDLE), box(600_000, 200_000)]
    areas = tuple(HotArea(rank, None, each, {}) for rank, each in enumerate(boxes, 1))
    new = NewRun("Burglary", "gi_star", {}, {}, {}, is_restricted=False)
    return hotspot_runs.save(live.store, new, Result(None, areas), HERE).id


# Units lie 400 m apart, so the next stand 350 m from the box's sides, and those across a corner
# sqrt(2) times that; two steps on is 750 m, and south of it T1 ends.
@pytest.mark.parametrize(
    ("metres", "units"), [(0, 1), (349, 1), (350, 5), (494, 5), (495, 9), (749, 9), (750, 12)]
)
def test_everything_so_near_to_a_hotspot_is_in_the_area(
    live: Live, run_id: str, metres: float, units: int
):
    snapshot = live.snapshot()
    directory = snapshot.geography.directory
    placed = directory.is_live & directory.is_located
    points = shapely.points(directory.easting[placed], directory.northing[placed])
    near = directory.postcode[placed][shapely.distance(points, box(*MIDDLE)) <= metres].tolist()
    assert len(near) == units
    listed = area_of({"type": "postcodes", "postcodes": near})
    expected = snapshot.choose(Selection(area=listed)).counts
    assert expected.people >= units
    area = area_of({"type": "hotspots", "layer": run_id, "metres": metres})
    assert snapshot.choose(Selection(area=area)).counts == expected


def test_a_limited_role_sees_the_estimate_of_the_same_area_drawn(live: Live, run_id: str):
    named = area_of({"type": "hotspots", "layer": run_id})
    drawn = json.loads(shapely.to_geojson(geometries_to_epsg_4326([box(*MIDDLE)])[0]))
    polygon = area_of({"type": "polygon", "geometry": drawn})
    by_name, by_hand = (
        preview(live, Selection(area=area), Role.ANALYST).figures for area in (named, polygon)
    )
    assert by_name == by_hand


def test_a_layer_that_is_not_there_is_told(live: Live, run_id: str):
    area = area_of({"type": "hotspots", "layer": "ffff", "metres": 10})
    with pytest.raises(UnknownRunError, match="there is no layer of hotspots 'ffff'"):
        preview(live, Selection(area=area), Role.ADMIN)
    known = Selection(area=area_of({"type": "hotspots", "layer": run_id}))
    preview(live, known, Role.ADMIN)
    hotspot_runs.remove(live.store, run_id, HERE)
    with pytest.raises(UnknownRunError, match=run_id):
        preview(live, known, Role.ADMIN)


def test_a_layer_that_a_saved_area_names_is_not_removed(live: Live, run_id: str):
    anna = Asker(HERE.who, "Anna", Role.ADMIN)
    save(live, "Streets to warn", area_of({"type": "hotspots", "layer": run_id}), anna)
    with pytest.raises(ConflictError, match=f"the layer {run_id} is named by the saved area"):
        keeping.remove(live, run_id, anna)
    assert keeping.layer(live, run_id, Role.ANALYST).id == run_id


def test_only_who_asked_for_a_layer_or_an_administrator_removes_it(live: Live, run_id: str):
    with pytest.raises(ForbiddenError, match="only who asked"):
        keeping.remove(live, run_id, Asker("session:Ben", "Ben", Role.COMMANDER))
    keeping.remove(live, run_id, Asker(HERE.who, "Anna", Role.ANALYST))
    with pytest.raises(UnknownRunError):
        keeping.layer(live, run_id, Role.ADMIN)
