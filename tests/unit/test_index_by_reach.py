"""Whom an index chooses by each reach, and who stands on the edge: units 100 m apart, by hand.

Five units stand in a row, each in the middle of a square of 100 m that is its cell; the team's
ground begins 20 m into the second square and ends 20 m into the fifth.
"""

import numpy as np
import pytest
import shapely

from geo_alerts.audiences.counts import Edge
from geo_alerts.audiences.people.index import AudienceIndex
from geo_alerts.audiences.people.live_index import LiveIndex
from geo_alerts.places.cells import Cells
from tests.audience_world import Person, directory_of, layer_of, members_of, selection_of

WEST, SOUTH = 400_000, 300_000
UNITS = {f"SY1 {column}AA": (WEST + 100 * column - 50, SOUTH + 50) for column in range(1, 6)}
# Others all round, where nobody lives, so that the five have squares.
AROUND = {
    f"SY2 {row}{a}{b}": (WEST + 100 * column - 50, SOUTH + 50 + 100 * (row - 2))
    for row in (1, 2, 3)
    for column, (a, b) in enumerate(zip("ABDEFGH", "ABDEFGH", strict=True))
    if row != 2 or column in (0, 6)
}
DIRECTORY = directory_of(dict(sorted((UNITS | AROUND).items())))
CELLS = Cells.build(DIRECTORY.easting, DIRECTORY.northing, DIRECTORY.is_live)
TEAM = layer_of({"T-1": shapely.box(WEST + 120, SOUTH, WEST + 420, SOUTH + 100)})
TEAM_1 = {"type": "team", "codes": ["T-1"]}
OUTSIDE = {
    "type": "difference",
    "from": {"type": "postcodes", "postcodes": ["SY1"]},
    "without": [TEAM_1],
}

ANN, BEA, CAT, DEE, EVE = (
    Person(name, (postcode,))
    for name, postcode in zip(["ann", "bea", "cat", "dee", "eve"], UNITS, strict=True)
)
# In the third square, which lies within, as well as in the second and the fifth.
FAY = Person("fay", ("SY1 2AA", "SY1 3AA", "SY1 5AA"))
MUTE = Person("mute", ("SY1 5AA",), channels=0)
EVERYBODY = [ANN, BEA, CAT, DEE, EVE, FAY, MUTE]


def index_of(people, cells=CELLS):
    return LiveIndex.of(AudienceIndex.build(members_of(people), DIRECTORY, TEAM, cells=cells))


def followed():
    """The same people, one of whom moved here and one of whom came since the index was built."""
    before = [ANN, BEA._replace(postcodes=("SY1 1AA",)), CAT, DEE, FAY, MUTE]
    return index_of(before).changed(members_of([BEA, EVE]), np.zeros(0, dtype=np.int64))


@pytest.mark.parametrize("live", [index_of(EVERYBODY), followed()], ids=["built", "followed"])
@pytest.mark.parametrize(
    ("area", "reach", "people", "on_edge"),
    [
        (TEAM_1, "whole", ["cat", "dee", "fay"], 0),
        (TEAM_1, "centre", ["bea", "cat", "dee", "fay"], 1),
        (TEAM_1, "any", ["bea", "cat", "dee", "eve", "fay"], 2),
        (OUTSIDE, "whole", ["ann"], 0),
        (OUTSIDE, "centre", ["ann", "eve", "fay"], 2),
        (OUTSIDE, "any", ["ann", "bea", "eve", "fay"], 3),
    ],
)
def test_people_are_chosen_by_the_reach_asked_and_the_edge_is_told(
    live, area, reach, people, on_edge
):
    chosen = live.choose(selection_of(area, reach=reach), edges=True)

    assert chosen.references().tolist() == people
    low, high = (3, 5) if area is TEAM_1 else (1, 4)
    assert chosen.counts.edge == Edge(low=low, high=high, people=on_edge)


@pytest.mark.parametrize(
    "drawn", [{"sample": {"size": 2}}, {"control": {"share": 0.5}}], ids=["sample", "control"]
)
def test_of_what_is_drawn_by_chance_there_is_no_edge_to_tell(drawn):
    live = index_of(EVERYBODY)
    with_edge = live.choose(selection_of(TEAM_1, **drawn), edges=True)
    without = live.choose(selection_of(TEAM_1, **drawn))

    assert with_edge.counts == without.counts
    assert with_edge.counts.edge is None


def test_without_cells_there_is_no_edge_to_tell():
    live = index_of(EVERYBODY, cells=None)

    for reach in ("whole", "centre", "any"):
        chosen = live.choose(selection_of(TEAM_1, reach=reach), edges=True)
        assert (chosen.counts.people, chosen.counts.edge) == (4, None)
