"""The sample's directory: real units of the force and of a belt around it, live and terminated."""

import pandas as pd
import shapely
from sample_sources import DISTRICTS

BELT_M = 10_000
NO_COORDINATES_PQI = 90
# Between the two sources: the ONS look-up has the unit live, Code-Point Open has it no more.
ENDED_BETWEEN = "2022-05/2025-04"
COLUMNS = [
    "postcode",
    "easting",
    "northing",
    "pqi",
    "status",
    "introduced",
    "terminated",
    "large_user",
    "oa",
    "lsoa",
    "ward",
    "district",
]
LINKED = ["introduced", "large_user", "oa", "lsoa"]


def units_around(code_point: pd.DataFrame, margin_m: int) -> pd.DataFrame:
    """Located units in the box around the force's units, widened on every side.

    Args:
        code_point: As `read_code_point_open` gives it.
        margin_m: By how many metres.

    Returns:
        Rows of `code_point`, in its order, with a new index.
    """
    force = code_point[code_point["district"].isin(DISTRICTS)]
    inside = code_point["pqi"] != NO_COORDINATES_PQI
    for axis in ("easting", "northing"):
        inside &= code_point[axis].between(
            force[axis].min() - margin_m, force[axis].max() + margin_m
        )
    return code_point[inside].reset_index(drop=True)


def build_directory(
    around: pd.DataFrame,
    every_postcode: pd.Series,
    look_up: pd.DataFrame,
    force_ground: shapely.Geometry,
) -> pd.DataFrame:
    """Live units of the force and its belt, and the terminated ones of the same ground.

    Args:
        around: Located units of Code-Point Open, at least those of the belt.
        every_postcode: Postcodes of the whole of Code-Point Open.
        look_up: As `read_ons_look_up` gives it.
        force_ground: The cells of the force's units, one geometry, EPSG:27700.

    Returns:
        The columns `COLUMNS`, all text ("" where nothing is known), by postcode.
    """
    live = _live_units(around, look_up, force_ground)
    ended = _ended_units(look_up, every_postcode, set(live["oa"]) - {""})
    both = pd.concat([live, ended])[COLUMNS].astype("str")
    return both.sort_values("postcode", kind="stable").reset_index(drop=True)


def _live_units(
    around: pd.DataFrame, look_up: pd.DataFrame, force_ground: shapely.Geometry
) -> pd.DataFrame:
    shapely.prepare(force_ground)
    points = shapely.points(around["easting"], around["northing"])
    near = shapely.dwithin(force_ground, points, BELT_M)
    # A unit that the look-up has as terminated was given out anew since, perhaps elsewhere: its
    # former dates and areas say nothing of it.
    known = look_up.loc[look_up["terminated"] == "", ["postcode", *LINKED]]
    live = around[near].merge(known, on="postcode", how="left", validate="one_to_one")
    return live.fillna(dict.fromkeys(LINKED, "")).assign(status="live", terminated="")


def _ended_units(
    look_up: pd.DataFrame, every_postcode: pd.Series, live_oas: set[str]
) -> pd.DataFrame:
    here = look_up["district"].isin(DISTRICTS) | look_up["oa"].isin(live_oas)
    ended = look_up[here & ~look_up["postcode"].isin(every_postcode)]
    terminated = ended["terminated"].where(ended["terminated"] != "", ENDED_BETWEEN)
    blank = dict.fromkeys(["easting", "northing", "pqi", "ward"], "")
    return ended.assign(status="terminated", terminated=terminated, **blank)
