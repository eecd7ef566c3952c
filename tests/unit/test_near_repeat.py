"""Knox tables: counted by hand, against tables of other software, and what is refused."""

import csv

import numpy as np
import pytest

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.crimes import NO_DAY, Crimes
from geo_alerts.hotspots.near_repeat import (
    SPACE_BANDS_M,
    TIME_BANDS_DAYS,
    knox,
    near_repeats,
    pairs_within,
)

# Four crimes in a row: 0, 100, 100 and 400 m east; days 0, 7, 8 and 8.
EASTING = np.array([400_000.0, 400_100.0, 400_100.0, 400_400.0])
NORTHING = np.full(4, 300_000.0)
DAY = np.array([0, 7, 8, 8])


def asked(easting=EASTING, northing=NORTHING, day=DAY, **changed):
    settings = {
        "space_bands_m": (0, 0.001, 100, 400, np.inf),
        "time_bands_days": (0, 1, 8, np.inf),
        "permutations": 99,
        "rng": np.random.default_rng(1),
    }
    return knox(easting, northing, day, **(settings | changed))


def crimes(day):
    one = np.zeros(4, dtype=np.int64)
    return Crimes(
        EASTING,
        NORTHING,
        one.astype(np.int32),
        one.astype(np.int16),
        one,
        np.asarray(day, dtype=np.int32),
    )


def test_pairs_within_a_distance_are_counted_once_each():
    # 2-3 at one place, 1-2 and 1-3 100 m apart, 2-4 and 3-4 300 m, 1-4 400 m.
    assert [pairs_within(EASTING, NORTHING, metres) for metres in (1, 100, 399, 400)] == [
        1,
        3,
        5,
        6,
    ]


def test_each_pair_is_in_the_band_that_begins_at_its_edge():
    # By hand: 2-3 at one place a day apart; 1-2 and 1-3 100 m and 7, 8 days; 1-4 400 m, 8 days;
    # 2-4 and 3-4 300 m, 1 and 0 days.
    assert asked().observed.tolist() == [
        [0, 1, 0],  # the same place: 2-3
        [0, 0, 0],  # to under 100 m
        [1, 2, 1],  # 100 m to under 400 m: 3-4; 1-2 and 2-4; 1-3
        [0, 0, 1],  # from 400 m on: 1-4
    ]


def test_days_with_fractions_that_are_a_week_apart_are_in_the_band_that_begins_there():
    # 8.1 - 1.1 is 7 in binary too; less the first day it would be 6.999999999999999.
    assert 8.1 - 1.1 == 7
    table = asked(day=[0.2, 1.1, 8.1, 30.5], space_bands_m=(0, 50), time_bands_days=(0, 7, 14))
    assert table.observed.tolist() == [[0, 1]]


def test_pairs_outside_all_bands_are_not_counted():
    table = asked(space_bands_m=(50, 350), time_bands_days=(1, 8))
    # By hand: 1-2 (100 m, 7 days) and 2-4 (300 m, 1 day).
    assert table.observed.tolist() == [[2]]


def test_an_open_last_band_leaves_out_what_lies_below_the_first_edge():
    table = asked(space_bands_m=(50, 350, np.inf), time_bands_days=(0, np.inf))
    assert table.observed.tolist() == [[4], [1]]


def test_p_is_the_share_of_permutations_that_have_as_many_with_the_table_itself_among_them():
    # Two crimes have one pair, whoever has which day: every permutation has as many.
    table = asked(EASTING[:2], NORTHING[:2], DAY[:2], permutations=9)
    assert table.p[2, 1] == 1.0
    assert table.observed[2, 1] == table.expected_mean[2, 1] == table.expected_median[2, 1] == 1
    assert np.isnan(table.ratio[0, 0])
    # Two near in space and time, two far from them and each other: 1 of 6 ways to deal the days
    # puts the pair of days on the pair of places.
    east = np.array([400_000.0, 400_010.0, 450_000.0, 500_000.0])
    many = asked(
        east,
        NORTHING,
        [0, 1, 500, 900],
        space_bands_m=(0, 100),
        time_bands_days=(0, 8),
        permutations=9_999,
    )
    assert many.expected_mean[0, 0] == pytest.approx(1 / 6, abs=0.02)
    assert many.p[0, 0] == pytest.approx(1 / 6, abs=0.02)
    assert many.ratio[0, 0] == pytest.approx(6, abs=0.6)


