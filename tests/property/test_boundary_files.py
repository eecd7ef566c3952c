"""Boundary files: any JSON has its own top level as outline; what is written reads back equal."""

import json

import geopandas as gpd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from boundaries.files import json_outline
from boundaries.files.json_outline import outline
from boundaries.files.read import read_boundaries
from boundaries.files.write import WRITERS, write_boundaries

TEXT = st.text('ab"\\{}[],:é\n', max_size=6)
SIMPLE = st.none() | st.booleans() | st.integers() | TEXT
VALUE = st.recursive(
    SIMPLE, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3)
)


@given(
    members=st.dictionaries(TEXT.map("k".__add__), VALUE, max_size=4),
    features=st.lists(VALUE, max_size=4),
    first=st.booleans(),
    ascii_only=st.booleans(),
    chunk_bytes=st.integers(1, 9),
)
def test_the_outline_of_a_document_is_its_top_level_wherever_it_is_cut(
    tmp_path_factory, members, features, first, ascii_only, chunk_bytes
):
    whole = {"features": features} | members if first else members | {"features": features}
    path = tmp_path_factory.mktemp("outline") / "a.json"
    path.write_text(json.dumps(whole, ensure_ascii=ascii_only), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_outline, "CHUNK_BYTES", chunk_bytes)
        found, items = outline(path, "a.json")
    assert found == members | {"features": []}
    assert items == len(features)


# Whole metres, so that edges and corners of areas meet.
CORNER = st.tuples(st.integers(300_000, 300_020), st.integers(300_000, 300_020))
SQUARE = st.tuples(CORNER, st.integers(1, 9)).map(
    lambda place: shapely.box(*place[0], place[0][0] + place[1], place[0][1] + place[1])
)
AREA = st.lists(SQUARE, min_size=1, max_size=4).map(shapely.union_all)
NAME = st.text("aé'&<>/\\", min_size=1, max_size=9)


@pytest.mark.parametrize("ending", WRITERS)
@given(areas=st.lists(st.tuples(AREA, NAME, st.sampled_from(["", "P1"])), min_size=1, max_size=4))
def test_what_is_written_reads_back_equal(tmp_path_factory, ending, areas):
    shapes, names, parents = zip(*areas, strict=True)
    columns = {
        "code": [f"A{number}" for number in range(len(areas))],
        "name": names,
        "parent_code": parents,
    }
    frame = gpd.GeoDataFrame(columns, geometry=list(shapes), crs="EPSG:27700")
    path = tmp_path_factory.mktemp("written") / f"areas{ending}"
    write_boundaries(frame, path, facts={"name": "Areas"})
    again = read_boundaries(path).frame
    if any(parents):
        assert again["parent_code"].tolist() == list(parents)
    assert again["code"].tolist() == columns["code"]
    assert again["name"].tolist() == list(names)
    assert shapely.hausdorff_distance(again.geometry, frame.geometry).max() <= 0.001
    assert shapely.equals(again.geometry.normalize(), frame.geometry.normalize()).all()
