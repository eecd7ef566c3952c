"""`geo-alerts boundaries`: an edition from its file to the day it holds, as people meet it."""

import csv
from datetime import timedelta

import geopandas as gpd
import pytest

from tests.api.world import squares
from tests.edition_world import today
from tests.teams_redrawn import REDRAWN, T1_STAYS, WITH_GAP, bow_tie

TOMORROW = today() + timedelta(days=1)
IN_FORCE = 3  # the number of the made teams
BEYOND_NUMBERS = "9" * 23


def rows_of(told):
    """The lines, with one space between words."""
    return [" ".join(line.split()) for line in told.splitlines()]


def states(line):
    return {one["id"]: one["state"] for one in line.ask_json("boundaries", "list")}


# --- import and check -----------------------------------------------------------------------------


def test_an_import_is_a_draft_and_says_what_to_do_next(world):
    squares(world.folder / "redrawn.geojson", REDRAWN)

    done = world.run("boundaries", "import", "redrawn.geojson", "--label", "Teams of May")

    assert done.returncode == 0
    assert "Teams of May: imported in" in done.stderr
    assert "codes from code, names from name" in done.stderr
    (number,) = [one for one, state in states(world).items() if state == "draft"]
    assert (
        f"Edition {number}. It is a draft, in force on no day yet. "
        f"Next: geo-alerts boundaries check {number}" in done.stderr
    )
    assert states(world)[IN_FORCE] == "active"


def test_what_the_file_does_not_say_is_told_by_options(world):
    squares(world.folder / "beats.geojson", REDRAWN)

    number = world.ask_json(
        *("boundaries", "import", "beats.geojson", "--layer", "beat", "--licence", "OGL"),
        *("--code-field", "name", "--name-field", "code", "--parent-layer", "team"),
    )["edition_id"]

    (found,) = world.ask_json("boundaries", "list", "--layer", "beat")
    assert (found["id"], found["layer"], found["licence"]) == (number, "beat", "OGL")
    assert found["parent_layer"] == "team"
    assert found["recorded_by"].startswith("cli")
    world.ask("boundaries", "export", str(number), "beats.gpkg")
    written = gpd.read_file(world.folder / "beats.gpkg")
    assert sorted(written["code"]) == ["Heath", "Team 11", "Team 12", "Team 3", "Team 4"]


def test_a_name_that_no_layer_can_have_is_refused(world):
    squares(world.folder / "a.geojson", REDRAWN)

    for command in (("boundaries", "import"), ("import", "boundaries")):
        done = world.run(*command, "a.geojson", "--layer", "Team!")
        assert done.returncode == 3
        assert "Team!" in done.stderr


def test_a_check_tells_each_kind_of_fault_and_what_to_do_next(world):
    number = world.imported(WITH_GAP)

    done = world.run("boundaries", "check", str(number))

    assert done.returncode == 0
    assert f"edition {number} made redrawn (team, 4 areas, checked)" in done.stdout
    assert "renamed code" in done.stdout
    assert "T2 at 343000 311000: was 'Team 2' in the edition before and is 'Heath' now" in (
        done.stdout
    )
    assert f"then geo-alerts boundaries activate {number}" in done.stderr


def test_a_check_draws_its_lines_where_it_is_told(world):
    number = str(world.imported(REDRAWN))

    told = world.ask_json("boundaries", "check", number, "--sliver-width", "1000", "--far", "5")

    assert told["check"]["options"]["sliver_width_m"] == 1_000
    assert told["check"]["options"]["far_m"] == 5
    # T12 is 800 m wide.
    assert any(one["kind"] == "sliver" for one in told["check"]["faults"])
    for words, why in (
        (["--far", "-1"], "metres above 0"),
        (["--faults", "nowhere/faults.gpkg"], "cannot be written"),
        (["--faults", "faults.shp"], "ends in .gpkg"),
    ):
        done = world.run("boundaries", "check", number, *words)
        assert done.returncode == 3
        assert why in done.stderr


def test_errors_end_with_a_code_of_their_own_and_the_edition_stays_a_draft(world):
    number = str(world.ask_json("boundaries", "import", bow_tie(world.folder))["edition_id"])

    done = world.run("boundaries", "check", number)

    assert done.returncode == 3
    assert "error" in done.stdout
    assert "T1 at" in done.stdout
    assert f"Next: geo-alerts boundaries repair {number} --tolerance 1" in done.stderr
    assert states(world)[int(number)] == "draft"
    refused = world.run("boundaries", "activate", number)
    assert refused.returncode == 6
    assert "it has errors, as its check found: mend the file, or geo-alerts" in refused.stderr


# --- compare --------------------------------------------------------------------------------------