def test_cells_stand_out_when_they_are_rare_and_well_above_what_is_expected():
    rng = np.random.default_rng(3)
    east, north = rng.uniform(400_000, 420_000, 300), rng.uniform(300_000, 320_000, 300)
    day = rng.integers(0, 365, 300)
    again = (np.concatenate((east, east + 20)), np.concatenate((north, north)))
    table = knox(
        *again,
        np.concatenate((day, day + 2)),
        space_bands_m=(0, 100, 200, 300),
        time_bands_days=(0, 8, 15, 22),
        permutations=99,
        rng=rng,
    )
    assert table.stands_out().tolist()[0] == [True, False, False]
    assert not table.stands_out(level=0.001).any()
    assert not table.stands_out(least_ratio=1_000).any()


@pytest.mark.parametrize("unit", ["D", "s"])
def test_dates_are_days(unit):
    dates = np.datetime64("2025-03-01") + DAY.astype("timedelta64[D]")
    assert np.array_equal(asked(day=dates.astype(f"datetime64[{unit}]")).observed, asked().observed)


def test_days_may_have_fractions():
    assert asked(day=DAY + 0.25).observed.tolist() == asked().observed.tolist()
    # 0.3 - 0.1 is less than 0.2, and 0.1 + 0.2 more than 0.3: the difference decides.
    table = asked(
        EASTING[:2],
        NORTHING[:2],
        [0.1, 0.3],
        space_bands_m=(0, 50, np.inf),
        time_bands_days=(0, 0.2, 1),
    )
    assert table.observed[1].tolist() == [int(0.3 - 0.1 < 0.2), int(0.3 - 0.1 >= 0.2)]


