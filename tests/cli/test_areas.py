"""`geo-alerts areas`: what people keep, and what they look at after teams changed."""

import json
from datetime import timedelta

import pytest

from tests.edition_world import today
from tests.teams_redrawn import REDRAWN

TEAM_1 = '{"type": "team", "codes": ["T1"]}'


def saved(line, name="Town", area=TEAM_1):
    """Save an area; its id."""
    return line.ask("areas", "save", name, "--area", "-", given=area).strip()


def redraw(line):
    number = line.imported(REDRAWN)
    line.ask("boundaries", "activate", str(number), "--yes")
    return number


def test_an_area_is_saved_listed_and_shown(world):
    area_id = saved(world, "Town [centre]")

    (listed,) = world.ask_json("areas", "list")
    assert (listed["id"], listed["name"], listed["version"]) == (area_id, "Town [centre]", 1)
    assert "Town [centre]" in world.ask("areas", "list")
    assert area_id in world.ask("areas", "list", columns=60)
    shown = world.ask_json("areas", "show", area_id)
    assert shown["area"] == {"type": "team", "codes": ["T1"], "edition": None}
    assert (shown["reviews"], shown["rehomed"]) == ([], [])


def test_a_change_is_a_new_version_and_the_first_one_stays(world):
    area_id = saved(world)

    area = '{"type": "team", "codes": ["T1", "T2"]}'
    world.ask("areas", "change", area_id, "--area", "-", "--note", "both sides", given=area)

    told = world.ask("areas", "show", area_id)
    assert "version 1, " in told
    assert ": both sides" in told
    only = json.loads(world.ask("areas", "show", area_id, "--area-only", "--version", "1"))
    assert only["codes"] == ["T1"]
    assert json.loads(world.ask("areas", "show", area_id, "--area-only"))["codes"] == ["T1", "T2"]


def test_what_somebody_saved_meanwhile_is_not_passed_over(world):
    area_id = saved(world)
    change = ("areas", "change", area_id, "--area", "-", "--from-version")
    team_2 = '{"type": "team", "codes": ["T2"]}'
    world.ask(*change, "1", given=team_2)

    late = world.run(*change, "1", given=TEAM_1)
    unknown = world.run(*change, "9" * 23, given=TEAM_1)

    assert (late.returncode, unknown.returncode) == (6, 6)
    assert "somebody else saved version 2 meanwhile, and nothing was saved over it" in late.stderr
    assert "the latest is 2" in unknown.stderr
    assert world.ask_json("areas", "show", area_id)["area"]["codes"] == ["T2"]
    again = world.run(*change, "2", given=team_2)
    assert again.returncode == 0
    assert "Nothing has changed since version 2 of Town: no new one is made." in again.stderr


def test_a_saved_area_is_counted_by_its_own_json(world):
    area = world.ask("areas", "show", saved(world), "--area-only")

    assert world.ask_json("audience", "count", "--area", "-", given=area)["people"] == 60


def test_a_saved_area_is_drawn_in_any_version(world):
    area_id = saved(world)
    world.ask("areas", "change", area_id, "--area", "-", given='{"type": "team", "codes": ["T2"]}')
    file = world.folder / "map.html"
    for version, team in ((("--version", "1"), "In Team 1"), ((), "In Team 2")):
        world.ask("areas", "map", area_id, *version, "-o", "map.html")
        assert f'<p class="asked">{team}</p>' in file.read_text("utf-8")


def test_an_owner_may_be_named(world):
    world.ask("areas", "save", "Town", "--area", "-", "--owner", "Ann", given=TEAM_1)

    (listed,) = world.ask_json("areas", "list")
    assert listed["owner"] == "Ann"
    assert listed["saved_by"].startswith("cli")


def test_what_an_activation_touches_is_listed_until_somebody_has_looked(world):
    area_id = saved(world)
    saved(world, "Heath", '{"type": "team", "codes": ["T2"]}')
    number = world.imported(REDRAWN)

    refused = world.run("boundaries", "activate", str(number))
    told = world.ask("boundaries", "activate", str(number), "--yes")

    assert "1 saved area to be reviewed" in refused.stderr
    assert "Saved areas to look at" in told
    assert "1 saved area is listed for review: geo-alerts areas reviews" in told
    (review,) = world.ask_json("areas", "reviews")
    assert (review["saved_area_id"], review["edition"]) == (area_id, number)
    said = (
        "T1 Team 1 is split, now T11 60%, T12 40%; the area stays on the last ground: the same "
        "people; postcodes 25"
    )
    close = f"geo-alerts areas close-review {area_id} {review['seq']}"
    for words in (("areas", "reviews"), ("areas", "show", area_id)):
        shown = world.ask(*words)
        assert f"Town since {today()} (edition {number}, change {review['seq']}):" in shown
        assert said in shown
        assert close in shown
    assert f"T1 Team 1 is gone since {today()}" in world.ask("areas", "show", area_id)

    closed = world.run(*close.split()[1:])
    again = world.run(*close.split()[1:])

    assert closed.stderr == "The review is closed.\n"
    assert again.stderr == "Somebody had closed the review before.\n"
    assert world.run("areas", "reviews").stderr == "Nothing to look at.\n"


