"""What is to be expected of a month: by hand, by scipy, and with months missing."""

import math

import numpy as np
import pytest
from scipy import stats

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.crimes import NO_DAY, Crimes
from geo_alerts.hotspots.months import month_number
from geo_alerts.hotspots.trends import expectation, monthly_series

JANUARY = month_number("2023-01")
# Twelve months that scatter less than chance: no dispersion above 1 can be estimated.
CALM = [10, 9, 11, 10, 10, 9, 11, 10, 9, 11, 10, 10]


def judged(*counts, months=None, **more):
    series = np.asarray(counts, dtype=float).reshape(-1, 1)
    when = range(JANUARY, JANUARY + len(series)) if months is None else months
    return expectation(series, list(when), **more)


def test_a_month_within_chance_is_not_flagged_and_one_beyond_is():
    assert judged(*CALM, 14).flag == 0
    assert judged(*CALM, 30).flag == 1
    assert judged(*CALM, 1).flag == -1
    assert judged(*CALM, 14).expected == 10


def test_forty_percent_up_is_not_said_of_ten_crimes_but_of_a_thousand():
    assert judged(*CALM, 14).flag == 0
    assert judged(*(100 * np.array(CALM) + 1), 1400).flag == 1


@pytest.mark.parametrize("seen", [2, 5, 17, 22])
def test_where_nothing_scatters_p_is_that_of_the_exact_test(seen):
    # 120 crimes in twelve months: of the sum, one month has a thirteenth.
    both = 120 + seen
    low, high = stats.binom.cdf(seen, both, 1 / 13), stats.binom.sf(seen - 1, both, 1 / 13)
    assert judged(*CALM, seen).p == pytest.approx(2 * min(low, high), rel=1e-9)


@pytest.mark.parametrize("seen", [0, 1, 2, 3])
def test_after_months_without_crime_two_in_one_are_news(seen):
    found = judged(*[0] * 12, seen)
    assert found.p == pytest.approx(min(1, 2 * (1 / 13) ** seen))
    assert found.expected == found.low == 0
    assert found.high == 1
    assert found.flag == (seen > 1)


def test_months_that_scatter_widen_the_range():
    scattered = [2, 18, 5, 15, 10, 10, 3, 17, 10, 10, 1, 19]
    found = judged(*scattered, 20)
    pearson = sum((each - 10) ** 2 / 10 for each in scattered) / 11
    assert found.dispersion == pytest.approx(pearson)
    assert found.flag == 0
    assert judged(*CALM, 20).flag == 1
    # By hand: the range of the 2/3 power, with Student's t on 11 degrees of freedom.
    reach = (
        stats.t.ppf(0.975, 11) * (2 / 3) * math.sqrt(pearson * 10 * (1 + 1 / 12)) / 10 ** (1 / 3)
    )
    assert found.high == math.floor((10 ** (2 / 3) + reach) ** 1.5)
    assert found.low == math.ceil(max(10 ** (2 / 3) - reach, 0) ** 1.5)


def test_a_december_that_is_always_high_is_expected():
    year = [100] * 11 + [200]
    without = judged(*year[:-1] * 2, 200)
    with_seasons = judged(*year * 2, *year)
    assert not without.is_seasonal.any()
    assert without.flag == 1
    assert with_seasons.is_seasonal.all()
    assert with_seasons.expected == pytest.approx(200)
    assert with_seasons.flag == 0


def test_a_small_series_takes_its_seasons_from_its_group():
    year = np.array([1.0] * 11 + [3.0])
    large, small = np.tile(year * 1000, 3), np.tile([2.0] * 12, 3)
    series = np.column_stack([large, small])
    months = range(JANUARY, JANUARY + 36)
    together = expectation(series, list(months))
    apart = expectation(series, list(months), group=["large", "small"])
    # 70 of the 39,070 crimes so far; a December of the group has 3,002.
    assert together.expected[0, 1] == pytest.approx(70 / 39_070 * 3_002)
    assert apart.expected[0, 1] == pytest.approx(2)


