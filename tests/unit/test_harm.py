"""Weights of harm: the packaged table, one's own, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from geo_alerts.errors import InvalidInputError, SourceFaultsError
from geo_alerts.hotspots.categories import CATEGORIES, category
from geo_alerts.hotspots.harm import (
    COLUMNS,
    USUAL,
    HarmWeights,
    harm_weights,
    packaged_weights,
    weights_from,
)
from tests import published_statistics

OWN = "version,category,days\nours,burglary,100\nours,Shoplifting,0.5\n"


def days(weights: HarmWeights, slug: str) -> float:
    return float(weights.of([category(slug).number])[0])


def test_every_packaged_version_weighs_every_category():
    for weights in packaged_weights().values():
        assert weights.days.shape == (len(CATEGORIES),)
        assert np.isfinite(weights.days).all()
        assert weights.source


def test_versions_say_index_year_and_mix():
    assert sorted(packaged_weights()) == [
        "cambridge-2026-england-wales",
        "cambridge-2026-west-yorkshire",
        "ons-2016-england-wales",
        "ons-2016-west-yorkshire",
    ]


@pytest.mark.parametrize("short", USUAL)
def test_a_short_name_means_the_usual_version(short):
    assert harm_weights(short).version == USUAL[short]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("version", "column"),
    [
        ("cambridge-2026-england-wales", "cchi_england_wales_2017_18"),
        ("cambridge-2026-west-yorkshire", "cchi_west_yorkshire_2017_18"),
        ("ons-2016-england-wales", "css_england_wales"),
        ("ons-2016-west-yorkshire", "css_west_yorkshire"),
    ],
)
def test_packaged_weights_are_those_that_were_worked_out(shared_data, version, column):
    table = pd.read_csv(shared_data / "oracles" / "harm_weights_by_category.csv")
    weights = harm_weights(version)
    for name, expected in zip(table["crime_type"], table[column].fillna(0), strict=True):
        assert days(weights, name.lower().replace(" ", "-")) == expected


@pytest.mark.shared
def test_the_harm_of_real_crime_is_what_others_added_up(shared_data):
    points = pd.read_parquet(shared_data / "oracles" / "points_27700.parquet")
    points = points[(points["month"] == "2018-07") & points["in_wy"]]
    number = {one.name: one.number for one in CATEGORIES}
    weights = harm_weights("cambridge-2026-west-yorkshire").of(points["Crime type"].map(number))
    theirs = published_statistics.figures(shared_data, "harm_250m_all_2018-07")
    summed = np.bincount(points["cell_id"], weights=weights, minlength=len(theirs))
    np.testing.assert_allclose(summed, theirs["harm"], rtol=1e-12)


def test_a_table_of_ones_own_stands_in_for_the_packaged_one():
    tables = weights_from(OWN, "own.csv")
    assert list(tables) == ["ours"]
    weights = harm_weights("ours", tables)
    assert days(weights, "burglary") == 100
    assert days(weights, "shoplifting") == 0.5


def test_a_table_may_have_a_mark_of_its_encoding_notes_and_lines_of_windows():
    text = "\ufeff" + ",".join(COLUMNS) + "\r\nours,burglary,1,us,none\r\n"
    assert weights_from(text, "own.csv")["ours"].source == "us"


def test_a_crime_without_a_weight_is_told_with_its_category():
    weights = weights_from(OWN, "own.csv")["ours"]
    with pytest.raises(InvalidInputError, match="ours have none of drugs, robbery; leave those"):
        weights.of([category(slug).number for slug in ("robbery", "burglary", "drugs")])


def test_a_version_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(InvalidInputError, match=r"'ccc' is no version.*cambridge-2026.*ons-2016"):
        harm_weights("ccc")
    with pytest.raises(InvalidInputError, match="there are ours"):
        harm_weights("cambridge", weights_from(OWN, "own.csv"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", r"own.csv: column version: is missing; .*wanted are version, category, days"),
        ("version,category\na,burglary\n", "column days: is missing"),
        ("version,category,days\n", "has no rows"),
        ("version,category,days\na,burglary,-1\n", "row 2, column days: '-1'"),
        ("version,category,days\na,burglary,nan\n", "row 2, column days: 'nan'"),
        ("version,category,days\na,burglary\n", "row 2, column days: None"),
        ("version,category,days\na,theft of cows,1\n", "'theft of cows' is no category"),
        ("version,category,days\n,burglary,1\n", "row 2, column version: is empty"),
        (OWN + "ours,Burglary,2\n", "row 4, column category: burglary has a weight in ours"),
        ("version,category,days\n" + "x" * 200_000, "is no CSV"),
    ],
)
def test_a_table_that_cannot_be_used_is_told_with_row_and_column(text, reason):
    with pytest.raises(SourceFaultsError, match=reason):
        weights_from(text, "own.csv")


def test_all_faults_of_a_table_are_told_at_once():
    with pytest.raises(SourceFaultsError) as caught:
        weights_from("version,category,days\n,cows,none\na,burglary,-2\n", "own.csv")
    assert len(caught.value.faults) == 4
