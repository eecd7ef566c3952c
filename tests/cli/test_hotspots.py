"""`geo-alerts hotspots`: layers are worked out, listed, shown, exported, drawn and removed."""

import csv
import json

import pytest

from geo_alerts.acts import jobs
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import Role
from geo_alerts.store.database import Store
from tests.hotspot_world import HOT_CRIMES, LAST, MONTHS, import_months
from tests.own_world import import_own

CRIMES = ("--force", "west-mercia", "--category", "burglary")
SPAN = ("--from", "2024-01", "--to", LAST)
RUN = ("hotspots", "run", *CRIMES, *SPAN)


@pytest.fixture
def town(world):
    """The made world with its crimes."""
    with Store.open(world.store) as store:
        import_months(store, world.folder / "crimes")
    return world


def made(town, *words):
    """Work a layer out; its id."""
    return town.ask(*RUN, *(words or ("--method", "counts"))).strip().splitlines()[-1]


def test_a_layer_is_worked_out_once_and_found_in_the_list(town):
    run_id = made(town, "--method", "gi_star", "--name", "Burglary [2024]")

    assert made(town, "--method", "gi_star") == run_id
    (listed,) = town.ask_json("hotspots", "list")
    assert (listed["id"], listed["name"], listed["method"]) == (
        run_id,
        "Burglary [2024]",
        "gi_star",
    )
    assert "Burglary [2024]" in town.ask("hotspots", "list")
    assert run_id in town.ask("hotspots", "list", columns=60)
    assert town.ask_json("hotspots", "list", "--method", "counts") == []


def test_a_layer_is_shown_with_what_it_was_made_from(town):
    run_id = made(town)

    shown = town.ask_json("hotspots", "show", run_id)
    assert shown["question"]["cell_m"] == 250
    assert shown["asked"]["cell_m"] is None
    assert len(shown["inputs"]["crimes_sha256"]) == 1
    assert shown["areas"][0]["facts"]["crimes"] == HOT_CRIMES * len(MONTHS)
    assert "most in a cell" in town.ask("hotspots", "show", run_id)
    assert town.ask_json("hotspots", "show", run_id, "--most", "0")["areas"] == []


def test_a_whole_question_is_taken_from_a_file(town):
    question = {
        "method": "counts",
        "forces": ["west-mercia"],
        "categories": ["burglary"],
        "months": {"first": "2024-01", "last": LAST},
    }
    given = json.dumps(question)
    asked = town.ask("hotspots", "run", "--question", "-", given=given)

    assert asked.strip().splitlines()[-1] == made(town)
    both = town.run(*RUN, "--question", "-", given=given)
    assert both.returncode == 2


def test_areas_and_cells_are_written_by_the_ending_of_the_name(town):
    run_id = made(town)

    town.ask("hotspots", "export", run_id, "areas.csv")
    town.ask("hotspots", "export", run_id, "cells.csv", "--cells")
    areas, cells = (
        list(csv.DictReader((town.folder / name).read_text(encoding="utf-8").splitlines()))
        for name in ("areas.csv", "cells.csv")
    )
    assert (areas[0]["rank"], areas[0]["crimes"]) == ("1", str(HOT_CRIMES * len(MONTHS)))
    assert len(cells) == 256
    assert town.run("hotspots", "export", run_id, "areas.xyz").returncode == 3


def test_a_layer_is_drawn_as_one_file(town):
    for method in ("gi_star", "repeats"):
        town.ask("hotspots", "map", made(town, "--method", method), "-o", "map.html")
        document = (town.folder / "map.html").read_text(encoding="utf-8")
        assert document.startswith("<!DOCTYPE html>")
    assert "High Street" in document
    assert town.run("hotspots", "map", "none", "-o", "map.txt").returncode == 3


def test_a_layer_is_removed(town):
    run_id = made(town)

    town.ask("hotspots", "remove", run_id)
    assert town.ask_json("hotspots", "list") == []
    assert "geo-alerts hotspots run" in town.run("hotspots", "list").stderr
    gone = town.run("hotspots", "show", run_id)
    assert (gone.returncode, "unknown_run" in gone.stderr) == (4, True)


def test_a_back_test_says_which_method_did_best_and_auto_uses_it(town):
    found = town.ask_json("hotspots", "backtest", *CRIMES, "--months", "2")

    best = found["result"]["best"]
    assert best in {one["name"] for one in found["result"]["methods"]}
    told = town.ask("hotspots", "backtest", *CRIMES, "--months", "2")
    assert f"{best} scored highest" in told
    # Two months have no interval.
    assert ("2 months only" in told, "unknown" in told) == (True, False)
    assert "By ties: PAI if of cells ranked alike" in told
    assert all(one["name"] in told for one in found["result"]["methods"])
    groups = found["result"]["calibration"]
    assert f"of {len(groups)} groups of cells as many crimes were seen as foretold" in told
    assert all(f"{one['foretold']:,.1f}" in told for one in groups)
    weighed = town.ask("hotspots", "backtest", *CRIMES, "--months", "2", "--weight", "ons")
    assert "Foretold and seen days of harm are not compared" in weighed
    assert "one month only" in town.ask("hotspots", "backtest", *CRIMES, "--months", "1")
    run_id = made(town, "--method", "auto")
    assert town.ask_json("hotspots", "show", run_id)["question"]["foretelling"] == best


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--method", "heat"), 3, "--method must be"),
        ((), 3, "give --method"),
        (("--method", "density", "--bandwidth", "100"), 3, "give a larger --bandwidth"),
        (("--method", "counts", "--kernel", "quartic"), 3, "counts does not use --kernel"),
        (("--method", "change"), 3, "change needs --compare-from and --compare-to"),
        (("--method", "counts", "--from", "2020-01"), 3, "months of crimes are missing"),
        (("--method", "counts", "--area", "no.json"), 3, "no.json"),
    ],
)
def test_what_cannot_be_asked_is_told_in_one_line(town, words, code, said):
    done = town.run("hotspots", "run", *CRIMES, *SPAN, *words)

    assert done.returncode == code
    assert said in done.stderr


def test_every_run_leaves_the_record_of_a_job(town):
    run_id = made(town)
    town.run(*RUN, "--method", "counts", "--share", "0.1")

    with Store.open(town.store) as store:
        (failed, done), _ = jobs.jobs(Live(store), Role.ADMIN, size=10)
    assert (done.status, done.result_id) == ("done", run_id)
    assert (failed.status, failed.error_code) == ("failed", "invalid_input")


def test_whoever_looks_at_exact_positions_here_is_entered_as_well(town, tmp_path):
    with Store.open(town.store) as store:
        import_own(store, tmp_path / "own")
    layer = made(town, "--method", "counts", "--exact")
    made(town, "--method", "counts", "--exact")
    for words in (
        ("show", layer),
        ("match", layer),
        ("map", layer, "-o", str(tmp_path / "a.html")),
        ("export", layer, str(tmp_path / "a.csv")),
        ("match", layer, "-o", str(tmp_path / "units.csv")),
    ):
        town.ask("hotspots", *words)
    entered = town.ask_json("audit", "list", "--act", "hotspots.look")
    told = [(one["details"]["run"], one["details"]["how"]) for one in entered]
    assert sorted(told) == [(layer, "export"), (layer, "look"), (layer, "map")]
