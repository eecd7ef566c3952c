"""Audiences that are kept, on the command line."""

import csv
import json
import pwd
import stat

import pyarrow as pa
import pytest
from pyarrow import parquet
from sqlalchemy import update

from geo_alerts.store.audience_tables import audience_recipient
from geo_alerts.store.database import Store

T1 = json.dumps({"type": "team", "codes": ["T1"]})
WHY = ("--purpose", "Sheds", "--basis", "public_task")


@pytest.fixture
def audience_id(world):
    return world.ask("audience", "freeze", "--area", "-", *WHY, given=T1).strip()


def test_an_audience_is_kept_and_shown_with_its_counts(world, audience_id):
    shown = world.ask_json("audience", "show", audience_id, "--check")
    assert shown["figures"]["people"] == 60
    assert (shown["purpose"], shown["lawful_basis"]) == ("Sheds", "public_task")
    assert shown["is_as_frozen"] is True
    assert "the list is as it was frozen" in world.ask("audience", "show", audience_id, "--check")
    assert shown["created_by"].startswith("cli")
    words = world.ask("audience", "show", audience_id)
    assert "60 people" in words
    assert "approval: not needed" in words
    assert [one["id"] for one in world.ask_json("audience", "frozen")] == [audience_id]
    assert audience_id in world.ask("audience", "frozen")
    assert world.ask_json("audience", "frozen", "--awaited") == []


def test_an_audience_needs_a_purpose_and_a_basis_that_the_law_knows(world):
    asked = ("audience", "freeze", "--area", "-")
    assert world.run(*asked, given=T1).returncode == 2
    wrong = ("--purpose", "Sheds", "--basis", "because")
    assert world.run(*asked, *wrong, given=T1).returncode == 2
    blank = ("--purpose", " ", "--basis", "consent")
    assert world.run(*asked, *blank, given=T1).returncode == 3


def test_an_audience_of_nobody_is_kept_with_a_warning(world):
    nobody = json.dumps({"type": "team", "codes": ["T4"]})
    done = world.run("audience", "freeze", "--area", "-", *WHY, given=nobody)
    assert (done.returncode, "warning: this audience has no people" in done.stderr) == (0, True)
    done = world.run("audience", "freeze", "--area", "-", *WHY, given=T1)
    assert (done.returncode, "warning" in done.stderr) == (0, False)


def test_labels_that_nobody_has_are_told(world):
    asked = ("--area", "-", "--group", "farm watch")
    said = "nobody has the group farm watch; did you mean Farm Watch?"
    assert said in world.ask("audience", "count", *asked, given=T1)
    assert world.ask_json("audience", "count", *asked, given=T1)["unknown_labels"] == [
        {"kind": "group", "name": "farm watch", "nearest": "Farm Watch"}
    ]
    assert said in world.run("audience", "list", *WHY[:2], *asked, given=T1).stderr
    assert said in world.run("audience", "freeze", *asked, *WHY, given=T1).stderr
    marked = world.run("labels", "sensitive", "group", "farm watch")
    assert (marked.returncode, said in marked.stderr) == (0, True)
    assert "nobody has" not in world.run("labels", "sensitive", "group", "Farm Watch").stderr
    unmarked = world.run("labels", "not-sensitive", "group", "Farm Watch").stderr
    assert "from the next release of counts on, or after" in unmarked


def test_the_edge_is_not_told_of_a_sample(world):
    (world.folder / "asked.json").write_text(
        json.dumps({"area": json.loads(T1), "sample": {"size": 10}})
    )
    said = "the edge is not told of a sample or beside a control group"
    assert said in world.ask("audience", "count", "--selection", "asked.json")
    assert world.ask_json("audience", "count", "--selection", "asked.json")["edge"] is None
    assert said not in world.ask("audience", "count", "--area", "-", given=T1)


OPEN = {".arrow": pa.ipc.open_file, ".arrows": pa.ipc.open_stream}


def rows_of(path):
    if path.suffix == ".parquet":
        return parquet.read_table(path).to_pylist()
    if path.suffix in OPEN:
        with pa.OSFile(str(path)) as source:
            return OPEN[path.suffix](source).read_all().to_pylist()
    if path.suffix == ".ndjson":
        return [json.loads(line) for line in path.read_text().splitlines()]
    with path.open(newline="") as file:
        return [
            {
                "position": int(row["position"]),
                "reference": row["reference"],
                "channels": row["channels"].split(";"),
            }
            for row in csv.DictReader(file)
        ]


@pytest.mark.parametrize("ending", ["parquet", "arrow", "arrows", "csv", "ndjson"])
def test_recipients_go_to_a_file_of_every_kind_that_only_its_owner_reads(
    ending, world, audience_id
):
    name = f"list.{ending}"
    done = world.run("audience", "recipients", audience_id, "-o", name)
    assert done.returncode == 0, done.stderr
    assert "60 recipients" in done.stderr
    path = world.folder / name
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    rows = rows_of(path)
    assert [row["position"] for row in rows] == list(range(60))
    assert sorted(row["reference"] for row in rows) == [f"R-{n:04}" for n in range(1, 61)]
    assert {tuple(row["channels"]) for row in rows} == {("email",), ("email", "text")}


