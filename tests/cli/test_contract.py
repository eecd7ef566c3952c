"""What programs rely on: the JSON, the files and the exit codes of the command line."""

import csv
import json

import pytest
import shapely
from pyarrow import parquet

from geo_alerts.acts import keys
from geo_alerts.audiences.disclosure import Role
from geo_alerts.errors import NotSignedInError
from geo_alerts.store.database import Store
from tests.api.world import EVERYBODY, PEOPLE, units_of

CONTRACT = [
    "postcode", "status", "easting", "northing", "pqi", "team_code", "team_name", "margin_m",
]  # fmt: skip
MATCHED = [
    "postcode", "team_code", "margin_m", "team_share", "other_team_code", "other_share",
    "none_share", "is_edge",
]  # fmt: skip
TEAM_1 = '{"type": "team", "codes": ["T1"]}'
LIST = ("audience", "list", "--purpose", "Sheds", "--area")


def test_lookup_answers_in_the_order_asked_with_the_keys_of_the_contract(made_world):
    asked = ["sy1 1aa", "SY1 1ZZ", "SY9 9ZZ", "nonsense", "SY2 1ZZ", "SY5 1AA"]

    answers = made_world.ask_json("lookup", *asked)

    assert [answer["postcode"] for answer in answers] == [
        "SY1 1AA", "SY1 1ZZ", "SY9 9ZZ", "nonsense", "SY2 1ZZ", "SY5 1AA",
    ]  # fmt: skip
    assert [answer["status"] for answer in answers] == [
        "live", "terminated", "unknown", "malformed", "no_location", "live",
    ]  # fmt: skip
    # The first unit of T1 stands 200 m from its south-west corner.
    first = answers[0]
    assert {name: first[name] for name in CONTRACT} == {
        "postcode": "SY1 1AA",
        "status": "live",
        "easting": 340_200,
        "northing": 310_200,
        "pqi": 10,
        "team_code": "T1",
        "team_name": "Team 1",
        "margin_m": 200,
    }
    assert answers[5]["team_code"] is None
    assert answers[5]["margin_m"] is None


def test_lookup_for_people_names_the_nearest_team_of_a_postcode_in_none(made_world):
    assert "in no team; nearest is Team 2, 1,000 m away" in made_world.ask("lookup", "SY5 1AA")


