"""`geo-alerts lookup`: the team, how sure that is, how to reach it, and from which edition."""

from datetime import timedelta

import pytest

from tests.api.world import squares
from tests.cli.conftest import CommandLine
from tests.edition_world import today
from tests.teams_redrawn import REDRAWN

TOMORROW = today() + timedelta(days=1)


@pytest.fixture(scope="module")
def moving(made_world, tmp_path_factory) -> CommandLine:
    """The made world, whose teams are redrawn from tomorrow on."""
    line = made_world.copied(tmp_path_factory.mktemp("moving"))
    number = line.imported(REDRAWN)
    line.ask("boundaries", "activate", str(number), "--from", str(TOMORROW), "--yes")
    return line


def test_all_that_is_known_of_a_postcode_is_there_for_programs(made_world):
    (answer,) = made_world.ask_json("lookup", "SY1 1AA")

    # Its cell of 2.405 km² is the quarter of a disc of 1,500 m and some; 0.16 km² are in T1.
    assert answer["candidates"] == [{"code": "T1", "name": "Team 1", "share": 0.067}]
    assert answer["share_in_none"] == 0.933
    assert answer["is_on_edge"] is True
    assert (answer["nearest_team"], answer["nearest_team_m"]) == (
        {"code": "T2", "name": "Team 2"},
        1_800,
    )
    assert (answer["also_in"], answer["reason"], answer["position"]) == ([], None, "published")
    assert answer["contact"]["email"] == "t1@example.org"
    # The event of 2020 is over.
    assert [event["title"] for event in answer["contact"]["events"]] == ["Surgery"]
    assert answer["boundary_edition"] == "made teams"
    assert answer["as_of"] == today().isoformat()


def test_people_are_told_shares_edge_nearest_team_contact_and_edition(made_world):
    told = made_world.ask("lookup", "SY1 1AA", "sy11dd")

    assert (
        "SY1 1AA: on an edge, its addresses may be another team's: of the ground around it 7% is "
        "in T1 Team 1, 93% is in no team; nearest other team is Team 2, 1,800 m away\n"
    ) in told
    assert (
        "SY1 1DD: of the ground around it 100% is in T1 Team 1; nearest other team is Team 2, "
        "1,000 m away\n"
    ) in told
    assert told.count("t1@example.org, 01632 960001") == 1
    assert "Sergeant A. Example" in told
    assert "event: Surgery, 1 July 2099, 6:00pm, The library" in told
    assert "priority: Sheds" in told
    assert f"teams: made teams (edition 3), asked as of {today()}; postcodes: " in told


def test_a_team_without_contact_details_has_none(made_world):
    (answer,) = made_world.ask_json("lookup", "SY2 1DD")

    assert (answer["team_code"], answer["contact"]) == ("T2", None)
    told = made_world.ask("lookup", "SY2 1DD")
    assert "example.org" not in told
    assert "T2 Team 2\n  how to reach the team is not known here" in told


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], "T1"),
        (["--as-of", str(TOMORROW)], "T11"),
        (["--as-of", f"{TOMORROW:%d/%m/%Y}"], "T11"),
        (["--edition", "3"], "T1"),
    ],
)
def test_a_day_or_an_edition_may_be_asked_about(moving, words, code):
    (answer,) = moving.ask_json("lookup", "SY1 1AA", *words)

    assert answer["team_code"] == code
    assert answer["boundary_edition"] == ("made teams" if code == "T1" else "made redrawn")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--as-of", "1990-01-01"], 4, "no teams were in force on 1990-01-01"),
        (["--edition", "99"], 4, "there is no edition 99"),
        (["--edition", "9" * 23], 4, "there is no edition 999"),
        (["--edition", "3", "--as-of", str(TOMORROW)], 3, "not for both"),
        (["--as-of", "yesterday"], 2, "write it like 2025-04-30"),
        (["--as-of", "2025-04-30T09:00"], 2, "write it like 2025-04-30"),
        (["--edition", "0"], 2, "--edition"),
    ],
)
def test_a_day_or_an_edition_that_is_none_is_told(moving, words, code, told):
    done = moving.run("lookup", "SY1 1AA", *words)

    assert done.returncode == code
    assert told in done.stderr
    assert done.stdout == ""


def test_match_and_the_map_are_of_the_edition_that_is_asked_for(moving):
    moving.ask("match", "-o", "now.csv")
    moving.ask("match", "-o", "then.csv", "--as-of", str(TOMORROW))
    moving.ask("map", "coverage", "-o", "then.html", "--as-of", str(TOMORROW))

    assert "SY1 1AA,T1," in (moving.folder / "now.csv").read_text()
    assert "SY1 1AA,T11," in (moving.folder / "then.csv").read_text()
    assert "Team 11" in (moving.folder / "then.html").read_text(encoding="utf-8")


def test_a_count_tells_what_a_code_that_is_gone_stands_for(moving):
    area = '{"type": "team", "codes": ["T1"]}'
    words = ("audience", "count", "--area", "-", "--as-of", str(TOMORROW))

    told = moving.ask(*words, given=area)
    counted = moving.ask_json(*words, given=area)
    now = moving.ask_json("audience", "count", "--area", "-", given=area)

    gone = f"T1 Team 1 is gone since {TOMORROW}: its last ground is taken; it is in T11, T12 now"
    assert gone in told
    assert "teams: made redrawn (edition" in told
    # The same people, whoever's they are now.
    assert (counted["people"], now["people"]) == (60, 60)
    assert [(one["code"], one["rule"]) for one in counted["rehomed"]] == [("T1", "last_ground")]
    assert counted["inputs"]["as_of"] == str(TOMORROW)
    listed = moving.run(*("audience", "list", "--purpose", "Sheds", *words[2:]), given=area)
    assert len(listed.stdout.splitlines()) == 60
    assert gone in listed.stderr


def test_a_code_that_was_replaced_is_told_by_the_new_one(world):
    drawn = {code: area for code, area in REDRAWN.items() if code not in {"T11", "T12"}}
    drawn["T9"] = ("Team 1", (0, 0, 1, 1))
    squares(world.folder / "recoded.geojson", drawn)
    world.ask("import", "boundaries", "recoded.geojson")

    told = world.ask("audience", "count", "--area", "-", given='{"type":"team","codes":["T1"]}')

    assert told.startswith("60 people at 60 places")
    assert "T1 Team 1 is gone since" in told
    assert "it has the code T9 now, which is taken in its place" in told