FINDING = (
    "4 teams before, 5 after: 1 renamed, 2 reshaped, 1 split, 2 added. "
    "30 of 101 live postcodes go to another team, with 60 people."
)


def test_a_comparison_begins_with_the_finding_and_tells_who_moves(world):
    number = world.imported(REDRAWN)

    done = world.run("boundaries", "compare", str(number))

    assert done.returncode == 0
    assert FINDING in done.stdout
    assert {
        "T1 Team 1 T11 Team 11 15 36 2.40 km²",
        "T1 Team 1 T12 Team 12 10 24 1.60 km²",
        "T4 Team 4 T3 Team 3 5 0 0.80 km²",
        "renamed T2 Team 2 T2 Heath 100% 100%",
        "split T1 Team 1 T11 Team 11 60% 100%",
    } <= set(rows_of(done.stdout))
    assert "new teams have no contact details: T11, T12" in done.stdout
    assert f"Next: geo-alerts boundaries activate {number}" in done.stderr
    assert states(world)[number] == "checked"


def test_a_comparison_tells_what_falls_in_a_gap(world):
    number = world.imported(WITH_GAP)

    told = world.ask("boundaries", "compare", str(number))

    assert "10 postcodes are in a gap now, where no area holds them (SY1 1AE, " in told
    assert "T1 Team 1 none 10 24 1.60 km²" in rows_of(told)


def test_a_comparison_is_there_for_programs_as_map_and_as_files(world):
    number = str(world.imported(REDRAWN))

    told = world.ask_json(
        *("boundaries", "compare", number, "--with", str(IN_FORCE)),
        *("--map", "changes.html", "--csv", "crosswalk.csv", "--moves", "moves.csv"),
    )

    assert told["finding"] == FINDING
    assert (told["old_edition"], told["new_edition"]) == (IN_FORCE, int(number))
    assert told["moved"]["units"] == 30
    assert "made redrawn" in (world.folder / "changes.html").read_text(encoding="utf-8")
    with (world.folder / "moves.csv").open(encoding="utf-8", newline="") as file:
        moves = list(csv.DictReader(file))
    assert len(moves) == 30
    assert moves[0] == {"postcode": "SY1 1AA", "old_code": "T1", "new_code": "T11"}
    with (world.folder / "crosswalk.csv").open(encoding="utf-8", newline="") as file:
        crosswalk = list(csv.DictReader(file))
    # Each of the 101 units that has a place is in one row.
    assert sum(int(row["units"]) for row in crosswalk) == 100
    (stays,) = [row for row in crosswalk if row["old_code"] == "T2"]
    assert (stays["new_name"], stays["is_same_team"], stays["people"]) == ("Heath", "true", "30")
    assert float(stays["m2"]) == pytest.approx(4_000_000, rel=1e-6)


def test_no_cell_of_a_csv_is_a_formula_to_a_spreadsheet(world):
    formula, name = "=1+1", "@SUM(1)"
    _, box = REDRAWN["T11"]
    others = {code: area for code, area in REDRAWN.items() if code != "T11"}
    number = world.imported({formula: (name, box), **others})

    files = ("--csv", "crosswalk.csv", "--moves", "moves.csv")
    world.ask("boundaries", "compare", str(number), *files)
    world.ask("match", "-o", "match.csv", "--edition", str(number))

    for file, shown in (
        ("crosswalk.csv", {f"'{formula}", f"'{name}"}),
        ("moves.csv", {f"'{formula}"}),
        ("match.csv", {f"'{formula}"}),
    ):
        with (world.folder / file).open(encoding="utf-8", newline="") as content:
            cells = {each for row in csv.reader(content) for each in row}
        assert shown <= cells, file
        assert not {each for each in cells if each.startswith(("=", "+", "@"))}, file


def test_the_first_edition_of_a_layer_has_nothing_to_be_compared_with(world):
    number = world.imported(REDRAWN, "beats.geojson", "--layer", "beat")

    assert world.ask("boundaries", "compare", str(number)) == (
        "The first edition of the layer beat: 5 areas. 100 of 101 live postcodes are in one.\n"
    )


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["compare", "99"], 4, "there is no edition 99"),
        (["compare", "3", "--with", "2"], 3, "of the layer local_policing_area"),
        (["compare", "3", "--with", "3"], 3, "cannot be compared with itself"),
        (["compare", "3", "--map", "map.pdf"], 3, "ends in .html"),
        (["check", "99"], 4, "there is no edition 99"),
        (["check", BEYOND_NUMBERS], 4, f"there is no edition {BEYOND_NUMBERS}"),
        (["check", str(2**63)], 4, "there is no edition"),
        (["compare", "3", "--with", BEYOND_NUMBERS], 4, f"there is no edition {BEYOND_NUMBERS}"),
        (["check", "1"], 4, "edition 1 is one of postcodes, not of boundaries"),
        (["check", "3", "--map", "map.pdf"], 3, "ends in .html"),
        (["export", "3", "teams.txt"], 3, ".txt"),
        (["discard", "3"], 6, "what was once in force is kept"),
        (["activate", "3", "--from", "soon"], 2, "write it like 2025-04-30"),
    ],
)
def test_a_mistake_ends_with_its_exit_code_and_one_line(made_world, words, code, told):
    done = made_world.run("boundaries", *words)

    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


