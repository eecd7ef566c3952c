"""`geo-alerts hotspots concentration`, `trends`, `evaluate`, `near-repeats`."""

import csv
import json

import pytest

from geo_alerts.hotspots.months import month_number
from geo_alerts.store.database import Store
from tests.report_world import FORCE, bring, bring_own, rows

LAST = month_number("2025-03")
MONTHS = range(LAST - 12, LAST + 1)
CRIMES = ("--force", FORCE, "--category", "burglary")
SPAN = ("--from", "2025-03", "--to", "2025-03")


@pytest.fixture
def town(world):
    """The made world with a year of crimes, and a leap in T1 at its end."""
    usual = {month: {(1, 0): 20, (2, 0): 10, (3, 0): 6} for month in MONTHS}
    usual[LAST] = {(1, 0): 60, (2, 0): 10, (3, 0): 6}
    with Store.open(world.store) as store:
        bring(store, world.folder / "crimes", {month: rows(month, usual[month]) for month in usual})
    for code in ("T1", "T2"):
        area = {"type": "team", "codes": [code]}
        (world.folder / f"{code}.json").write_text(json.dumps(area), encoding="utf-8")
    return world


def read(town, name):
    """Rows of a CSV that was written."""
    return list(csv.DictReader((town.folder / name).read_text(encoding="utf-8").splitlines()))


def test_concentration_is_told_with_its_marks_and_its_curve(town):
    words = ("hotspots", "concentration", *CRIMES, *SPAN)

    told = town.ask(*words, "--csv", "curve.csv")
    assert "76 crimes on 3 units" in told
    assert "Crimes of west-mercia, 2025-03 to 2025-03; team: made teams" in told
    assert read(town, "curve.csv")[1] == {"units": "0.333333", "crimes": "0.789474"}
    answer = town.ask_json(*words, "--unit", "cells", "--cell", "1000")
    assert (answer["units"], answer["marks"][1]["units"]) == (16, 1)


def test_trends_print_what_is_outside_its_range_and_write_all(town):
    told = town.ask("hotspots", "trends", *CRIMES, "--csv", "trends.csv")

    assert "T1 Team 1" in told
    assert "up 200 %" in told
    assert "T2 Team 2" not in told
    assert "T2 Team 2" in town.ask("hotspots", "trends", *CRIMES, "--all")
    assert "within its expected range" in town.ask("hotspots", "trends", *CRIMES, "--to", "2025-02")
    written = read(town, "trends.csv")
    assert [(row["team"], row["flag"]) for row in written][:2] == [("", "up"), ("T1", "up")]
    assert len(written) == 5


def test_trends_of_one_team_are_told_whatever_its_counts(town):
    words = ("hotspots", "trends", *CRIMES, "--team", "T2")

    told = town.ask(*words, "--csv", "trends.csv")
    assert "T2 Team 2" in told
    assert "T1 Team 1" not in told
    (row,) = read(town, "trends.csv")
    assert f"{float(row['q']):.2g}" in told.split("2025-03")[1]
    done = town.run(*words, "--team", "T9")
    assert done.returncode == 4
    assert "has the code T9" in done.stderr


def test_an_evaluation_tells_counts_difference_and_why_there_is_no_quotient(town):
    words = ("hotspots", "evaluate", *CRIMES, "--target", "T2.json", "--control", "T1.json")
    months = ("--before-from", "2024-03", "--after-from", "2025-03")

    told = town.ask(*words, *months, "--csv", "places.csv", "--weight", "cambridge")
    assert "WDD: 40.0 crimes fewer than if it had changed as its control did (90 %: -5" in told
    assert "WDQ: none, no ground around the target was asked about" in told
    assert "days of harm, cambridge-2026" in told
    assert read(town, "places.csv")[0] == {
        "place": "the target area",
        "before": "10",
        "after": "10",
        "km2": "4.0",
    }
    assert town.ask_json(*words, *months)["wdd"]["estimate"] == -40


def test_places_that_overlap_end_with_a_word_that_names_both(town):
    words = ("hotspots", "evaluate", *CRIMES, "--target", "T1.json", "--control", "T2.json")
    months = ("--before-from", "2024-03", "--after-from", "2025-03")

    done = town.run(*words, *months, "--buffer", "300")
    assert done.returncode == 3
    assert "the target area and the ground around the control share" in done.stderr


def test_near_repeats_of_published_crimes_are_refused(town):
    done = town.run("hotspots", "near-repeats", *CRIMES, *SPAN)

    assert done.returncode == 3
    assert "near repeats need days" in done.stderr


def test_near_repeats_of_own_crimes_are_told_band_by_band(town):
    with Store.open(town.store) as store:
        bring_own(store, town.folder)
    words = ("hotspots", "near-repeats", *CRIMES, *SPAN, "--permutations", "199")
    bands = ("--metres", "0", "--metres", "100", "--days", "0", "--days", "4")

    usual = town.ask(*words)
    assert "same place" in usual
    assert "above 0 to below 100" in usual
    assert "0.001" not in usual
    told = town.ask(*words, *bands, "--csv", "bands.csv")
    assert "0 to below 100" in told
    assert "from 100" in told
    assert "yes" in told
    first, *others = read(town, "bands.csv")
    assert (first["stands_out"], first["p"]) == ("true", "0.005")
    assert sum(int(row["pairs"]) for row in (first, *others)) == 60 * 59 // 2
    assert town.ask_json(*words, *bands)["crimes"] == 60


def test_a_question_is_taken_from_a_file_in_place_of_options(town):
    question = {"forces": [FORCE], "categories": ["burglary"], "last": "2025-03"}

    answer = town.ask_json("hotspots", "trends", "--question", "-", given=json.dumps(question))
    assert answer["months"] == ["2025-03"]
    done = town.run("hotspots", "trends", "--question", "-", given='{"forces": []}')
    assert done.returncode == 3
    assert "/forces: has 0 items; at least 1 are wanted" in done.stderr


def test_what_is_left_out_is_asked_for(town):
    done = town.run("hotspots", "concentration", "--force", FORCE)

    assert done.returncode == 3
    assert "give --from and --to" in done.stderr