def test_a_missing_month_is_not_zero_and_is_told():
    months = [*range(JANUARY, JANUARY + 5), *range(JANUARY + 7, JANUARY + 15)]
    found = judged(*CALM, 10, months=months)
    assert found.missing == (JANUARY + 5, JANUARY + 6)
    assert found.expected == 10
    assert found.history == 12


def test_several_months_are_judged_by_those_before_the_first_of_them():
    found = judged(*CALM, 30, 30, judged=2)
    assert found.expected.tolist() == [[10], [10]]
    assert found.flag.tolist() == [[1], [1]]
    assert found.month.tolist() == [JANUARY + 12, JANUARY + 13]


def test_many_series_are_told_with_the_rate_of_false_discoveries():
    series = np.column_stack([np.append(CALM, 10)] * 99 + [np.append(CALM, 20)])
    found = expectation(series, list(range(JANUARY, JANUARY + 13)))
    assert found.flag.sum() == 1
    assert found.p[0, -1] < 0.05 < found.q[0, -1]


def test_no_series_have_no_expectations():
    assert expectation(np.zeros((13, 0)), list(range(13))).flag.shape == (1, 0)


def crimes(*rows):
    """Crimes from rows of month and category."""
    month, category = np.array(rows).T
    anywhere, nothing = np.zeros(len(rows)), np.zeros(len(rows), dtype=np.int64)
    no_day = np.full(len(rows), NO_DAY, dtype=np.int32)
    return Crimes(
        anywhere, anywhere, month.astype(np.int32), category.astype(np.int16), nothing, no_day
    )


def test_crimes_are_counted_by_month_area_and_category():
    two_years_apart = [JANUARY, JANUARY + 24]
    counted = monthly_series(
        crimes(
            (JANUARY, 2),
            (JANUARY, 2),
            (JANUARY + 24, 2),
            (JANUARY + 24, 9),
            (JANUARY, 5),
            (JANUARY + 1, 2),
            (JANUARY, 2),
        ),
        [0, 0, 1, 1, 0, 0, -1],
        areas=3,
        months=two_years_apart,
        categories=[9, 2],
    )
    # Left out: another category, a month that is not asked about, a crime in no area.
    assert counted.tolist() == [[[0, 2], [0, 0], [0, 0]], [[0, 0], [1, 1], [0, 0]]]


def test_a_crime_without_a_known_area_is_refused():
    for area in ([0, 3], [0]):
        with pytest.raises(InvalidInputError, match="each of 2 crimes one of 3 areas"):
            monthly_series(
                crimes((JANUARY, 2), (JANUARY, 2)), area, areas=3, months=[JANUARY], categories=[2]
            )


@pytest.mark.parametrize(
    ("counts", "more", "said"),
    [
        ([5], {}, "2023-01 needs at least 6 months before it, and there are 0"),
        ([5, 6], {}, "there is 1"),
        (CALM, {"judged": 7}, "judge fewer"),
        (CALM, {"judged": 0}, "at least one month"),
        (CALM, {"level": 95}, "between 0 and 1"),
        ([*CALM, 1.5], {}, "rather than weights of harm"),
        ([*CALM, math.nan], {}, "leave missing months out"),
        (CALM, {"months": [JANUARY] * 12}, "ascend"),
        (CALM, {"months": range(5)}, "12, 1.* for 5 months"),
        (CALM, {"group": [1, 2]}, "2 labels of groups for 1 series"),
    ],
)
def test_what_cannot_be_judged_is_refused_with_what_to_do(counts, more, said):
    with pytest.raises(InvalidInputError, match=said):
        judged(*counts, **more)


def test_a_series_of_words_is_refused():
    with pytest.raises(InvalidInputError, match="series are wanted as numbers"):
        expectation([["many"]], [JANUARY])