def test_match_writes_every_live_unit_as_csv(made_world, tmp_path):
    made_world.ask("match", "-o", tmp_path / "match.csv")

    with (tmp_path / "match.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == MATCHED
    team_of = {row["postcode"]: row["team_code"] for row in rows}
    assert team_of == {
        **{unit: f"T{team}" for team in PEOPLE for unit in units_of(team)},
        "SY5 1AA": "",
        "SY2 1ZZ": "",
    }
    told = {row["postcode"]: list(row.values())[2:] for row in rows}
    # The cell of the unit in the south-west corner of T1 is the quarter of the disc of 1,500 m that
    # is away from the others, two strips of 200 m along it and a square of 200 m: 2.405 km². In T1
    # are 400 m by 400 m.
    assert told["SY1 1AA"] == ["200.0", "0.067", "", "0.0", "0.933", "1"]
    # In the middle of T1; in no team; without a position.
    assert told["SY1 1DD"] == ["1000.0", "1.0", "", "0.0", "0.0", "0"]
    assert told["SY5 1AA"] == ["", "", "", "0.0", "1.0", "0"]
    assert told["SY2 1ZZ"] == [""] * 6


def test_match_as_parquet_says_the_same_as_csv(made_world, tmp_path):
    made_world.ask("match", "-o", tmp_path / "match.parquet")
    made_world.ask("match", "-o", tmp_path / "match.csv")

    table = parquet.read_table(tmp_path / "match.parquet").to_pylist()
    with (tmp_path / "match.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(table[0]) == MATCHED
    assert rows == [{name: _as_in_csv(value) for name, value in unit.items()} for unit in table]


def _as_in_csv(value):
    if isinstance(value, bool):
        return str(int(value))
    return "" if value is None else str(value)


def test_match_refuses_another_ending_and_leaves_nothing(made_world, tmp_path):
    done = made_world.run("match", "-o", tmp_path / "match.xlsx")

    assert done.returncode == 3
    assert ".csv or .parquet" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_audience_count_is_people_places_and_deliveries(made_world):
    # T1 has 60 people of one place each; every second of all people also wants texts.
    counted = made_world.ask_json("audience", "count", "--area", "-", given=TEAM_1)

    assert {name: counted[name] for name in ("people", "places", "deliveries")} == {
        "people": 60,
        "places": 60,
        "deliveries": {"email": 60, "text": 30, "voice": 0},
    }
    assert counted["rehomed"] == []
    assert counted["inputs"]["boundary_edition"] == "made teams"


def test_audience_list_prints_one_reference_a_line_in_order(made_world, tmp_path):
    area = tmp_path / "area.json"
    area.write_text(TEAM_1, encoding="utf-8")

    assert made_world.ask(*LIST, area).splitlines() == EVERYBODY[:60]


def test_a_channel_narrows_the_list(made_world):
    listed = made_world.ask(*LIST, "-", "--channel", "text", given=TEAM_1)

    assert listed.splitlines() == EVERYBODY[:60:2]


def test_a_group_narrows_the_list(made_world):
    chosen = (*LIST, "-", "--group", "Farm Watch")

    assert made_world.ask(*chosen, given=TEAM_1).splitlines() == EVERYBODY[:60:5]


def test_the_schema_is_of_the_areas_that_are_read(made_world):
    schema = json.loads(made_world.ask("audience", "schema"))

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert {"TeamArea", "PolygonArea", "RadiusArea", "PostcodesArea"} <= set(schema["$defs"])


def test_info_tells_editions_hashes_and_counts(made_world):
    facts = made_world.ask_json("info")

    assert facts["editions"]["team"]["label"] == "made teams"
    assert facts["editions"]["team"]["rows"] == 4
    assert len(facts["editions"]["postcodes"]["sha256"]) == 64
    assert facts["units"]["live"] == 102
    assert facts["units"]["live_in_a_team"] == 100
    assert facts["people"]["members"] == 96


def test_the_map_is_one_html_file(made_world, tmp_path):
    made_world.ask("map", "coverage", "-o", tmp_path / "coverage.html")

    assert (tmp_path / "coverage.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("words", "given", "code", "told"),
    [
        (["audience", "count", "--area", "-"], "{", 3, "invalid_area"),
        (["audience", "count", "--area", "-"], '{"type": "team", "codes": ["X"]}', 4, "'X'"),
        (["audience", "count", "--area", "missing.json"], "", 3, "there is no file missing.json"),
        (["keys", "revoke", "nobody"], "", 4, "no such key"),
        (["lookup"], "", 2, "Usage"),
        (["map", "coverage", "-o", "missing/map.html"], "", 3, "cannot be written"),
        (["map", "coverage", "-o", "map.pdf"], "", 3, "ends in .html"),
    ],
)
def test_a_mistake_ends_with_its_exit_code_and_one_line(made_world, words, given, code, told):
    done = made_world.run(*words, given=given)

    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_without_a_store_the_command_says_how_to_make_one(empty):
    done = empty.run("lookup", "SY1 1AA")

    assert done.returncode == 5
    assert "geo-alerts import" in done.stderr
    assert list(empty.folder.iterdir()) == []


def test_a_key_is_shown_once_and_listed_without_its_secret(empty):
    empty.run("import", "households", _households(empty.folder))

    made = empty.ask_json("keys", "create", "alert system", "--role", "alert_system")

    assert made["key"].startswith(f"ga_{made['id']}_")
    listed = empty.ask("keys", "list", "--json")
    assert made["key"] not in listed
    assert json.loads(listed)[0]["role"] == "alert_system"
    empty.ask("keys", "revoke", made["id"])
    assert json.loads(empty.ask("keys", "list", "--json"))[0]["revoked_at"] is not None


def test_a_link_signs_in_once_with_its_role(empty):
    empty.run("import", "households", _households(empty.folder))

    link = empty.ask("keys", "link", "Ann", "--role", "analyst", "--address", "http://localhost:1/")

    address, _, token = link.strip().partition("?token=")
    assert address == "http://localhost:1/sign-in"
    with Store.open(empty.store) as store:
        caller = keys.caller_of_session(store, keys.sign_in(store, token))
        assert (caller.name, caller.role) == ("Ann", Role.ANALYST)
        with pytest.raises(NotSignedInError):
            keys.sign_in(store, token)


def test_an_id_of_a_key_is_never_cut(empty):
    empty.run("import", "households", _households(empty.folder))
    name = "a name that is much too long for a narrow terminal to show it all in one line"
    made = empty.ask_json("keys", "create", name, "--role", "alert_system")

    assert made["id"] in empty.ask("keys", "list", columns=60)


def test_coverage_without_lsoas_says_what_is_missing(empty):
    header = "postcode,easting,northing,pqi,status,introduced,terminated,large_user"
    header += ",oa,lsoa,ward,district"
    unit = "SY1 1AD,349381,312241,10,live,,,,,,,"
    (empty.folder / "postcodes.csv").write_text(f"{header}\n{unit}\n")
    square = shapely.box(-2.76, 52.69, -2.74, 52.72)
    properties = {"code": "T1", "name": "Team 1"}
    feature = {
        "type": "Feature",
        "properties": properties,
        "geometry": json.loads(shapely.to_geojson(square)),
    }
    (empty.folder / "teams.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": [feature]})
    )
    empty.ask("import", "postcodes", "postcodes.csv")

    matched = empty.ask_json("import", "boundaries", "teams.geojson")
    shared_out = empty.ask_json("import", "households", _households(empty.folder))
    done = empty.run("map", "coverage", "-o", "coverage.html")

    assert "1 of 1 live postcodes are in a team" in matched["notes"]
    assert "LSOA" in shared_out["notes"][0]
    assert done.returncode == 5
    assert "ONSPD or NSPL" in done.stderr
    assert not (empty.folder / "coverage.html").exists()


def _households(folder):
    path = folder / "households.csv"
    path.write_text("lsoa,households\nE01000001,10\n", encoding="utf-8")
    return path
