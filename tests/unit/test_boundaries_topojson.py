"""TopoJSON: borders that areas share, whole numbers with a transform, and what is not so."""

import json

import pytest
import shapely

from boundaries.files.options import ReadOptions
from boundaries.files.read import read_boundaries
from geo_alerts.errors import CrsError, SourceError
from tests.boundary_files import as_topojson, write_topojson

# One ten-thousandth of a degree a step, from 3 degrees west and 52 north.
TRANSFORM = {"scale": [0.0001, 0.0001], "translate": [-3, 52]}
# The first position, then steps: a square of 0.1 degrees and its eastern neighbour, who share the
# middle border (arc 1) and have one border each of their own.
SHARED = [
    [[1000, 0], [-1000, 0], [0, 1000], [1000, 0]],
    [[1000, 1000], [0, -1000]],
    [[1000, 0], [1000, 0], [0, 1000], [-1000, 0]],
]
WEST = {"type": "Polygon", "arcs": [[0, 1]]}
EAST = {"type": "Polygon", "arcs": [[2, 1]]}


def write(folder, arcs=SHARED, areas=None, **members):
    areas = {"W": WEST, "E": EAST} if areas is None else areas
    return write_topojson(folder / "a.json", arcs, areas, **{"transform": TRANSFORM} | members)


def test_steps_are_added_up_and_scaled_and_borders_are_shared(tmp_path):
    path = write(tmp_path)
    frame = read_boundaries(path).frame
    assert frame["code"].tolist() == ["W", "E"]
    west, east = frame.geometry
    plain = shapely.Polygon([(-2.9, 52), (-3, 52), (-3, 52.1), (-2.9, 52.1)])
    (tmp_path / "plain.geojson").write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [
                    {
                        "type": "Feature",
                        "properties": {"code": "W"},
                        "geometry": plain.__geo_interface__,
                    }
                ],
            }
        )
    )
    (same,) = read_boundaries(tmp_path / "plain.geojson").frame.geometry
    assert shapely.hausdorff_distance(west, same) <= 0.001
    assert shapely.intersection(west, east).length == pytest.approx(11_126, abs=5)
    assert west.touches(east)


def test_properties_that_are_no_single_values_become_their_text(tmp_path):
    path = write(tmp_path, areas={"W": WEST | {"id": {"a": 1}}})
    assert read_boundaries(path).frame["code"].tolist() == ['{"a": 1}']


def test_one_of_several_objects_must_be_named(tmp_path):
    path = as_topojson(tmp_path)
    content = json.loads(path.read_text())
    content["objects"]["beats"] = {"type": "Polygon", "arcs": [[0, 1]], "id": "B"}
    path.write_text(json.dumps(content))
    with pytest.raises(SourceError, match="its layers: teams, beats"):
        read_boundaries(path)
    source = read_boundaries(path, options=ReadOptions(layer="beats"))
    assert source.frame["code"].tolist() == ["B"]


@pytest.mark.parametrize(
    ("transform", "reason"),
    [
        ({"scale": [0, 1], "translate": [0, 0]}, "scales by nothing"),
        ({"scale": [1], "translate": [0, 0]}, "has not two scales and two shifts"),
        ({"scale": ["a", 1], "translate": [0, 0]}, "could not convert"),
        ({"scale": [1, 1]}, "it has no 'translate'"),
        ({"scale": [float("nan"), 1], "translate": [0, 0]}, "NaN is no number of JSON"),
        ({"scale": [1e308, 1e308], "translate": [0, 0]}, "outside the British National Grid"),
        ({"scale": [1, 1], "translate": [0, 0]}, "are no degrees"),
        (5, "not of the kind that it should be"),
    ],
)
def test_a_transform_that_leads_nowhere_is_refused(tmp_path, transform, reason):
    path = write(tmp_path, transform=transform)
    with pytest.raises((SourceError, CrsError), match=reason):
        read_boundaries(path)


@pytest.mark.parametrize(
    ("area", "reason"),
    [
        ({"type": "Polygon", "arcs": [[0, 3]]}, "feature 2, .* names arc 3, but there are 3"),
        ({"type": "Polygon", "arcs": [[0, ~3]]}, "names arc 3, but there are 3"),
        ({"type": "Polygon", "arcs": [[0, 2]]}, "arcs that do not meet"),
        ({"type": "Polygon", "arcs": [[0]]}, "cannot be made of its positions"),
        ({"type": "Polygon", "arcs": [[0.5]]}, "not of the kind that it should be"),
        ({"type": "Polygon"}, "feature 2, .* it has no 'arcs'"),
        ({"type": "Polygon", "arcs": []}, "is empty"),
        ({"type": "MultiPolygon", "arcs": []}, "is empty"),
        ({"type": None}, "is missing"),
        ({"type": "Point", "coordinates": [0, 0]}, "is a Point; wanted a Polygon"),
        ({"type": "GeometryCollection", "geometries": []}, "is a GeometryCollection"),
    ],
)
def test_an_area_without_its_borders_is_refused(tmp_path, area, reason):
    path = write(tmp_path, areas={"W": WEST, "X": area})
    with pytest.raises(SourceError, match=reason):
        read_boundaries(path)


@pytest.mark.parametrize("arcs", [None, [5], [["a"]], [[[1]]], [[]]])
def test_arcs_that_are_none_are_refused(tmp_path, arcs):
    with pytest.raises(SourceError, match=r"a\.json.* cannot be (read|made)"):
        read_boundaries(write(tmp_path, arcs=arcs))


def test_an_arc_used_beyond_measure_is_refused_before_it_is_laid_out(tmp_path):
    long = [[0, 0], *[[1, 0]] * 99_999]
    path = write(tmp_path, arcs=[long], areas={"X": {"type": "Polygon", "arcs": [[0, ~0] * 101]}})
    with pytest.raises(SourceError, match="has 20,200,000 vertices or more"):
        read_boundaries(path)


def test_the_same_part_over_and_over_is_refused_as_tangled(tmp_path):
    area = {"type": "MultiPolygon", "arcs": [[[0, 1]]] * 30_000}
    with pytest.raises(SourceError, match="feature 1 is too tangled"):
        read_boundaries(write(tmp_path, areas={"X": area}))
