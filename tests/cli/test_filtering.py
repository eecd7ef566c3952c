"""Whom of an area to reach, said by options; and lists that are printed without being kept."""

import json

import pytest

from geo_alerts.audiences.selection import Selection

T1 = '{"type": "team", "codes": ["T1"]}'
WHY = ("--purpose", "Sheds")
LIST = ("audience", "list", *WHY, "--area", "-")
FREEZE = ("audience", "freeze", *WHY, "--basis", "public_task", "--area", "-")


def test_every_condition_that_an_option_says_is_in_the_selection(world):
    first = world.ask(*FREEZE, "--sample", "10", "--seed", "7", given=T1).strip()
    asked = (
        *("--reach", "any", "--not-in", first, "--cap", "3/30", "--urgent"),
        *("--joined-from", "2020-01-01", "--joined-before", "2030-01-01"),
        *("--topic", "burglary", "--not-topic", "other", "--group", "A", "--not-group", "B"),
        *("--sample", "5", "--seed", "9", "--control", "0.5", "--channel", "text"),
    )
    audience_id = world.ask(*FREEZE, *asked, given=T1).strip()
    kept = world.ask_json("audience", "show", audience_id)["asked"]
    assert Selection.model_validate_json(json.dumps(kept)) == Selection.model_validate_json(
        json.dumps(
            {
                "area": json.loads(T1),
                "reach": "any",
                "groups": {"any_of": ["A"], "none_of": ["B"]},
                "topics": {"any_of": ["burglary"], "none_of": ["other"]},
                "channels": ["text"],
                "joined": {"on_or_after": "2020-01-01", "before": "2030-01-01"},
                "not_in_audiences": [first],
                "cap": {"alerts": 3, "days": 30},
                "urgent": True,
                "sample": {"size": 5, "seed": 9},
                "control": {"share": 0.5, "seed": 9},
            }
        )
    )


def test_the_same_seed_draws_the_same_people_and_an_audience_is_left_out_of_another(world):
    drawn = world.ask(*LIST, "--sample", "10", "--seed", "7", given=T1)
    assert world.ask(*LIST, "--sample", "10", "--seed", "7", given=T1) == drawn
    first = world.ask(*FREEZE, "--sample", "10", "--seed", "7", given=T1).strip()
    others = world.ask(*LIST, "--not-in", first, given=T1)
    assert (len(drawn.split()), len(others.split())) == (10, 50)
    assert not set(drawn.split()) & set(others.split())


@pytest.mark.parametrize(
    "wrong",
    [
        ("--reach", "half"),
        ("--cap", "3"),
        ("--cap", "0/30"),
        ("--sample", "0"),
        ("--seed", "7"),
        ("--control", "0.9"),
        ("--joined-from", "soon"),
        ("--joined-from", "2025-01-02", "--joined-before", "2025-01-02"),
    ],
)
def test_an_option_that_cannot_be_used_is_wrong_usage(made_world, wrong):
    assert made_world.run("audience", "count", "--area", "-", *wrong, given=T1).returncode == 2


@pytest.mark.parametrize("given", [("--reach", "any"), ("--sample", "3"), ("--urgent",)])
def test_a_whole_selection_takes_no_condition_beside_it(made_world, given):
    selection = json.dumps({"area": json.loads(T1)})
    done = made_world.run("audience", "count", "--selection", "-", *given, given=selection)
    assert done.returncode == 2


def test_a_list_needs_a_purpose(made_world):
    assert made_world.run("audience", "list", "--area", "-", given=T1).returncode == 2
    blank = ("audience", "list", "--purpose", " ", "--area", "-")
    assert made_world.run(*blank, given=T1).returncode == 3


def test_more_people_than_one_person_may_list_are_refused_and_not_recorded(world, monkeypatch):
    monkeypatch.setenv("GEO_ALERTS_APPROVAL_ABOVE", "59")
    before = world.ask_json("audit", "list")
    done = world.run(*LIST, given=T1)
    assert (done.returncode, done.stdout) == (6, "")
    assert "geo-alerts audience freeze" in done.stderr
    assert world.ask_json("audit", "list") == before
    monkeypatch.setenv("GEO_ALERTS_APPROVAL_ABOVE", "60")
    assert len(world.ask(*LIST, given=T1).split()) == 60


def test_the_schema_of_a_selection_is_printed(made_world):
    schema = json.loads(made_world.ask("audience", "schema", "--selection"))
    assert {"area", "reach", "cap", "sample", "control"} <= set(schema["properties"])


def test_nobody_is_told_without_an_empty_table(made_world):
    told = made_world.ask("audience", "count", "--area", "-", "--group", "Nobody's", given=T1)
    assert told.startswith("0 people")
    assert "name" not in told


def test_a_file_that_is_not_there_is_named_once(made_world):
    done = made_world.run("audience", "count", "--area", "gone.json")
    assert (done.returncode, done.stderr.count("gone.json")) == (3, 1)
    assert "there is no file gone.json" in done.stderr


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (
            {"type": "LineString", "coordinates": [[-2.75, 52.7], [-2.7, 52.7]]},
            "the file is no polygon, but a LineString: a corridor is along a line",
        ),
        (
            {
                "type": "Polygon",
                "coordinates": [[[349367, 313207], [349467, 313207], [349467, 313307]] * 2],
            },
            "is not closed",
        ),
        (
            {
                "type": "Polygon",
                "coordinates": [
                    [[349367, 313207], [349467, 313207], [349467, 313307], [349367, 313207]]
                ],
            },
            "looks like metres on the National Grid (EPSG:27700)",
        ),
    ],
)
def test_geojson_that_is_no_area_is_told_in_plain_words(made_world, shape, words):
    done = made_world.run("audience", "count", "--area", "-", given=json.dumps(shape))
    assert (done.returncode, words in " ".join(done.stderr.split())) == (3, True)
