"""How many replied to the alerts of an audience, told and shown on the command line."""

import json
from datetime import timedelta

import pytest

from geo_alerts.sources.moments import LONDON
from geo_alerts.store.database import Store

T1 = json.dumps({"type": "team", "codes": ["T1"]})
WHY = ("--purpose", "Sheds", "--basis", "public_task")


@pytest.fixture
def audience_id(world):
    return world.ask("audience", "freeze", "--area", "-", *WHY, given=T1).strip()


def test_replies_are_told_and_shown_once_an_alert_was_sent(world, audience_id):
    replies = ("audience", "replies", audience_id)
    assert world.ask(*replies).strip() == "no replies are told yet"
    early = world.run(*replies, "--text", "1")
    assert (early.returncode, "say first that one was sent" in early.stderr) == (6, True)
    world.ask("audience", "sent", audience_id, "--key", "mail-7")
    shown = world.ask(*replies, "--text", "10", "--email", "2")
    assert "12 together, 20.0 for every 100 recipients" in shown
    world.ask(*replies, "--text", "11")
    answer = world.ask_json(*replies)
    assert (answer["by_channel"], answer["total"]) == ({"email": 2, "text": 11}, 13)
    assert (answer["is_rounded"], answer["per_100"]) == (False, pytest.approx(1300 / 60))


def test_more_replies_than_recipients_are_kept_and_doubted(world, audience_id):
    replies = ("audience", "replies", audience_id)
    world.ask("audience", "sent", audience_id, "--key", "mail-7")
    done = world.run(*replies, "--email", "3000", "--text", "1", "--json")
    assert "More replies by email than recipients" in " ".join(done.stderr.split())
    said = json.loads(done.stdout)
    assert (said["by_channel"]["email"], said["more_than_sent"]) == (3000, ["email"])
    assert "More replies" not in world.run(*replies, "--email", "1").stderr


def test_a_total_that_is_told_late_is_kept_and_said_to_be_late(world, audience_id):
    replies = ("audience", "replies", audience_id)
    world.ask("audience", "sent", audience_id, "--key", "mail-7")
    with Store.open(world.store) as store:
        now = store.clock()
    world.ask(*replies, "--text", "11")
    done = world.run(*replies, "--text", "9", "--as-of", now.isoformat(), "--json")
    assert "A later total by text is known already, and stands." in done.stderr
    said = json.loads(done.stdout)
    assert (said["late"], said["by_channel"]) == (["text"], {"text": 11})


def test_what_cannot_be_told_is_refused_with_what_can(world, audience_id):
    replies = ("audience", "replies", audience_id)
    world.ask("audience", "sent", audience_id, "--key", "mail-7")
    with Store.open(world.store) as store:
        tomorrow = (store.clock() + timedelta(days=1)).astimezone(LONDON)
    for options, code, said in (
        (("--text", "-1"), 2, "greater than or equal to 0"),
        (("--text", "many"), 2, "--text"),
        (("--as-of", "2025-06-02T09:00"), 2, "goes with"),
        (("--text", "1", "--as-of", "2025-06-02"), 2, "is no time"),
        (("--text", "1", "--as-of", "9999-01-01T09:00"), 2, "of the years 1900 to"),
        (("--text", "1", "--as-of", "0001-01-01T00:00Z"), 2, "is no time"),
        (("--text", "1", "--as-of", "2025-06-02T09:00"), 3, "nobody can have replied by"),
        (("--text", "1", "--as-of", tomorrow.isoformat()), 3, "is yet to come"),
    ):
        done = world.run(*replies, *options)
        assert (done.returncode, said in " ".join(done.stderr.split())) == (code, True), done.stderr
    gone = world.run("audience", "replies", "nothing", "--text", "1")
    assert gone.returncode == 4
    assert world.ask(*replies).strip() == "no replies are told yet"
