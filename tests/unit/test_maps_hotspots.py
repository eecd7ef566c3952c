"""The map of a layer of hotspots: classes by method, areas and cells in tables, safe to open."""

import itertools
import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.grid import SquareGrid
from geo_alerts.hotspots.layers import CellLayer, HotArea
from geo_alerts.maps import hotspots as maps_hotspots
from geo_alerts.maps.document import MapAbout
from geo_alerts.maps.hotspot_words import summary_of
from geo_alerts.maps.hotspots import DrawnLayer, hotspots_map
from geo_alerts.maps.shades import MARKS, OR_RD, PU_BU, TONES, shading
from tests.map_documents import HOSTILE, LEAFLET, Reader, check_self_contained

ABOUT = MapAbout(
    title="Burglary, April 2024 to March 2025",
    as_of="Crimes of April 2024 to March 2025",
    editions="the boundary of Made Up",
    demonstration=False,
    attribution="Made up.",
)
GRID = SquareGrid(cell_m=250, west=350_000, south=300_000, columns=4, rows=3)
CELL = np.arange(12)
CRIMES = np.array([0, 0, 1, 2, 0, 3, 40, 0, 0, 0, 5, 0], dtype=float)
TEAM = shapely.box(350_000, 300_000, 351_000, 300_750)
FACTS = {
    "study_area": "the boundary of Made Up",
    "cells_km2": 0.75,
    "period": {
        "crimes": 60,
        "crimes_located": 55,
        "crimes_outside_study_area": 4,
        "crimes_used": 51,
        "months_missing": [],
    },
}


def area(rank: int, cells: list[int], **facts: Any) -> HotArea:
    shape = shapely.union_all(GRID.polygons(cells))
    told = {"crimes": int(CRIMES[cells].sum()), "km2": shape.area / 1e6, **facts}
    return HotArea(rank, None, shape, told)


def layer(method: str = "counts", **others: Any) -> DrawnLayer:
    columns = others.pop("columns", {"crimes": CRIMES})
    given = {
        "cells": CellLayer(GRID, CELL, columns),
        "areas": [
            area(1, [6, 10], place="On or near Monkmoor Road", team="T1", team_name="Castlefields"),
            area(2, [3], place="On or near Hill Street", team=None, team_name=None),
        ],
        "facts": FACTS,
        "teams": [TEAM],
        **others,
    }
    return DrawnLayer(method=method, **given)


def drawn(one: DrawnLayer) -> str:
    return hotspots_map(one, about=ABOUT, leaflet=LEAFLET)


def tables(html: str) -> list[list[str]]:
    bodies = re.findall(r"<tbody>(.*?)</tbody>", html, re.DOTALL)
    return [
        [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in body.split("</tr>")[:-1]]
        for body in bodies
    ]


def grounds(html: str) -> list[dict[str, Any]]:
    """Shaded ground as it is drawn: every geometry that is no area and no line."""
    script = Reader(html).texts["script"][2]
    found = re.findall(r'\{"features": \[(\{.*?\})\], "type": "FeatureCollection"\}', script)
    features = [json.loads(one) for one in found if '"label"' not in one]
    return [one for one in features if "Polygon" in one["geometry"]["type"]]


def test_the_finding_is_told_in_a_sentence_with_the_share_of_crime_and_of_ground():
    said = "2 hotspots in the boundary of Made Up hold 47 of 51 crimes (92.2%) on 25.0% of"
    assert said in drawn(layer())


def test_areas_and_cells_are_in_tables_with_the_facts_of_the_map():
    areas, cells = tables(drawn(layer()))
    assert areas == [
        "1 On or near Monkmoor Road Castlefields 45 0.125 km² 350625 300625",
        "2 On or near Hill Street 2 0.0625 km² 350875 300125",
    ]
    assert cells[0] == "0 7 0.4 km² 0"
    # Whatever the classes are, their cells and crimes are all there are.
    assert sum(int(row.split(" km²")[1]) for row in cells) == CRIMES.sum()


def test_ground_of_a_class_covers_its_cells_and_nothing_else():
    flags = {"is_hot": CRIMES >= 3, "is_cold": CRIMES > 99, "q": np.where(CRIMES >= 3, 0.02, 1.0)}
    html = drawn(layer("gi_star", columns={"crimes": CRIMES, **flags}))
    (hot,) = grounds(html)
    in_degrees = shapely.from_geojson(json.dumps(hot["geometry"]))
    # Three cells of 250 m at this latitude.
    width, height = 250 / 111_320 / np.cos(np.radians(52.6)), 250 / 111_200
    assert in_degrees.area == pytest.approx(3 * width * height, rel=0.01)


