"""Real files end to end: directory and polygons through import, match and audience."""

import csv
import json
import zipfile

import numpy as np
import pytest
import shapely

from geo_alerts.crs import geometries_to_epsg_27700
from tests.cli.conftest import CommandLine

pytestmark = pytest.mark.shared

AS_OF = "2025-10-01T09:00"


@pytest.fixture(scope="module")
def real(tmp_path_factory, shared_data) -> CommandLine:
    """Code-Point Open and wards of 2025, and an invented person in every 50th unit."""
    folder = tmp_path_factory.mktemp("real")
    line = CommandLine(f"sqlite:///{folder / 'store.db'}", folder)
    line.ask("import", "postcodes", shared_data / "postcodes" / "code-point-open-2025-10.zip")
    line.ask("import", "boundaries", shared_data / "boundaries" / "wards-2025-west-mercia.zip")
    homes = list(units(shared_data))[::50]
    rows = [f"P-{number:06},{home},email;text,,,\n" for number, home in enumerate(homes)]
    people = folder / "people.csv"
    people.write_text("reference,postcodes,channels,groups,joined,left\n" + "".join(rows))
    line.ask("import", "subscribers", people, "--as-of", AS_OF)
    return line


def units(shared_data) -> dict[str, tuple[int, int]]:
    """Postcode -> easting and northing, read from the zip without the project's reader."""
    found = {}
    with zipfile.ZipFile(shared_data / "postcodes" / "code-point-open-2025-10.zip") as archive:
        for name in sorted(archive.namelist()):
            if "Data/CSV/" in name and name.endswith(".csv"):
                lines = archive.read(name).decode().splitlines()
                for postcode, quality, easting, northing, *_ in csv.reader(lines):
                    if quality != "90":
                        text = postcode.replace(" ", "")
                        found[f"{text[:-3]} {text[-3:]}"] = (int(easting), int(northing))
    return found


def wards(shared_data) -> dict[str, shapely.Geometry]:
    """Ward code -> polygon, EPSG:27700, read from the zip without the project's reader."""
    features = []
    with zipfile.ZipFile(shared_data / "boundaries" / "wards-2025-west-mercia.zip") as archive:
        for name in archive.namelist():
            features += json.loads(archive.read(name))["features"]
    shapes = [shapely.from_geojson(json.dumps(each["geometry"])) for each in features]
    codes = [each["properties"]["WD25CD"] for each in features]
    return dict(zip(codes, geometries_to_epsg_27700(shapes, "EPSG:4326"), strict=True))


def test_match_puts_every_real_unit_into_the_ward_whose_polygon_covers_it(real, shared_data):
    real.ask("match", "-o", real.folder / "match.csv")

    with (real.folder / "match.csv").open(encoding="utf-8", newline="") as file:
        matched = {row["postcode"]: row["team_code"] for row in csv.DictReader(file)}
    placed = units(shared_data)
    postcodes = np.array(list(placed))
    points = shapely.points(np.array(list(placed.values()), dtype=float))
    tree = shapely.STRtree(points)
    expected = dict.fromkeys(placed, "")
    for code, polygon in sorted(wards(shared_data).items(), reverse=True):
        for postcode in postcodes[tree.query(polygon, predicate="covers")]:
            expected[postcode] = code
    assert {postcode: matched[postcode] for postcode in placed} == expected


def test_an_audience_of_a_circle_is_who_lives_within_its_radius(real, shared_data):
    placed = units(shared_data)
    east, north = placed["SY1 1AD"]
    homes = list(placed)[::50]
    inside = [
        f"P-{number:06}"
        for number, home in enumerate(homes)
        if (placed[home][0] - east) ** 2 + (placed[home][1] - north) ** 2 <= 5_000**2
    ]
    area = json.dumps({"type": "radius", "centre": {"postcode": "SY1 1AD"}, "metres": 5_000})

    listed = real.ask("audience", "list", "--purpose", "Sheds", "--area", "-", given=area)

    assert listed.splitlines() == inside
    assert len(inside) > 20


def test_real_police_neighbourhoods_are_imported_and_matched(tmp_path, shared_data):
    line = CommandLine(f"sqlite:///{tmp_path / 'store.db'}", tmp_path)
    line.ask("import", "postcodes", shared_data / "postcodes" / "code-point-open-2025-10.zip")
    report = line.ask_json(
        "import", "boundaries", shared_data / "boundaries" / "south-wales-neighbourhoods.zip"
    )

    assert report["counts"]["areas"] == 232
    nearest = line.ask("lookup", "NP44 1AA", "LD3 7AA")
    assert "in no team; nearest is" in nearest