def test_the_same_seed_gives_the_same_table():
    one, other = asked(), asked()
    assert np.array_equal(one.p, other.p)
    assert np.array_equal(one.expected_mean, other.expected_mean)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "columns"), [("null", ("E", "N", "day")), ("near_repeat", ("E_nr", "N_nr", "day_nr"))]
)
def test_real_burglaries_have_the_table_of_other_software(shared_data, name, columns):
    """Observed also by R's dist/cut/table."""
    folder = shared_data / "oracles"
    with (folder / "knox_input_burglary_2018-07.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with (folder / "knox_table_burglary_2018-07.csv").open(encoding="utf-8") as file:
        wanted = [row for row in csv.DictReader(file) if row["data"] == name]
    table = knox(
        *(np.array([float(row[column]) for row in rows]) for column in columns),
        space_bands_m=SPACE_BANDS_M,
        time_bands_days=TIME_BANDS_DAYS,
        permutations=999,
        rng=np.random.default_rng(42),
    )
    assert table.observed.ravel().tolist() == [float(row["observed"]) for row in wanted]
    mean, p = (np.array([float(row[name]) for row in wanted]) for name in ("exp_mean", "p"))
    # Both draw 999 times. A cell varies about as Poisson counts do; those of the open band only as
    # much as all others together.
    off = 4 * np.sqrt(2 / 999 * np.minimum(mean, 3_000))
    assert (np.abs(table.expected_mean.ravel() - mean) <= off).all()
    assert (np.abs(table.expected_median.ravel() - mean) <= off + 1).all()
    assert (np.abs(table.p.ravel() - p) <= 4 * np.sqrt(2 * p * (1 - p) / 999) + 0.002).all()
    assert table.stands_out().any() == (name == "near_repeat")


def test_crimes_with_days_are_asked_as_they_are():
    table = near_repeats(crimes(DAY), permutations=9, rng=np.random.default_rng(1))
    assert table.space_bands_m == SPACE_BANDS_M
    assert table.observed.sum() == 6
    assert (table.events, table.permutations) == (4, 9)


def test_published_crimes_are_refused_because_their_month_alone_is_known():
    with pytest.raises(InvalidInputError, match="of 1 of 4 crimes the month alone is known"):
        near_repeats(crimes([0, 7, NO_DAY, 8]), rng=np.random.default_rng(1))


FIRSTS = np.array(["2025-01", "2025-02", "2025-03", "2025-03"], dtype="datetime64[M]")
LONGITUDE, LATITUDE = np.array([-2.1, -2.2, -2.3, -2.4]), np.array([52.1, 52.2, 52.3, 52.4])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"day": FIRSTS}, "months are no days"),
        ({"day": FIRSTS.astype("datetime64[D]")}, "3 days are firsts of a month"),
        ({"day": FIRSTS.astype("datetime64[D]").astype(int)}, "firsts of a month"),
        ({"day": ["2025-01"] * 4}, "parse texts"),
        ({"day": [1, 2, NO_DAY, 3]}, "no day"),
        ({"day": [1, 2, np.nan, 3]}, "no day"),
        ({"day": np.array(["NaT"] * 4, dtype="datetime64[D]")}, "no day"),
        ({"day": DAY[:3]}, "4 positions have 3 days"),
        ({"day": DAY[:, None]}, "in a row"),
        ({"northing": NORTHING[:3]}, "4 eastings and 3 northings"),
        ({"easting": EASTING[:1], "northing": NORTHING[:1], "day": DAY[:1]}, "at least two"),
        ({"easting": [np.nan, 1, 2, 3]}, "no position"),
        ({"easting": LONGITUDE, "northing": LATITUDE}, "degrees"),
        ({"easting": LATITUDE, "northing": LONGITUDE}, "degrees"),
        ({"space_bands_m": (0, 100, 100)}, "space_bands_m are edges"),
        ({"space_bands_m": (0,)}, "space_bands_m are edges"),
        ({"space_bands_m": (-1, 100)}, "space_bands_m are edges"),
        ({"space_bands_m": (0, np.nan)}, "space_bands_m are edges"),
        ({"space_bands_m": (0, np.inf, np.inf)}, "space_bands_m are edges"),
        ({"space_bands_m": ("near", "far")}, "space_bands_m are wanted as numbers"),
        ({"time_bands_days": (8, 0)}, "time_bands_days are edges"),
        ({"permutations": 0}, "permutations is 0"),
        ({"permutations": 1.5}, "permutations is 1.5"),
        ({"permutations": None}, "permutations is None"),
        ({"permutations": np.nan}, "permutations is nan"),
        ({"easting": [4e5, 4e5, 4e5, 1e300]}, "beyond 1e"),
        ({"day": [1, 2, 3, 1e12]}, "not the seconds of a clock"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_reason(changed, message):
    with pytest.raises(InvalidInputError, match=message):
        asked(**changed)


def test_days_that_are_counted_from_elsewhere_may_fall_on_firsts_by_chance():
    assert asked(day=[0, 31, 59, 90]).observed.sum() == 6


def test_a_band_that_holds_too_many_pairs_is_refused_before_memory_runs_out():
    rng = np.random.default_rng(1)
    east, north = rng.uniform(400_000, 401_000, (2, 9_000))
    with pytest.raises(InvalidInputError, match="lower the last finite edge"):
        asked(east, north, rng.integers(0, 30, 9_000), space_bands_m=(0, 5_000, np.inf))


def test_pairs_that_chance_never_gives_stand_out():
    # One pair on one day among crimes of many days: 99 deals seldom bring another.
    east = np.r_[0, np.arange(60) * 10_000] + 400_000.0
    day = np.r_[0, np.arange(60) * 30]
    table = knox(
        east,
        np.full(61, 300_000.0),
        day,
        space_bands_m=(0, 100, 200),
        time_bands_days=(0, 1, 2),
        permutations=19,
        rng=np.random.default_rng(1),
    )
    assert (table.observed[0, 0], table.expected_mean[0, 0]) == (1, 0)
    assert np.isnan(table.ratio[0, 0])
    assert table.stands_out().tolist() == [[True, False], [False, False]]