# --- activate and list ----------------------------------------------------------------------------


def test_an_activation_asks_first_when_many_people_have_another_team(world):
    number = str(world.imported(REDRAWN))

    done = world.run("boundaries", "activate", number)

    assert done.returncode == 6
    assert FINDING in done.stdout
    assert f"Edition {number} from {today()} on: 60 people in another team or none" in done.stderr
    assert "say yes with --yes" in done.stderr
    assert states(world)[int(number)] == "checked"


def test_an_activation_that_concerns_nobody_does_not_ask_and_says_what_holds_when(world):
    number = world.imported(T1_STAYS)

    told = world.ask("boundaries", "activate", str(number), "--from", f"{TOMORROW:%d/%m/%Y}")

    assert "5 of 101 live postcodes go to another team, with 0 people." in told
    assert f"edition {number} made redrawn (team, 4 areas, scheduled) holds from {TOMORROW}" in told
    assert f"  from {TOMORROW}: edition {number}, made redrawn" in told
    assert f"  from {today()}: edition {IN_FORCE}, made teams" in told
    assert states(world)[IN_FORCE] == "active"
    again = world.ask("boundaries", "activate", str(number), "--from", str(TOMORROW))
    assert f"holds from {TOMORROW} already; nothing was changed." in again


def test_the_list_tells_what_is_in_force_on_a_day(world):
    number = world.imported(T1_STAYS)
    world.ask("boundaries", "activate", str(number), "--from", str(TOMORROW))

    now = world.ask_json("boundaries", "list", "--layer", "team", "--as-of", str(today()))
    then = world.ask_json("boundaries", "list", "--layer", "team", "--as-of", str(TOMORROW))

    assert [one["id"] for one in now] == [IN_FORCE]
    assert [one["id"] for one in then] == [number]
    assert now[0]["days"] == [{"valid_from": str(today()), "until": str(TOMORROW)}]
    told = world.ask("boundaries", "list")
    assert "local_policing_area" in told
    assert f"{today()} to {today()}" in told
    assert f"from {TOMORROW}" in told


def test_a_draft_can_be_discarded(world):
    number = world.imported(T1_STAYS)

    world.ask("boundaries", "discard", str(number))

    assert number not in states(world)
    assert world.run("boundaries", "discard", str(number)).returncode == 4


def test_a_store_without_boundaries_says_how_to_bring_some_in(empty):
    (empty.folder / "households.csv").write_text("lsoa,households\nE01000001,10\n")
    empty.ask("import", "households", "households.csv")

    done = empty.run("boundaries", "list")

    assert done.returncode == 0
    assert "geo-alerts boundaries import FILE" in done.stderr


def test_what_is_exported_comes_back_the_same(world):
    world.ask("boundaries", "export", str(IN_FORCE), "again.geojson")

    number = world.ask_json("boundaries", "import", "again.geojson", "--layer", "beat")[
        "edition_id"
    ]

    (found,) = world.ask_json("boundaries", "list", "--layer", "beat")
    assert (found["id"], found["label"], found["areas"]) == (number, "made teams", 4)
    assert found["is_demonstration"] is True


# --- the short way --------------------------------------------------------------------------------


def test_the_short_way_takes_the_same_options_and_is_in_force_at_once(world):
    squares(world.folder / "beats.geojson", REDRAWN)

    report = world.ask_json("import", "boundaries", "beats.geojson", "--layer", "beat")

    (found,) = world.ask_json("boundaries", "list", "--layer", "beat")
    assert (found["id"], found["state"]) == (report["edition_id"], "active")


def test_the_short_way_tells_what_changed(world):
    squares(world.folder / "redrawn.geojson", REDRAWN)

    report = world.ask_json("import", "boundaries", "redrawn.geojson")

    assert FINDING in report["notes"]


def test_the_short_way_refuses_invalid_polygons(world):
    done = world.run("import", "boundaries", bow_tie(world.folder))

    assert done.returncode == 3
    assert "source_faults" in done.stderr
    assert states(world)[IN_FORCE] == "active"