@pytest.mark.parametrize(
    ("words", "given", "code", "told"),
    [
        (["save", "Town", "--area", "-"], '{"type": "team", "codes": ["T9"]}', 4, "'T9'"),
        (["save", " ", "--area", "-"], TEAM_1, 3, "a name has 1 to 100 characters"),
        (["save", "Town", "--area", "-"], "{", 3, "invalid_area"),
        (["change", "nowhere", "--area", "-"], TEAM_1, 4, "no saved area 'nowhere'"),
        (["show", "nowhere"], "", 4, "no saved area 'nowhere'"),
        (["close-review", "nowhere", "7"], "", 4, "change 7 opened no review"),
        (["close-review", "nowhere", "9" * 23], "", 4, "opened no review"),
        (["show", "nowhere", "--version", "9" * 23], "", 4, "no saved area 'nowhere'"),
    ],
)
def test_a_mistake_ends_with_its_exit_code_and_one_line(made_world, words, given, code, told):
    done = made_world.run("areas", *words, given=given)

    assert done.returncode == code
    assert told in done.stderr
    assert done.stdout == ""


def test_what_teams_to_come_do_to_an_area_is_told_when_it_is_saved(world):
    number = world.imported(REDRAWN)
    later = today() + timedelta(days=300)
    world.ask("boundaries", "activate", str(number), "--from", str(later), "--yes")

    done = world.run("areas", "save", "Town", "--area", "-", given=TEAM_1)

    assert done.returncode == 0
    assert f"Town since {later} (edition {number}" in done.stderr
    assert "close-review" not in done.stdout


BOW_TIE = json.dumps(
    {
        "type": "Polygon",
        "coordinates": [
            [[-2.75, 52.7], [-2.74, 52.71], [-2.74, 52.7], [-2.75, 52.71], [-2.75, 52.7]]
        ],
    }
)


def test_a_bow_tie_is_refused_and_repaired(world):
    (world.folder / "bow.geojson").write_text(BOW_TIE, encoding="utf-8")
    refused = world.run("audience", "count", "--area", "bow.geojson")
    assert refused.returncode == 3
    assert "longitude -2.745, latitude 52.705" in refused.stderr
    assert "geo-alerts areas repair" in refused.stderr

    done = world.run("areas", "repair", "bow.geojson", "-o", "mended.geojson")

    assert done.returncode == 0
    assert "1 shape was repaired" in done.stderr
    assert world.ask_json("audience", "count", "--area", "mended.geojson")["people"] == 0


def test_an_area_may_name_another_and_that_is_told(world):
    town = saved(world)
    both = saved(world, "Both", json.dumps({"type": "saved", "id": town}))

    assert world.ask_json("areas", "show", town)["named_by"] == [{"id": both, "name": "Both"}]
    assert f"named by Both ({both})" in world.ask("areas", "show", town)


def test_an_area_of_a_list_of_postcodes_is_counted_saved_and_told_what_is_left_out(world):
    listed = world.folder / "list.csv"
    listed.write_text("name,postcode\na,SY1 1AA\nb,rubbish\nc,SY1 1AB\nd,\n", encoding="utf-8")

    counted = world.run("audience", "count", "--postcodes", "list.csv", "--json")

    assert json.loads(counted.stdout)["people"] == 6
    assert "left out: row 3, column postcode: 'rubbish'" in counted.stderr
    assert "1 blank row passed over" in counted.stderr
    strict = world.run("audience", "count", "--postcodes", "list.csv", "--strict")
    assert (strict.returncode, "row 3" in strict.stderr) == (3, True)
    area_id = world.ask("areas", "save", "Listed", "--postcodes", "list.csv").strip()
    only = json.loads(world.ask("areas", "show", area_id, "--area-only"))
    assert only == {"type": "postcodes", "postcodes": ["SY1 1AA", "SY1 1AB"]}


def test_a_whole_selection_is_read_from_a_file(world):
    selection = {"area": json.loads(TEAM_1), "channels": ["text"]}
    (world.folder / "s.json").write_text(json.dumps(selection), encoding="utf-8")
    asked = ("audience", "list", "--purpose", "Sheds")
    by_options = world.ask(*asked, "--area", "-", "--channel", "text", given=TEAM_1)
    assert world.ask(*asked, "--selection", "s.json") == by_options


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--area", "-", "--postcodes", "list.csv"),
        ("--area", "-", "--selection", "s.json"),
        ("--selection", "s.json", "--channel", "text"),
    ],
)
def test_one_way_to_say_whom_is_wanted(world, words):
    done = world.run("audience", "count", *words, given=TEAM_1)
    assert done.returncode == 2


def test_a_circle_that_holds_so_many_people_is_counted_listed_and_told(world):
    # SY1 1AA has 3 people, and so has SY1 1AB 400 m east of it.
    holding = {"type": "radius", "centre": {"postcode": "SY1 1AA"}, "holding": 6}
    town = saved(world, "Six", json.dumps(holding))
    area = json.dumps({"type": "saved", "id": town})

    counted = world.ask_json("audience", "count", "--area", "-", given=area)

    assert counted["distances"] == [{"pointer": "/area", "holding": 6, "metres": 400}]
    assert counted["saved"] == [{"id": town, "version": 1}]
    assert counted["people"] >= 6
    told = world.ask("audience", "count", "--area", "-", given=area)
    assert "/area: 6 people are within 400 m" in told
    assert f"saved area {town} in version 1" in told
    listed = world.run("audience", "list", "--area", "-", "--purpose", "Sheds", given=area)
    assert len(listed.stdout.splitlines()) == counted["people"]
    assert "within 400 m" in listed.stderr
