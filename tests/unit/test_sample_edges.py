"""The sample shows what an edge is: its teams' outlines are simplified, so that they cut cells."""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from boundaries.files.read import read_boundaries
from geo_alerts.places.assignment import Assignment, assign
from geo_alerts.places.cells import Cells, may_have_cell
from geo_alerts.places.layer import Layer
from geo_alerts.places.shares import Shares, is_edge, shares
from geo_alerts.sources.postcodes import read_postcodes

DATA = Path(__file__).parents[2] / "data"


@dataclass(frozen=True)
class Sample:
    """Live units, the teams that they lie in, and how their cells are shared out."""

    units: pd.DataFrame  # with the code of the team that the ward belongs to, "" beyond the force
    layer: Layer
    assignment: Assignment
    shares: Shares

    @property
    def flagged(self) -> np.ndarray:
        return is_edge(self.shares, self.assignment.first)

    @property
    def in_force(self) -> np.ndarray:
        return (self.units["team_of_ward"] != "").to_numpy()

    @property
    def is_moved(self) -> np.ndarray:
        """Units of the force that are by their point in another team than their ward."""
        by_point = self.layer.code[self.assignment.first]
        return self.in_force & (by_point != self.units["team_of_ward"].to_numpy(dtype=str))


@pytest.fixture(scope="module")
def sample() -> Sample:
    every = read_postcodes(DATA / "postcodes.csv.gz").frame
    units = every[every["status"] == "live"].reset_index(drop=True)
    features = json.loads(gzip.decompress((DATA / "teams.geojson.gz").read_bytes()))["features"]
    properties = [feature["properties"] for feature in features]
    team_of_ward = {ward: team["code"] for team in properties for ward in team["wards"]}
    units["team_of_ward"] = units["ward"].map(team_of_ward).fillna("")

    easting, northing = units["easting"], units["northing"]
    layer = Layer.from_frame(read_boundaries(DATA / "teams.geojson.gz").frame, "teams")
    assignment = assign(easting, northing, layer)
    has_cell = may_have_cell(np.ones(len(units), dtype=bool), units["pqi"].to_numpy())
    cells = Cells.build(easting, northing, has_cell)
    found = shares(cells, np.arange(len(units)), layer, assignment)
    return Sample(units, layer, assignment, found)


def test_about_one_unit_in_a_hundred_is_on_an_edge(sample: Sample):
    # As data/README.md says.
    assert np.count_nonzero(sample.in_force) == 42_220
    assert np.count_nonzero(sample.flagged & sample.in_force) == 362


def test_nearly_all_units_that_the_simplified_outlines_put_elsewhere_are_on_an_edge(
    sample: Sample,
):
    assert np.count_nonzero(sample.is_moved) == 20
    assert np.count_nonzero(sample.is_moved & sample.flagged) == 18


def test_the_postcode_that_the_readme_looks_up_is_shared_by_two_teams(sample: Sample):
    (row,) = np.flatnonzero(sample.units["postcode"] == "SY1 2EG")
    pairs = slice(*sample.shares.offset[row : row + 2])
    assert sample.layer.code[sample.shares.area[pairs]].tolist() == ["SNT-031", "SNT-032"]
    np.testing.assert_allclose(sample.shares.share[pairs], [0.627, 0.373], atol=0.0005)
    assert sample.flagged[row]
    assert sample.units["team_of_ward"][row] == "SNT-032"
