"""Where the synthetic subscribers live and work, and how their postcodes are written down."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sample_chance import Weighted, draw_evenly
from sample_postcodes import ENDED_BETWEEN, NO_COORDINATES_PQI
from sample_sources import DISTRICTS

# Like neighbours join like: each ward and each LSOA draws how keen it is, so that coverage differs
# by area several times over and a few wards are nearly empty.
WARD_KEENNESS = (1, 4, 8, 10, 12, 12, 14, 16, 18, 22, 30, 45)
LSOA_KEENNESS = (4, 6, 7, 8, 9, 10, 12, 16)
COUNTRY_KEENNESS = 3  # against 2 in towns
LARGE_USER_WORKPLACES = 8  # against 1 of any other unit
INWARD_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"  # Royal Mail leaves out C, I, K, M, O and V

# The postcodes of British Forces addresses have no place in Great Britain.
FORCES = ("BFPO 57", "BFPO 105", "BFPO 801", "BF1 0AX", "BF1 3AA", "BF1 2AU")


@dataclass(frozen=True)
class Pools:
    """Postcodes to draw places from."""

    homes: Weighted[str]
    work: dict[str, Weighted[str]]  # by district
    work_anywhere: Weighted[str]
    belt: list[str]
    far: list[str]
    terminated: list[str]
    ended_between: list[str]
    northern_ireland: list[str]
    islands: list[str]
    every: set[str]  # every postcode that ever was, as far as the sources know
    district: dict[str, str]  # of each live unit of the force
    in_country: set[str]  # units of LSOAs with less than one household a hectare


def build_pools(
    directory: pd.DataFrame,
    households: pd.DataFrame,
    code_point: pd.DataFrame,
    look_up: pd.DataFrame,
    rng: np.random.Generator,
) -> Pools:
    """Gather the postcodes of each kind.

    Args:
        directory: As `build_directory` gives it.
        households: Of the directory's LSOAs.
        code_point: The whole of Code-Point Open.
        look_up: The whole of the ONS look-up.
        rng: What keenness is drawn from.

    Returns:
        The pools, each in the order of postcodes.
    """
    live = directory["status"] == "live"
    in_force = directory["district"].isin(DISTRICTS)
    force = directory[live & in_force].merge(households, on="lsoa", how="left")
    ended = directory[~live & in_force]
    current = look_up.loc[look_up["terminated"] == "", "postcode"]
    located = code_point.loc[code_point["pqi"] != NO_COORDINATES_PQI, "postcode"]
    return Pools(
        homes=_homes(force, rng),
        work={code: _work(force[force["district"] == code]) for code in sorted(DISTRICTS)},
        work_anywhere=_work(force),
        belt=directory.loc[live & ~in_force, "postcode"].tolist(),
        far=located[~located.isin(directory["postcode"])].tolist(),
        terminated=ended.loc[ended["terminated"] != ENDED_BETWEEN, "postcode"].tolist(),
        ended_between=ended.loc[ended["terminated"] == ENDED_BETWEEN, "postcode"].tolist(),
        northern_ireland=current[current.str.startswith("BT")].tolist(),
        islands=current[current.str.startswith(("GY", "IM", "JE"))].tolist(),
        every=set(code_point["postcode"]) | set(look_up["postcode"]),
        district=dict(zip(force["postcode"], force["district"], strict=True)),
        in_country=set(force.loc[force["households"] < force["hectares"], "postcode"]),
    )


def written(kind: str, home: str, pools: Pools, rng: np.random.Generator) -> str:
    """Write a home down as people do: most often rightly, else as `kind` says.

    Args:
        kind: A key of `UNUSUAL`, or "plain".
        home: A live unit of the force.
        pools: What homes of other kinds come from.
        rng: What they are drawn with.

    Returns:
        The text in the postcode column.
    """
    return UNUSUAL[kind](home, pools, rng) if kind in UNUSUAL else home


def _homes(force: pd.DataFrame, rng: np.random.Generator) -> Weighted[str]:
    """Weigh small-user units by their share of the LSOA's households, and by keenness."""
    ward = {code: draw_evenly(WARD_KEENNESS, rng) for code in sorted(force["ward"].unique())}
    lsoa = {code: draw_evenly(LSOA_KEENNESS, rng) for code in sorted(force["lsoa"].unique())}
    lived_in = force[(force["large_user"] == "0") & (force["lsoa"] != "")]
    units = lived_in.groupby("lsoa")["postcode"].transform("size")
    share = (lived_in["households"].astype("int64") * 100) // units
    country = np.where(lived_in["households"] < lived_in["hectares"], COUNTRY_KEENNESS, 2)
    weights = share * country * lived_in["ward"].map(ward) * lived_in["lsoa"].map(lsoa)
    return Weighted(lived_in["postcode"].tolist(), weights.tolist())


def _work(units: pd.DataFrame) -> Weighted[str]:
    weights = [LARGE_USER_WORKPLACES if flag == "1" else 1 for flag in units["large_user"]]
    return Weighted(units["postcode"].tolist(), weights)


def _never_given_out(home: str, pools: Pools, rng: np.random.Generator) -> str:
    """A postcode of the home's sector that no list has: a street built last month."""
    while True:
        unit = home[:-2] + draw_evenly(INWARD_LETTERS, rng) + draw_evenly(INWARD_LETTERS, rng)
        if unit not in pools.every:
            return unit


def _malformed(home: str, _pools: Pools, rng: np.random.Generator) -> str:
    return draw_evenly([home[:-1], home + home[-1], home.split(" ", maxsplit=1)[0], home[:-3]], rng)


def _with_letter(letter: str, digit: str) -> Callable[[str, Pools, np.random.Generator], str]:
    """Write the inward code's digit as the letter that looks like it."""

    def write(_home: str, pools: Pools, rng: np.random.Generator) -> str:
        home = pools.homes.draw(rng)
        while home[-3] != digit:
            home = pools.homes.draw(rng)
        return home[:-3] + letter + home[-2:]

    return write


UNUSUAL: dict[str, Callable[[str, Pools, np.random.Generator], str]] = {
    "lower case": lambda home, _pools, _rng: home.lower(),
    "no blank": lambda home, _pools, _rng: home.replace(" ", ""),
    "two blanks": lambda home, _pools, _rng: home.replace(" ", "  "),
    "no-break space": lambda home, _pools, _rng: home.replace(" ", "\u00a0"),
    "blank at the end": lambda home, _pools, _rng: home + " ",
    "O for 0": _with_letter("O", "0"),
    "I for 1": _with_letter("I", "1"),
    "malformed": _malformed,
    "never given out": _never_given_out,
    "terminated": lambda _home, pools, rng: draw_evenly(pools.terminated, rng),
    "ended between": lambda _home, pools, rng: draw_evenly(pools.ended_between, rng),
    "belt": lambda _home, pools, rng: draw_evenly(pools.belt, rng),
    "far away": lambda _home, pools, rng: draw_evenly(pools.far, rng),
    "forces": lambda _home, _pools, rng: draw_evenly(FORCES, rng),
    "northern ireland": lambda _home, pools, rng: draw_evenly(pools.northern_ireland, rng),
    "islands": lambda _home, pools, rng: draw_evenly(pools.islands, rng),
}
