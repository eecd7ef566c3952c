"""The shipped sample's units, households and subscribers, and how far estimates of them are off."""

import csv
import gzip
import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import shapely

from geo_alerts.audiences.coverage import apportion
from geo_alerts.audiences.protection.blocks import Blocks
from geo_alerts.audiences.protection.protected import ProtectedTable
from geo_alerts.audiences.protection.rounding import rounded, secret_numbers
from geo_alerts.audiences.protection.tally import EVERYBODY, Batch, Tally
from geo_alerts.crs import geometries_to_epsg_27700
from geo_alerts.places.directory import Directory
from geo_alerts.places.layer import Layer
from geo_alerts.places.postcodes import normalise_many

DATA = Path(__file__).resolve().parents[1] / "data"
# The nine districts of the force; the rest of the sample is a belt round it.
FORCE = ("E06000019", "E06000020", "E06000051", *(f"E0700023{n}" for n in range(4, 10)))
RADII_M = (250, 500, 1_000, 2_000, 5_000)
BITS = {"email": 1, "text": 2, "voice": 4}


@dataclass(frozen=True, eq=False)
class Sample:
    """Everybody of the sample who may be reached, place by place."""

    directory: Directory
    teams: Layer
    households: np.ndarray
    everybody: Batch
    # For each place with a live unit: the person and the unit's row.
    person: np.ndarray
    row: np.ndarray

    def people_in(self, rows: np.ndarray) -> int:
        """How many people have a place in some units."""
        inside = np.zeros(len(self.directory), dtype=bool)
        inside[rows] = True
        return len(np.unique(self.person[inside[self.row]]))

    def table(self, blocks: Blocks, secret: bytes) -> ProtectedTable:
        """The sample as it would be published."""
        tally = Tally(self.directory, blocks, [])
        tally.add(self.everybody, {})
        counts = rounded(tally.counts()[EVERYBODY], secret_numbers(secret, 10 * blocks.count))
        return ProtectedTable.over(self.directory, self.teams, blocks, {EVERYBODY: counts})


def _rows(name: str) -> list[dict[str, str]]:
    with gzip.open(DATA / name, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _number(text: str) -> float:
    return float(text) if text else np.nan


def read_sample() -> Sample:
    units = _rows("postcodes.csv.gz")
    directory = Directory.from_columns(
        "sample",
        {
            "postcode": np.array([one["postcode"] for one in units], dtype="<U8"),
            "easting": np.array([_number(one["easting"]) for one in units]),
            "northing": np.array([_number(one["northing"]) for one in units]),
            "is_live": np.array([one["status"] == "live" for one in units]),
            "large_user": np.array([one["large_user"] == "1" for one in units]),
            "lsoa": np.array([one["lsoa"] for one in units], dtype="<U9"),
            "district": np.array([one["district"] for one in units], dtype="<U9"),
        },
    )
    published = _rows("households.csv.gz")
    lsoa = np.array([one["lsoa"] for one in published])
    counts = np.array([float(one["households"]) for one in published])
    households = apportion(lsoa, counts, directory).households
    people = [one for one in _rows("subscribers.csv.gz") if not one["left"] and one["channels"]]
    postcodes = [one["postcodes"].split(";") for one in people]
    person = np.repeat(np.arange(len(people)), [len(each) for each in postcodes])
    postcode = normalise_many([text for each in postcodes for text in each])
    channels = [sum(BITS[name] for name in one["channels"].split(";")) for one in people]
    everybody = Batch(
        np.array(channels, dtype=np.uint8), np.zeros(len(people), dtype=np.int64), person, postcode
    )
    row = directory.find(postcode)
    known = (row >= 0) & directory.is_live[row] & directory.is_located[row]
    return Sample(directory, _teams(), households, everybody, person[known], row[known])


def _teams() -> Layer:
    """The demonstration teams."""
    with gzip.open(DATA / "teams.geojson.gz", "rt", encoding="utf-8") as file:
        features = json.load(file)["features"]
    outlines = shapely.from_geojson([json.dumps(one["geometry"]) for one in features])
    return Layer.from_columns(
        "sample",
        [one["properties"]["code"] for one in features],
        [one["properties"]["name"] for one in features],
        list(geometries_to_epsg_27700(outlines, "EPSG:4326")),
    )


def circles(sample: Sample, radius_m: int, count: int, rng: np.random.Generator) -> list:
    """The live units within a radius of units of the force, drawn at random."""
    directory = sample.directory
    live = np.flatnonzero(directory.is_live & directory.is_located)
    points = shapely.points(directory.easting[live], directory.northing[live])
    inside = np.flatnonzero(np.isin(directory.district[live], FORCE))
    centre = rng.choice(inside, count, replace=False)
    owner, unit = shapely.STRtree(points).query(
        points[centre], predicate="dwithin", distance=radius_m
    )
    order = np.argsort(owner, kind="stable")
    ends = np.searchsorted(owner[order], np.arange(count + 1))
    return [np.sort(live[unit[order][first:after]]) for first, after in pairwise(ends)]