def test_a_control_group_goes_to_a_file_of_its_own(world):
    selection = {"area": json.loads(T1), "control": {"share": 0.5}}
    asked = ("audience", "freeze", "--selection", "-", *WHY)
    audience_id = world.ask(*asked, given=json.dumps(selection)).strip()
    world.ask("audience", "recipients", audience_id, "-o", "told.ndjson")
    done = world.run("audience", "recipients", audience_id, "--control", "-o", "held.ndjson")
    told, held = (rows_of(world.folder / name) for name in ("told.ndjson", "held.ndjson"))
    assert f"{len(held)} people of the control group written" in done.stderr
    everybody = sorted(row["reference"] for row in told + held)
    assert everybody == [f"R-{n:04}" for n in range(1, 61)]
    assert {tuple(row["channels"]) for row in held} == {()}


def test_a_file_of_an_unknown_kind_is_refused_before_anything_is_read(world, audience_id):
    done = world.run("audience", "recipients", audience_id, "-o", "list.xlsx")
    assert done.returncode == 3
    assert "unknown_format" in done.stderr
    kept = world.ask_json("audit", "list")
    assert "audience.read" not in [one["act"] for one in kept]


def test_an_audience_that_is_not_there_leaves_no_file(world):
    done = world.run("audience", "recipients", "none", "-o", "list.csv")
    assert done.returncode == 4
    assert not (world.folder / "list.csv").exists()


def test_whoever_asked_at_this_machine_may_not_approve_here(world, monkeypatch):
    monkeypatch.setenv("GEO_ALERTS_APPROVAL_ABOVE", "50")
    audience_id = world.ask("audience", "freeze", "--area", "-", *WHY, given=T1).strip()
    # Another name said of oneself makes nobody else.
    monkeypatch.setenv("LOGNAME", "somebody-else")
    assert [one["id"] for one in world.ask_json("audience", "frozen", "--awaited")] == [audience_id]
    refused = world.run("audience", "recipients", audience_id, "-o", "list.csv")
    assert (refused.returncode, "approval_needed" in refused.stderr) == (6, True)
    for word in ("approve", "refuse"):
        done = world.run("audience", word, audience_id, "--note", "fine by me")
        assert (done.returncode, "a second person" in done.stderr) == (6, True)


@pytest.mark.parametrize(("word", "then"), [("approve", 0), ("refuse", 6)])
def test_somebody_else_at_this_machine_may(word, then, world, monkeypatch):
    monkeypatch.setenv("GEO_ALERTS_APPROVAL_ABOVE", "50")
    first, second, *_ = (one for one in pwd.getpwall() if one.pw_uid)
    monkeypatch.setattr("os.getuid", lambda: first.pw_uid)
    audience_id = world.ask("audience", "freeze", "--area", "-", *WHY, given=T1).strip()
    monkeypatch.setattr("os.getuid", lambda: second.pw_uid)
    world.ask("audience", word, audience_id, "--note", "looked at")
    shown = world.ask_json("audience", "show", audience_id)
    assert shown["decision"]["decided_by"] == f"cli:{second.pw_name}"
    done = world.run("audience", "recipients", audience_id, "-o", "list.csv")
    assert done.returncode == then


def test_alerts_that_were_sent_are_recorded_once_and_shown(world, audience_id):
    sent = ("audience", "sent", audience_id, "--key", "mail-7")
    assert "Alert mail-7 is recorded" in world.run(*sent).stderr
    world.ask(*sent)
    (told,) = world.ask_json("audience", "show", audience_id)["alerts"]
    assert (told["key"], told["recorded_by"][:3]) == ("mail-7", "cli")
    assert "alert mail-7 sent" in world.ask("audience", "show", audience_id)
    before = world.run(*sent[:-1], "another", "--at", "2020-01-01T09:00")
    assert (before.returncode, "after its audience was frozen" in before.stderr) == (3, True)
    assert world.run(*sent, "--at", "2020-01-01").returncode == 2
    blank = world.run(*sent[:-1], "mail 7")
    assert (blank.returncode, "letters, digits and ._:/=~+- only" in blank.stderr) == (3, True)


def test_a_list_that_was_changed_is_told(world, audience_id):
    with Store.open(world.store) as store, store.writing() as connection:
        first = audience_recipient.c.position == 0
        connection.execute(update(audience_recipient).where(first).values(number=1))
    done = world.run("audience", "show", audience_id, "--check")
    assert (done.returncode, "hash differs" in done.stderr) == (3, True)


def test_an_audience_and_a_selection_are_drawn_to_one_file(world, audience_id):
    file = world.folder / "map.html"
    told = world.run("audience", "map", audience_id, "-o", "map.html").stderr
    assert "Map written to map.html" in told
    assert "<h1>Sheds</h1>" in file.read_text("utf-8")
    whole = json.dumps({"area": json.loads(T1), "channels": ["text"]})
    world.ask("audience", "map", "--selection", "-", "-o", "map.html", given=whole)
    assert "People in Team 1 who want text messages" in file.read_text("utf-8")
    both = world.run("audience", "map", audience_id, "--area", "-", "-o", "map.html", given=T1)
    neither = world.run("audience", "map", "-o", "map.html")
    assert (both.returncode, neither.returncode) == (2, 2)
    assert world.run("audience", "map", audience_id, "-o", "map.txt").returncode == 3
    assert world.run("audience", "map", "nowhere", "-o", "map.html").returncode == 4