def test_shades_of_counts_begin_above_nothing_and_hold_every_cell_with_crime_once():
    found = shading("counts", {"crimes": CRIMES}, {})
    chosen = np.sum([one.chosen for one in found.shades], axis=0)
    np.testing.assert_array_equal(chosen, CRIMES > 0)
    assert [one.fill for one in found.shades] == list(OR_RD[-len(found.shades) :])
    values = [CRIMES[one.chosen] for one in found.shades if one.chosen.any()]
    assert all(low.max() < high.min() for low, high in itertools.pairwise(values))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([1, 1, 1, 1], ("above 0",)),
        ([1] * 10 + [2] * 8 + [3] * 3 + [9] * 9, ("1", "2 to 8", "9 or more")),
        (
            [0.5, 1.5, 2.5, 3.5],
            ("under 2", "2 to under 2.8", "2.8 to under 3.2", "3.2 to under 3.4", "3.4 or more"),
        ),
    ],
)
def test_classes_are_written_out(values, words):
    given = {"crimes": np.array([0.0] * len(values)), "density_per_km2": np.array(values, float)}
    assert tuple(one.words for one in shading("density", given, {}).shades) == words


def test_with_the_limits_of_another_layer_a_colour_means_the_same_in_both():
    busy = shading("counts", {"crimes": CRIMES}, {})
    quiet = shading("counts", {"crimes": np.minimum(CRIMES, 1)}, {}, limits=busy.limits)
    assert [(one.fill, one.words) for one in quiet.shades] == [
        (one.fill, one.words) for one in busy.shades
    ]
    chosen = [int(one.chosen.sum()) for one in quiet.shades]
    assert chosen == [int((CRIMES > 0).sum()), *[0] * (len(chosen) - 1)]
    empty = shading("counts", {"crimes": CRIMES * 0}, {}, limits=busy.limits)
    assert not any(one.chosen.any() for one in empty.shades)


def test_harm_is_shaded_where_harm_was_counted():
    columns = {"crimes": CRIMES, "harm": CRIMES * 365}
    assert shading("counts", columns, {}).title == "Harm in a cell, days of sentence"


def test_of_gi_star_the_insignificant_is_transparent_and_surer_cells_are_darker():
    q = np.array([0.5, 0.2, 0.04, 0.03, 1, 0.009, 1e-9, 1, 1, 1, 0.05, 0.04])
    columns = {"crimes": CRIMES, "q": q, "is_hot": (q <= 0.05) & (CRIMES > 0), "is_cold": q > 2}
    usual, surest = shading("gi_star", columns, {"level": 0.05}).shades
    assert usual.words == "hot at 95% (false discoveries at most 5%)"
    assert np.flatnonzero(usual.chosen).tolist() == [2, 3, 10]
    assert np.flatnonzero(surest.chosen).tolist() == [5, 6]
    assert (usual.fill, surest.fill) == OR_RD[-2:]
    cold = {**columns, "is_cold": q == 0.2, "q": np.where(q == 0.2, 0.01, q)}
    assert shading("gi_star", cold, {"level": 0.05}).shades[0].fill in PU_BU


def test_change_is_diverging_round_nothing():
    columns = {
        "before": np.array([9.0, 1, 5, 30, 2]),
        "after": np.array([1.0, 9, 5, 2, 40]),
        "expected": np.array([9.0, 1, 5, 30, 2]),
        "direction_shared": np.array([-1, 1, 0, -1, 1]),
    }
    shades = shading("change", columns, {}).shades
    assert [np.flatnonzero(one.chosen).tolist() for one in shades] == [[3], [0], [1], [4]]
    assert [one.words.split(",")[0] for one in shades] == ["fewer", "fewer", "more", "more"]
    assert len({one.fill for one in shades}) == 4


def test_each_emerging_class_has_a_mark_or_a_tone_of_its_own():
    names = [f"{begins} {kind} spot" for kind in TONES for begins in MARKS]
    columns = {"crimes": np.ones(17), "class": np.array([*names, "no pattern detected"])}
    found = shading("emerging", columns, {})
    assert {one.words for one in found.shades} == set(names)
    told = {(one.ground, one.marks) for one in found.patterns}
    assert len(told) == len(found.patterns) == 16
    html = drawn(layer("emerging", columns={"crimes": CRIMES, "class": np.array(names[:12])}))
    for one in found.patterns[:8]:
        assert f'<pattern id="{one.id}"' in html
        assert f'fill="url(#{one.id})"' in html


def test_local_moran_tells_its_quadrants_apart():
    columns = {
        "crimes": CRIMES[:4],
        "quadrant": np.array(["high-high", "low-high", "high-low", "high-high"]),
        "is_significant": np.array([True, True, True, False]),
    }
    shades = shading("local_moran", columns, {}).shades
    assert [np.flatnonzero(one.chosen).tolist() for one in shades] == [[0], [2], [1]]


def test_a_layer_in_which_nothing_stands_out_is_a_map_with_its_teams():
    html = drawn(layer(areas=[], columns={"crimes": np.zeros(12)}))
    assert "Nothing stands out in the boundary of Made Up." in html
    assert "None: nothing stands out." in html
    assert tables(html) == []
    assert grounds(html) == []


