"""WDD and WDQ against the papers, Wheeler's own software and each other."""

import json
import math

import pytest

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.evaluation import wdd, wdd_of_harm, wdq

# The counts of the paper that brought the test in (Wheeler and Ratcliffe 2018): target 207 to 110,
# control 308 to 318, around 178 to 157, its control 150 to 140.
PAPER = (207, 110, 308, 318, 178, 157, 150, 140)


def test_the_example_of_the_paper():
    found = wdd(*PAPER, level=0.05)
    assert found.estimate == -118
    assert found.se == pytest.approx(math.sqrt(1568), abs=1e-12)
    assert round(found.z, 2) == -2.98
    assert (round(found.low), round(found.high)) == (-196, -40)
    assert (found.local, found.displaced) == (-107, -11)
    assert found.local_se**2 + found.displaced_se**2 == pytest.approx(1568)


@pytest.mark.shared
@pytest.mark.parametrize("example", ["simple", "disp", "timeweights"])
def test_the_interval_of_an_estimate_and_its_error_is_that_of_wheeler(shared_data, example):
    told = json.loads((shared_data / "oracles" / "wdd_wdq_examples.json").read_text())[example]
    # The oracle keeps no counts: any with its estimate and its variance have its interval.
    half, local = told["SE_Local"] ** 2 / 2, told["Est_Local"] / 2
    around, moved = told["SE_Displace"] ** 2 / 2, told["Est_Displace"] / 2
    found = wdd(half - local, half + local, 0, 0, around - moved, around + moved)
    assert found.estimate == pytest.approx(told["Est_Total"], rel=1e-9)
    assert found.se == pytest.approx(told["SE_Total"], rel=1e-9)
    assert found.z == pytest.approx(told["Z"], rel=1e-9)
    assert (found.low, found.high) == pytest.approx((told["LowCI"], told["HighCI"]), rel=1e-9)


def test_periods_of_two_lengths_are_compared_per_unit_of_time():
    # 40 crimes in two months, then 10 in one: from 20 a month to 10; the control stays at 20.
    found = wdd(40, 10, 40, 20, periods=(2, 1))
    assert found.estimate == -10
    # Variances are divided by the square of the length: 40/4 + 10 + 40/4 + 20.
    assert found.se == pytest.approx(math.sqrt(50))


def test_areas_of_two_sizes_are_compared_per_unit_of_area():
    found = wdd(20, 10, 60, 60, areas=(1, 3, 1, 1))
    assert found.estimate == -10
    assert found.se == pytest.approx(math.sqrt(20 + 10 + 60 / 9 + 60 / 9))


def test_without_crime_there_is_no_chance_to_tell_of():
    found = wdd(0, 0, 0, 0)
    assert (found.estimate, found.se, found.low, found.high) == (0, 0, 0, 0)
    assert math.isnan(found.z)
    assert math.isnan(found.p)


def test_harm_is_the_sum_of_the_categories_by_their_weights():
    burglary, theft = wdd(*PAPER), wdd(50, 40, 50, 50)
    found = wdd_of_harm([(250, burglary), (2, theft)])
    assert found.estimate == 250 * -118 + 2 * -10
    assert found.se == pytest.approx(math.sqrt(250**2 * 1568 + 2**2 * 190))
    assert wdd_of_harm([(1, burglary)]) == pytest.approx(burglary)


@pytest.mark.shared
def test_quotients_are_those_of_the_oracle(shared_data):
    told = json.loads((shared_data / "oracles" / "wdd_wdq_examples.json").read_text())
    for one in told["wdq_examples"]:
        assert wdq(one["A"], one["B"], one["C"]).quotient == pytest.approx(one["wdq"], rel=1e-12)


@pytest.mark.parametrize(
    ("around", "reading"),
    [
        ((50, 5), "diffusion of benefit above the direct effect"),
        ((50, 45), "diffusion of benefit"),
        (
            (50, 50),
            "crime around the target changed as in the control: neither displacement nor diffusion",
        ),
        ((50, 60), "displacement below the effect"),
        ((50, 95), "displacement beyond the effect"),
    ],
)
def test_a_quotient_is_told_in_words(around, reading):
    assert wdq((100, 70), around, (600, 600)).reading == reading


def test_nothing_around_is_zero_and_not_minus_zero():
    assert math.copysign(1, wdq((100, 70), (50, 50), (600, 600)).quotient) == 1


def test_where_the_target_did_not_improve_there_is_no_quotient():
    found = wdq((100, 100), (50, 10), (600, 600))
    assert math.isnan(found.quotient)
    assert found.reading == "the target did not improve on its control"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: wdd(-1, 0, 0, 0), r"t0 \(before\) is -1"),
        (lambda: wdd(1, 0, 0, 0, 0, math.nan), r"d1 \(after\) is nan"),
        (lambda: wdd("few", 0, 0, 0), r"t0 \(before\) are wanted as numbers"),
        (lambda: wdd(None, 0, 0, 0), r"t0 \(before\) is None"),
        (lambda: wdd([1, 2], 0, 0, 0), r"t0 \(before\): one number is wanted"),
        (lambda: wdd(1e300, 0, 0, 0), r"t0 \(before\) is 1e\+300"),
        (lambda: wdd(1, 0, 0, 0, areas=(1, 1, 1)), "size of an area is wanted 4 times"),
        (lambda: wdd(1, 0, 0, 0, periods=3), "length of a period is wanted 2 times"),
        (lambda: wdd(1, 0, 0, 0, level=None), "0.1 for an interval of 90 %"),
        (lambda: wdq(1, 2, 3), "target: wanted a count before and one after"),
        (lambda: wdd(1, 0, 0, 0, level=90), "0.1 for an interval of 90 %"),
        (lambda: wdd(1, 0, 0, 0, periods=(0, 1)), "length of a period is above 0"),
        (lambda: wdd(1, 0, 0, 0, areas=(1, 1, -1, 1)), "size of an area is above 0"),
        (lambda: wdd_of_harm([]), "at least one category"),
        (lambda: wdd_of_harm([(-1, wdd(1, 1, 1, 1))]), "mend the table"),
        (lambda: wdq((1, 2), (1, 2), (0, 1)), "take a larger control"),
        (lambda: wdq((1,), (1, 2), (1, 1)), "target: wanted a count before and one after"),
    ],
)
def test_what_cannot_be_evaluated_is_refused_with_what_to_do(call, said):
    with pytest.raises(InvalidInputError, match=said):
        call()
