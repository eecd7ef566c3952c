"""Areas by code: other layers, other editions, and codes that are gone; worked out by hand."""

from dataclasses import replace

import pytest
import shapely

from geo_alerts.audiences.targets.named import Rehomed, layers_named, rehomed
from geo_alerts.audiences.units.reach import resolve
from geo_alerts.errors import UnknownAreaError, UnknownTeamError
from geo_alerts.places.layer import Layer, Succession
from tests.audience_world import EAST, UNITS, WEST, area_of, directory_of, ground_of, layer_of

NORTH = shapely.box(340_000, 305_000, 350_000, 310_000)
SOUTH = shapely.box(340_000, 300_000, 350_000, 305_000)
WARDS = Layer.from_columns("wards", ["W-N", "W-S"], ["North", "South"], [NORTH, SOUTH], kind="ward")
OLD_TEAMS = layer_of({"T-0": EAST.union(WEST)})
SUCCESSIONS = {
    "T-0": Succession(
        "T-0", "Old", "split", ("T-1", "T-2"), (0.5, 0.5), NORTH, "teams 2024", "2025-05-01"
    ),
    "T-9": Succession(
        "T-9", "West as it was", "recoded", ("T-1",), (1.0,), SOUTH, "teams 2024", "2025-05-01"
    ),
}
GROUND = ground_of(
    directory_of(UNITS),
    replace(layer_of({"T-1": WEST, "T-2": EAST}), successions=SUCCESSIONS),
)
LAYERS = {("ward", None): WARDS, ("team", 7): OLD_TEAMS, ("team", None): GROUND.layer}


def postcodes_in(area):
    return GROUND.units.postcode[resolve(area_of(area), GROUND, LAYERS)].tolist()


WEST_POSTCODES = ["SY1 1AA", "SY1 1AB", "SY1 2AA", "SY1 2AB"]
NORTH_POSTCODES = ["SY1 1AB", "SY1 2AA", "SY1 2AB", "SY12 1AB"]


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        pytest.param(
            {"type": "boundary", "layer": "ward", "codes": ["W-N"]}, NORTH_POSTCODES, id="a ward"
        ),
        pytest.param(
            {"type": "boundary", "layer": "ward", "codes": ["W-N", "W-S"]},
            sorted(set(UNITS) - {"SY1 3AA"}),
            id="two wards with a common edge, each unit once",
        ),
        pytest.param(
            {"type": "team", "codes": ["T-0"], "edition": 7},
            sorted(set(UNITS) - {"SY1 3AA"}),
            id="a team of an earlier edition",
        ),
        pytest.param(
            {"type": "boundary", "layer": "team", "codes": ["T-1"]},
            WEST_POSTCODES,
            id="teams are a layer like others",
        ),
        pytest.param(
            {"type": "team", "codes": ["T-0"]}, NORTH_POSTCODES, id="gone: its ground as it was"
        ),
        pytest.param({"type": "team", "codes": ["T-9"]}, WEST_POSTCODES, id="re-coded: the new"),
        pytest.param(
            {"type": "team", "codes": ["T-0", "T-1"]},
            sorted({*WEST_POSTCODES, *NORTH_POSTCODES}),
            id="one gone and one there",
        ),
        pytest.param(
            {
                "type": "intersection",
                "areas": [
                    {"type": "team", "codes": ["T-1"]},
                    {"type": "boundary", "layer": "ward", "codes": ["W-S"]},
                ],
            },
            ["SY1 1AA", "SY1 2AA", "SY1 2AB"],
            id="a team within a ward",
        ),
    ],
)
def test_a_code_covers_the_units_of_its_ground(area, expected):
    assert postcodes_in(area) == expected


@pytest.mark.parametrize(
    ("area", "error", "words"),
    [
        pytest.param(
            {"type": "team", "codes": ["T-8"]}, UnknownTeamError, "no team of .* 'T-8'", id="team"
        ),
        pytest.param(
            {"type": "boundary", "layer": "ward", "codes": ["W-X"]},
            UnknownAreaError,
            "no ward of wards has the code 'W-X'",
            id="ward",
        ),
        pytest.param(
            {"type": "boundary", "layer": "wrd", "codes": ["W-N"]},
            UnknownAreaError,
            "no edition in force of the layer 'wrd'",
            id="layer",
        ),
        pytest.param(
            {"type": "team", "codes": ["T-1"], "edition": 8},
            UnknownAreaError,
            "no edition numbered 8",
            id="edition",
        ),
    ],
)
def test_a_code_layer_or_edition_that_never_was_is_refused(area, error, words):
    with pytest.raises(error, match=words):
        postcodes_in(area)


def test_an_area_names_its_layers_wherever_they_stand():
    area = area_of(
        {
            "type": "difference",
            "from": {"type": "team", "codes": ["T-1"]},
            "without": [
                {"type": "boundary", "layer": "ward", "codes": ["W-N"]},
                {"type": "union", "areas": [{"type": "team", "codes": ["T-0"], "edition": 7}]},
                {"type": "postcodes", "postcodes": ["SY1"]},
            ],
        }
    )
    assert layers_named(area) == {("team", None), ("ward", None), ("team", 7)}


def test_what_codes_that_are_gone_stand_for_is_told():
    area = area_of({"type": "team", "codes": ["T-0", "T-1", "T-9"]})
    assert rehomed(area, LAYERS) == (
        Rehomed("team", "T-0", "Old", "last_ground", ("T-1", "T-2"), "2025-05-01"),
        Rehomed("team", "T-9", "West as it was", "new_code", ("T-1",), "2025-05-01"),
    )


def test_a_look_up_of_a_team_that_is_gone_says_where_its_ground_is():
    words = r"team T-0 \(Old\) is gone since 2025-05-01; .* T-1 \(50%\), T-2 \(50%\)"
    with pytest.raises(UnknownTeamError, match=words):
        GROUND.layer.index_of("T-0")