def test_a_layer_without_cells_areas_and_teams_cannot_be_drawn():
    with pytest.raises(InvalidInputError, match="nothing to draw"):
        drawn(layer(cells=None, areas=[], teams=[]))


def test_what_is_not_drawn_is_told(monkeypatch):
    monkeypatch.setattr(maps_hotspots, "MOST_AREAS", 1)
    monkeypatch.setattr(maps_hotspots, "MOST_VERTICES", 12)
    html = drawn(layer())
    assert "Of 2 hotspots the first 1 are drawn" in html
    assert "so many that they are not drawn" in html
    assert len(tables(html)[0]) == 1
    assert sum(len(one["geometry"]["coordinates"]) for one in grounds(html)) < 5
    assert len(grounds(html)) >= 1


def test_months_that_are_missing_and_crimes_left_out_are_told():
    period = {**FACTS["period"], "months_missing": ["2024-07"]}
    html = drawn(layer(facts={**FACTS, "period": period, "notes": ["No cell could be cold."]}))
    for said in (
        "51 of 60 crimes were used: 5 have no position, 4 lie outside the study area.",
        "Months that are missing, and no zero: 2024-07.",
        "No cell could be cold.",
        "Published positions are no addresses",
    ):
        assert said in html


def test_what_was_asked_stands_under_the_title_as_text():
    about = replace(ABOUT, asked=f"Burglary; recorded by {HOSTILE}.")
    html = hotspots_map(layer(), about=about, leaflet=LEAFLET)
    assert HOSTILE not in html
    assert '</h1>\n<p class="asked">Burglary; recorded by ' in html
    assert 'class="asked"' not in drawn(layer())


@pytest.mark.parametrize(
    ("km2", "told"),
    [(0.075, "10.0%"), (0.0003, "0.04%"), (0.000_32, "0.043%"), (0.000_001, "under 0.001%")],
)
def test_a_small_share_of_the_ground_is_not_told_as_none(km2, told):
    areas = [area(1, [6], km2=km2)]
    assert summary_of("counts", areas, FACTS).endswith(f"(78.4%) on {told} of the ground.")


def test_the_finding_of_a_layer_of_harm_counts_harm():
    areas = [area(1, [6], harm=900.0), area(2, [3], harm=100.0)]
    facts = {**FACTS, "harm": {"version": "made-up-2025", "days_in_cells": 4_000.0}}
    assert summary_of("counts", areas, facts).startswith(
        "2 hotspots in the boundary of Made Up hold 1\u202f000 of 4\u202f000 days of harm (25.0%) "
        "by the weights made-up-2025, and 42 of 51 crimes"
    )


FORECAST = {"foretold_month": "2025-04", "foretelling": "counts_recent"}


def test_the_finding_of_a_forecast_does_not_claim_the_crimes_to_come():
    said = summary_of("auto", [area(1, [6])], {**FACTS, **FORECAST})
    assert said.startswith("Forecast for April 2025: 1 hotspot in the boundary of Made Up on 8.3%")
    assert "In the months that it was made from 40 of 51 crimes (78.4%) were in them" in said


@pytest.mark.parametrize(
    ("column", "facts", "title"),
    [
        ("expected", FORECAST, "Forecast, crimes expected in a cell: April 2025"),
        (
            "expected",
            {**FORECAST, "foretelling": "gi_star"},
            "Forecast, Gi* by which cells are ranked: April 2025",
        ),
        (
            "expected",
            {**FORECAST, "harm": {}},
            "Forecast, days of harm expected in a cell: April 2025",
        ),
        ("density_per_km2", {"harm": {}}, "Harm per km², days of sentence"),
        ("density_per_km2", {}, "Crimes per km²"),
    ],
)
def test_the_legend_names_what_is_shaded(column, facts, title):
    assert shading("auto", {"crimes": CRIMES, column: CRIMES / 3}, facts).title == title


def test_texts_of_files_are_text_and_the_document_loads_nothing():
    hostile = area(1, [6], note=HOSTILE, place=HOSTILE, team_name=HOSTILE)
    html = drawn(layer(areas=[hostile, area(2, [3])]))
    assert HOSTILE not in html
    check_self_contained(html)


def test_the_same_layer_gives_the_same_bytes():
    assert drawn(layer()) == drawn(layer())


def test_a_force_at_250_m_stays_under_3_mb():
    rng = np.random.default_rng(7)
    grid = SquareGrid(cell_m=250, west=300_000, south=200_000, columns=400, rows=300)
    # Far less together than real crime is.
    crimes = rng.poisson(0.06, grid.size).astype(float)
    top = np.argsort(-crimes, kind="stable")[:1_200]
    areas = [HotArea(n, None, grid.polygons([c])[0], {}) for n, c in enumerate(top[:600], 1)]
    cells = CellLayer(grid, np.arange(grid.size), {"crimes": crimes})
    html = drawn(layer(cells=cells, areas=areas))
    assert len(html.encode()) < 3_000_000
