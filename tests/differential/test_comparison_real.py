"""Real editions compared: against geopandas, against what ONS did to its codes, and names we know.

Wards of West Mercia in 2013 and 2025 (all nine districts were re-warded in between), and LSOAs of
2011 and 2021, of which ONS kept the code just where it changed no more than an outline.
"""

from collections import Counter, defaultdict

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from boundaries.comparing.changes import kinds_of_teams
from boundaries.comparing.compare import Comparison, UnitPoints, compare
from boundaries.comparing.ground import common_ground
from boundaries.files.read import read_boundaries
from geo_alerts.places.layer import Layer
from geo_alerts.sources.postcodes import read_postcodes

pytestmark = pytest.mark.shared


def frame_of(folder, name):
    return read_boundaries(folder / "boundaries" / f"{name}.zip").frame[
        ["code", "name", "geometry"]
    ]


@pytest.fixture(scope="module")
def units(shared_data):
    frame = read_postcodes(shared_data / "postcodes" / "code-point-open-2025-10.zip").frame
    columns = [frame[name].to_numpy() for name in ("easting", "northing")]
    return UnitPoints(frame["postcode"].to_numpy(dtype=str), *columns)


@pytest.fixture(scope="module")
def wards(shared_data):
    return [frame_of(shared_data, f"wards-{year}-west-mercia") for year in (2013, 2025)]


@pytest.fixture(scope="module")
def found(wards, units) -> Comparison:
    return compare(*(Layer.from_frame(each, "wards") for each in wards), units)


def test_the_ground_of_every_pair_is_what_geopandas_overlays(wards, found):
    old, new = (each.rename(columns={"code": name}) for each, name in zip(wards, "ij", strict=True))
    overlaid = gpd.overlay(
        old[["i", "geometry"]], new[["j", "geometry"]], how="union", keep_geom_type=True
    )
    expected = overlaid.assign(m2=overlaid.area)[["i", "j", "m2"]].fillna("")
    expected = expected.groupby(["i", "j"])["m2"].sum()
    expected = expected[expected >= 0.01]
    codes = [np.append(layer.code, "") for layer in (found.old, found.new)]
    ground = pd.Series(
        found.ground.m2,
        index=pd.MultiIndex.from_arrays([codes[0][found.ground.old], codes[1][found.ground.new]]),
    )
    assert sorted(ground.index) == sorted(expected.index)
    assert len(ground) > 1_500
    np.testing.assert_allclose(ground.sort_index(), expected.sort_index(), atol=0.001, rtol=1e-9)


def test_all_of_the_ground_is_accounted_for(found):
    ground = found.ground
    for index, whole_m2, repeated_m2 in (
        (ground.old, ground.old_m2, ground.old_repeated_m2),
        (ground.new, ground.new_m2, ground.new_repeated_m2),
    ):
        sums = np.bincount(index[index >= 0], ground.m2[index >= 0])
        np.testing.assert_allclose(sums, whole_m2 + repeated_m2, atol=0.01)
        assert not repeated_m2.any()


def test_the_units_of_every_pair_are_what_geopandas_joins(wards, units, found):
    points = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(units.easting, units.northing), crs=wards[0].crs
    ).dropna()
    joined = [
        gpd.sjoin(points, each, predicate="covered_by").groupby(level=0)["code"].min()
        for each in wards
    ]
    both = pd.DataFrame({"i": joined[0], "j": joined[1]}).fillna("")
    expected = Counter(both.itertuples(index=False, name=None))
    codes = [np.append(layer.code, "") for layer in (found.old, found.new)]
    walk = found.crosswalk
    rows = zip(codes[0][walk.old], codes[1][walk.new], walk.units.tolist(), strict=True)
    assert {(i, j): count for i, j, count in rows if count} == expected
    assert expected.total() > 42_000


def successors(found: Comparison) -> dict[str, list[tuple[str, str]]]:
    names = [dict(zip(a.code, a.name, strict=True)) for a in (found.old, found.new)]
    told = defaultdict(list)
    for link in found.links:
        if link.old_code:
            told[names[0][link.old_code]].append((link.kind, names[1].get(link.new_code)))
    return told


@pytest.mark.parametrize(
    ("old", "expected"),
    [
        # The same ground under a new code, with "&" for "and".
        ("Bretforton and Offenham", [("recoded", "Bretforton & Offenham")]),
        ("Castlefields and Ditherington", [("recoded", "Castlefields & Ditherington")]),
        # Ledbury had one ward of three members until 2015, then three of one each.
        (
            "Ledbury",
            [("split", "Ledbury South"), ("split", "Ledbury North"), ("split", "Ledbury West")],
        ),
        # The names say what was put together.
        ("Haygate", [("merged", "Haygate & Park")]),
        ("Dothill", [("merged", "Shawbirch & Dothill")]),
        ("Cookley", [("merged", "Wyre Forest Rural")]),
        ("Wolverley", [("merged", "Wyre Forest Rural")]),
        ("Norton and Whittington", [("merged", "Drakes Broughton, Norton & Whittington")]),
    ],
)
def test_wards_that_we_know_became_what_we_know(found, old, expected):
    assert successors(found)[old] == expected


def test_every_ward_has_another_code_so_none_goes_on_under_its_own(found):
    kinds = kinds_of_teams(found)
    assert kinds["unchanged"] == kinds["renamed"] == kinds["reshaped"] == kinds["removed"] == 0
    assert kinds["recoded"] + kinds["split"] + kinds["merged"] == len(found.old)
    assert kinds["recoded"] + kinds["added"] == len(found.new)


def test_small_areas_whose_codes_ons_kept_go_on_and_all_others_were_split_or_merged(
    shared_data, units
):
    old, new = (
        Layer.from_frame(frame_of(shared_data, f"lsoa-{year}-west-mercia"), str(year))
        for year in (2011, 2021)
    )
    found = compare(old, new, units)
    kept = set(old.code.tolist()) & set(new.code.tolist())
    assert len(kept) > 700
    kinds = defaultdict(set)
    for link in found.links:
        kinds[link.kind] |= {link.old_code or link.new_code}
    assert kinds["unchanged"] | kinds["renamed"] | kinds["reshaped"] == kept
    assert kinds["split"] | kinds["merged"] == set(old.code.tolist()) - kept
    assert kinds["added"] == set(new.code.tolist()) - kept


def test_real_outlines_that_overlap_and_leave_gaps_add_up_all_the_same(wards):
    # Every other ward of 2025 is left out, and every third of 2013 lies on those that are in.
    mixed = pd.concat([wards[1][::2], wards[0][::3]])
    ground = common_ground(*(Layer.from_frame(each, "wards") for each in (wards[0], mixed)))
    for index, whole_m2, repeated_m2 in (
        (ground.old, ground.old_m2, ground.old_repeated_m2),
        (ground.new, ground.new_m2, ground.new_repeated_m2),
    ):
        sums = np.bincount(index[index >= 0], ground.m2[index >= 0])
        np.testing.assert_allclose(sums, whole_m2 + repeated_m2, atol=0.01)
    before, some, others = (
        each.geometry.union_all() for each in (wards[0], wards[1][::2], wards[0][::3])
    )
    left = before.difference(some.union(others))
    assert ground.m2[ground.new < 0].sum() == pytest.approx(left.area, abs=1)
    on_each_other = some.intersection(others)
    assert ground.old_repeated_m2.sum() == pytest.approx(on_each_other.area, abs=1)
