"""`geo-alerts boundaries check` and `repair`: faults as picture and file, and what is mended."""

import geopandas as gpd
import pytest

from tests.api.world import TEAMS
from tests.teams_redrawn import REDRAWN, bow_tie

IN_FORCE = 3  # the number of the made teams


def newest(line):
    """The latest edition."""
    return max(line.ask_json("boundaries", "list"), key=lambda one: one["id"])


def test_a_check_is_there_for_programs_and_as_map_and_file(world):
    number = str(world.imported(REDRAWN))

    told = world.ask_json(
        "boundaries", "check", number, "--map", "faults.html", "--faults", "faults.gpkg"
    )

    assert told["state"] == "checked"
    assert told["check"]["passed"] is True
    kinds = {one["kind"]: one["count"] for one in told["check"]["kinds"]}
    assert kinds["renamed_code"] == 1
    places = gpd.read_file(world.folder / "faults.gpkg", layer="places")
    assert len(places) == sum(kinds.values())
    text = (world.folder / "faults.html").read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert "made redrawn" in text


def test_a_repair_tells_each_change_and_whom_it_moves(world):
    # A gap of half a metre between T1 and T2, 2 km long.
    areas = {**TEAMS, "T2": ("Team 2", (1.000_25, 0, 2, 1))}
    number = world.imported(areas)

    done = world.run("boundaries", "repair", str(number), "--tolerance", "1")
    again = world.ask_json("boundaries", "repair", str(number), "--tolerance", "1")

    assert done.returncode == 0
    assert "gap closed" in done.stdout
    assert "0 postcodes have other teams by this, with 0 people." in done.stdout
    assert "Next: geo-alerts boundaries check" in done.stderr
    (closed,) = [one for one in again["changes"] if one["kind"] == "gap_closed"]
    assert closed["area_m2"] == pytest.approx(1_000, rel=0.01)
    assert (closed["units"], closed["people"]) == (0, 0)
    assert again["edition"]["repaired_from"] == again["original"] == number
    assert newest(world)["id"] == again["edition"]["id"]
    assert newest(world)["state"] == "draft"
    assert f"repaired from {number}" in world.ask("boundaries", "list")


def test_a_repair_tells_what_is_left(world):
    number = world.ask_json("boundaries", "import", bow_tie(world.folder))["edition_id"]

    told = world.ask("boundaries", "repair", str(number), "--tolerance", "1")

    # Half of T1 is missing: no boundary is moved by a kilometre.
    assert "gap" in told.partition("What is left:")[2]


def test_where_nothing_is_mended_there_is_no_new_edition(world):
    done = world.run("boundaries", "repair", str(IN_FORCE), "--tolerance", "1")

    assert done.returncode == 0
    assert "Nothing was mended within 1 m, and no new draft was made." in done.stdout
    assert "holes and repeated names are for a person" in done.stdout
    assert "Next:" not in done.stderr
    assert newest(world)["id"] == IN_FORCE


def test_a_tolerance_must_be_a_distance(world):
    done = world.run("boundaries", "repair", str(IN_FORCE), "--tolerance", "-1")

    assert done.returncode == 3
    assert "tolerance" in done.stderr
    assert world.run("boundaries", "repair", str(IN_FORCE)).returncode == 2
