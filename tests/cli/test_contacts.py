"""`geo-alerts import contacts`: what people meet at the command line."""

import pytest

from geo_alerts.acts.live import Live
from geo_alerts.store.database import Store
from geo_alerts.store.editions import CONTACTS, active_edition
from tests.api.world import build
from tests.cli.conftest import CommandLine
from tests.contact_files import ALL_CALLS, EVENTS, PEOPLE, folder_of, neighbourhood
from tests.edition_world import contacts_in_force


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> CommandLine:
    """The made world, whose contacts each test sets anew: teams T1 to T4, called Team 1 to 4."""
    folder = tmp_path_factory.mktemp("contacts")
    url = f"sqlite:///{folder / 'world.db'}"
    build(folder, url)
    return CommandLine(url, folder)


def write(line: CommandLine, name: str, content: object) -> str:
    folder_of(line.folder, {name: content})
    return name


def kept(line: CommandLine) -> dict:
    with Store.open(line.store) as store, store.reading() as connection:
        return contacts_in_force(connection)


def test_what_was_read_is_kept_by_the_code_of_the_team(world):
    team = neighbourhood("T1", name="Team 1", people=PEOPLE, events=EVENTS)

    report = world.ask_json("import", "contacts", write(world, "one.json", team))

    assert report["label"] == "contacts of one.json"
    assert report["outcome"] == "imported"
    assert report["counts"] == {
        "rows": 1,
        "teams": 1,
        "officers": 2,
        "events": 2,
        "events_to_come": 0,
        "priorities": 0,
    }
    assert list(kept(world)) == ["T1"]
    with Store.open(world.store) as store:
        contact = Live(store).view().geography.contacts["T1"]
    assert (contact.email, contact.officers[0].name) == ("t1@example.org", "Ann Example")


def test_how_the_ids_fit_the_teams_is_told(world):
    teams = [{"id": "T1", "name": "Team 1"}, {"id": "T2", "name": "Heath"}, {"id": "X9"}]

    report = world.ask_json("import", "contacts", write(world, "fit.json", teams))

    assert report["notes"] == [
        "2 of 4 teams have contact details",
        "without contact details: T3 (Team 3), T4 (Team 4)",
        "ids of no team in force: X9",
        "teams of another name than in the polygons: T2 (Heath)",
    ]


def test_contacts_may_come_before_the_teams(empty):
    folder_of(empty.folder / "calls", ALL_CALLS)

    report = empty.ask_json("import", "contacts", "calls")

    assert report["notes"] == ["no team polygons yet: ids are matched when they are imported"]


def test_what_is_left_out_is_told_with_file_row_and_reason(world):
    rows = "".join(f"X{n:02},javascript:alert({n})\n" for n in range(25))

    report = world.ask_json(
        "import", "contacts", write(world, "bad.csv", f"code,web\n{rows}".encode())
    )

    assert report["notes"][3] == (
        "row 2, column web: 'javascript:alert(0)' is no address of a page (http or https); "
        "it is left out (in team X00, bad.csv)"
    )
    assert report["notes"][2].endswith("X09 and 15 more")
    assert report["notes"][-1] == "and 5 more that were left out or shortened"
    assert len(report["notes"]) == 3 + 20 + 1


def test_files_that_were_not_read_are_told(world):
    folder_of(world.folder / "calls", {**ALL_CALLS, "notes.txt": b"x", "map.pdf": b"x"})

    report = world.ask_json("import", "contacts", "calls")

    assert report["notes"][-1] == "2 files were not read: map.pdf, notes.txt"


def test_a_refused_source_changes_nothing(world):
    world.ask("import", "contacts", write(world, "good.json", {"T1": {}}))
    before = kept(world)

    done = world.run("import", "contacts", write(world, "bad.json", [{"id": "T2"}, {"id": "T2"}]))

    assert done.returncode == 3
    assert "bad.json: row 2: the id T2 occurs in row 1 of bad.json already" in done.stderr
    assert "source_faults" in done.stderr
    assert kept(world) == before != {}


def test_the_same_source_twice_is_once_and_an_older_one_comes_back(world):
    first, second = write(world, "a.json", {"T1": {}}), write(world, "b.json", {"T2": {}})
    world.ask("import", "contacts", first)

    assert world.ask_json("import", "contacts", first)["outcome"] == "unchanged"
    world.ask("import", "contacts", second)
    assert list(kept(world)) == ["T2"]
    assert world.ask_json("import", "contacts", first)["outcome"] == "reactivated"
    assert list(kept(world)) == ["T1"]


def test_one_of_two_forces_is_another_import_than_the_other(world):
    for force in ("north", "south"):
        folder_of(world.folder / "forces", {f"{force}/T1.json": neighbourhood("T1", name=force)})

    done = world.run("import", "contacts", "forces")
    assert done.returncode == 3
    assert "--force takes one of several forces" in done.stderr
    for force in ("north", "south"):
        report = world.ask_json("import", "contacts", "forces", "--force", force)
        assert report["outcome"] == "imported"
        assert report["notes"][-1].endswith(f"T1 ({force})")


def test_a_demonstration_says_so(world):
    about = {"name": "Made up", "demonstration": True, "licence": "None", "as_of": "2025-04"}
    content = {**about, "neighbourhoods": {"T1": {}}}

    world.ask("import", "contacts", write(world, "demo.json", content))

    with Store.open(world.store) as store, store.reading() as connection:
        edition = active_edition(connection, CONTACTS)
    assert edition is not None
    assert (edition.label, edition.is_demonstration) == ("Made up", True)
    assert (edition.licence, edition.published_on) == ("None", "2025-04")
