"""geo-alerts subscribers: one change at a time, feeds, erasure."""

import json

T1 = '{"type": "team", "codes": ["T1"]}'


def people(world):
    return world.ask_json("audience", "count", "--area", "-", given=T1)["people"]


def test_somebody_is_added_changed_withdrawn_and_erased(world):
    before = people(world)
    options = ("--postcodes", "SY1 1AA;nowhere", "--channels", "text")
    added = world.ask_json("subscribers", "upsert", "N-1", *options)
    assert added == {
        "outcome": "added",
        "left_out": [{"field": "postcodes", "reason": "value 2 is no postcode"}],
        "was_known": False,
        "not_had": [],
        "has": [],
        "lacks": [],
    }
    assert people(world) == before + 1
    done = world.run("subscribers", "withdraw", "N-1", "--from", "channel:text")
    assert "partly withdrawn" in done.stderr
    assert people(world) == before
    world.ask("subscribers", "upsert", "N-1", "--channels", "email;voice")
    assert people(world) == before + 1
    assert world.ask_json("subscribers", "withdraw", "N-1")["outcome"] == "withdrawn"
    assert people(world) == before
    assert world.ask_json("subscribers", "erase", "N-1", "--yes") == {"erased": True}
    assert world.ask_json("subscribers", "erase", "N-1", "--yes") == {"erased": False}


def test_nobody_is_erased_without_a_yes(world):
    done = world.run("subscribers", "erase", "R-0001")
    assert done.returncode == 6
    assert "nothing was changed" in done.stderr
    assert world.ask_json("subscribers", "erase", "R-0001", "--yes") == {"erased": True}


def test_a_feed_is_taken_with_what_is_wrong_told_by_its_number(world):
    at = "2025-06-02T09:00:00Z"
    lines = [
        {"change": "withdraw", "reference": "R-0001", "at": at},
        {"change": "withdraw", "reference": "R-0002"},
        {"change": "upsert", "reference": "R-0003", "at": at, "postcodes": ["[nowhere]"]},
    ]
    feed = world.folder / "changes.ndjson"
    feed.write_text("\n".join(map(json.dumps, lines)))
    told = world.run("subscribers", "changes", feed).stderr
    assert "withdrawn: 1" in told
    assert "change 2: at: is missing" in told
    assert "change 3: postcodes: value 1 is no postcode; left out" in told
    again = world.ask_json("subscribers", "changes", feed)
    assert again["counts"] == {"still_withdrawn": 1, "refused": 1, "unchanged": 1}


def test_what_cannot_be_used_ends_with_3(world):
    done = world.run("subscribers", "upsert", "someone@example.org")
    assert done.returncode == 3
    assert "someone" not in done.stderr
    assert world.run("subscribers", "withdraw", "R-0001", "--from", "text").returncode == 3


def test_a_withdrawal_of_what_nobody_had_is_noted_and_told(world):
    assert (
        "NOBODY was not known so far; noted"
        in world.run("subscribers", "withdraw", "NOBODY").stderr
    )
    done = world.run("subscribers", "withdraw", "R-0001", "--from", "topic:burglry")
    assert "R-0001 did not have topic burglry (has: channel email" in done.stderr
    assert "topic burglary" in done.stderr


def test_who_is_reached_by_nothing_is_told_to_be(world):
    told = world.run("subscribers", "upsert", "NEW-3").stderr
    assert "NEW-3 is reached by nothing yet: no postcode and no channel is known" in told
    told = world.run("subscribers", "upsert", "NEW-3", "--channels", "text").stderr
    assert "no postcode is known" in told


def test_who_is_not_there_is_not_asked_about_before_erasing(world):
    done = world.run("subscribers", "erase", "NOBODY")
    assert (done.returncode, done.stdout) == (0, "")
    assert "Nobody is known" in done.stderr
