"""geo-alerts audit: what was done, and whether the record of it is whole."""

import json
import os
import pwd

import pytest
import sqlalchemy


def edit(world) -> None:
    """Change an entry as somebody may who owns the file."""
    engine = sqlalchemy.create_engine(world.store)
    with engine.begin() as connection:
        for statement in (
            "DROP TRIGGER audit_no_update",
            "UPDATE audit_entry SET document = replace(document, 'admin', 'nobody') WHERE seq = 3",
        ):
            connection.execute(sqlalchemy.text(statement))
    engine.dispose()


def test_a_whole_trail_is_told_with_its_last_hash_which_later_is_proof(world):
    told, sha256 = world.ask("audit", "verify").splitlines()
    world.ask("keys", "create", "another", "--role", "analyst")

    assert "every link whole" in told
    later = world.ask_json("audit", "verify", "--expect", sha256)
    assert later["is_whole"]
    assert later["sha256"] != sha256


def test_without_a_hash_noted_before_it_says_what_is_not_found(world):
    without = world.run("audit", "verify")
    assert "--expect HASH" in without.stderr
    sha256 = without.stdout.splitlines()[-1]
    assert "--expect" not in world.run("audit", "verify", "--expect", sha256).stderr


@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_an_entry_that_was_edited_is_told_and_ends_with_3(world, as_json):
    edit(world)

    done = world.run("audit", "verify", *as_json)

    assert done.returncode == 3
    assert "entry 3 is not what was hashed" in done.stdout + done.stderr


def test_a_hash_that_the_trail_does_not_go_through_ends_with_3(world):
    done = world.run("audit", "verify", "--expect", "0" * 63 + "1")

    assert done.returncode == 3
    assert "no entry has the hash" in done.stderr
    assert world.run("audit", "verify", "--expect", "0").returncode == 3


def test_the_trail_is_listed_from_the_newest_on(world):
    world.ask("keys", "create", "[another]", "--role", "analyst")

    newest, *_ = world.ask_json("audit", "list")
    assert newest["act"] == "key.create"
    assert newest["who"].startswith("cli")
    assert newest["details"]["name"] == "[another]"
    assert '"name": "[another]"' in world.ask("audit", "list", "--most", "1")


def test_who_works_here_is_the_user_of_the_process_whatever_variables_say(world, monkeypatch):
    monkeypatch.setenv("LOGNAME", "somebody-else")
    world.ask("keys", "create", "one", "--role", "analyst")
    monkeypatch.setattr("os.getuid", lambda: 3_999_999_999)
    world.ask("keys", "create", "two", "--role", "analyst")

    without_name, named, *_ = world.ask_json("audit", "list")
    assert named["who"] == f"cli:{pwd.getpwuid(os.geteuid()).pw_name}"
    assert without_name["who"] == "cli:3999999999"


def test_references_that_are_printed_are_recorded_by_their_number_and_never_themselves(world):
    area = '{"type": "team", "codes": ["T1"]}'
    why = ("--purpose", "Sheds")
    printed = world.ask("audience", "list", "--area", "-", *why, given=area).splitlines()
    world.ask("audience", "unplaced")

    unplaced, listed = world.ask_json("audit", "list", "--most", "2")
    assert (listed["act"], listed["details"]["people"]) == ("audience.list", len(printed))
    assert listed["details"]["purpose"] == "Sheds"
    assert listed["details"]["selection"]["area"]["codes"] == ["T1"]
    assert not [reference for reference in printed if reference in str(listed)]
    assert (unplaced["act"], unplaced["details"]) == ("audience.unplaced", {"people": 0})


def test_the_list_may_be_of_one_act_and_from_a_day_on(world):
    imports = world.ask_json("audit", "list", "--act", "import.postcodes", "--since", "2025-01-01")
    assert [entry["act"] for entry in imports] == ["import.postcodes"]
    assert imports[0]["details"]["rows"] > 100
    assert world.ask_json("audit", "list", "--since", "2999-01-01T00:00") == []
    assert world.run("audit", "list", "--since", "soon").returncode == 2


def test_every_import_is_recorded_with_the_hash_of_its_file_and_what_it_changed(world):
    listed = world.ask_json("audit", "list")
    seen = {entry["act"]: entry["details"] for entry in listed}

    assert {act for act in seen if act.startswith("import.")} == {
        "import.postcodes",
        "import.contacts",
        "import.households",
        "import.subscribers",
    }
    assert seen["import.subscribers"]["counts"] == {"added": 96}
    assert len(seen["import.subscribers"]["sha256"]) == 64
    put_in_force = [entry for entry in listed if entry["act"] == "boundary.activate"]
    layers = [entry["details"]["layer"] for entry in put_in_force]
    assert layers == ["team", "local_policing_area"]


def test_a_list_for_another_program_has_a_line_of_tabs_for_each_entry(world):
    lines = [line.split("\t") for line in world.ask("audit", "list").splitlines()]
    listed = world.ask_json("audit", "list")
    assert [line[2] for line in lines] == [entry["act"] for entry in listed]
    assert json.loads(lines[0][5]) == listed[0]["details"]


def test_an_act_that_there_is_not_is_refused_with_those_that_there_are(world):
    done = world.run("audit", "list", "--act", "bogus")
    assert done.returncode == 3
    assert "audience.freeze" in done.stderr
