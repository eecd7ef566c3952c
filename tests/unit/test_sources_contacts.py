"""Contact details in every layout that is read, and what becomes of them."""

import gzip
import json
from datetime import datetime
from pathlib import Path

import pytest

from geo_alerts.sources.contact import Contact, Event, Officer, Priority
from tests.contact_files import (
    ALL_CALLS,
    EVENTS,
    PEOPLE,
    PRIORITIES,
    folder_of,
    neighbourhood,
    read,
    told,
    zip_of,
)

# What the files of ALL_CALLS say: September is in summer time, January is not.
WHOLE = Contact(
    email="paf01@example.org",
    telephone="101",
    web="https://police.example.org/teams/paf01",
    social={"twitter": "https://social.example.org/pages/team"},
    officers=(Officer("Ann Example", "Sgt"), Officer("Bob Made")),
    events=(
        Event("Winter walk", "2025-01-08T18:30:00+00:00"),
        Event(
            "Drop in",
            "2025-09-17T12:00:00+01:00",
            "2025-09-17T14:00:00+01:00",
            "Made Hall, 17 Made Lane",
        ),
    ),
    priorities=(
        Priority("Fewer thefts.", "2025-06-08", "Patrols on foot.", "2025-07-22"),
        Priority("Less noise.", "2024-04-14"),
    ),
    description="The team covers the town.\n\nAnd the heath.",
    source="contacts",
)


def in_one() -> dict:
    return neighbourhood(people=PEOPLE, events=EVENTS, priorities=PRIORITIES)


@pytest.mark.parametrize(
    "files",
    [
        ALL_CALLS,
        {name.replace("PAF01/", "PAF01-"): content for name, content in ALL_CALLS.items()},
        {f"west-mercia/{name}": content for name, content in ALL_CALLS.items()},
        {name.replace("PAF01.json", "PAF01/neighbourhood.json"): content
         for name, content in ALL_CALLS.items()},
        {"all.json": [in_one()]},
        {"all.json": {"PAF01": in_one()}},
        {"all.json": {"PAF01": {key: value for key, value in in_one().items() if key != "id"}}},
        {"all.json": {"neighbourhoods": [in_one()]}},
        {"PAF01.json": in_one()},
        {"PAF01.json.gz": gzip.compress(json.dumps(in_one()).encode())},
        {**ALL_CALLS, ".DS_Store": b"\x00", "PAF01/boundary.json": [{"latitude": "52"}],
         "neighbourhoods.json": [{"id": "PAF01", "name": "Made Town"}]},
    ],
    ids=["folders of teams", "dashes", "a folder a force", "neighbourhood in the team's folder",
         "a list", "an object by ids", "ids as keys alone", "neighbourhoods", "one team", "gzipped",
         "beside other calls and hidden files"],
)  # fmt: skip
def test_every_layout_says_the_same(tmp_path: Path, files: dict):
    source = read(folder_of(tmp_path / "contacts", files))
    assert source.contacts == {"PAF01": WHOLE}
    assert source.names == {"PAF01": "Made Town & Heath"}
    assert told(source) == []
    assert source.label == "contacts of contacts"


def test_a_zip_is_read_as_its_folder_is(tmp_path: Path):
    source = read(zip_of(tmp_path / "contacts", ALL_CALLS).rename(tmp_path / "contacts.zip"))
    assert source.contacts["PAF01"].events == WHOLE.events
    assert source.contacts["PAF01"].source == "contacts.zip"


def test_the_date_of_a_folder_is_that_of_its_teams(tmp_path: Path):
    files = {f"2025-04/west-mercia/{name}": content for name, content in ALL_CALLS.items()}
    source = read(folder_of(tmp_path / "contacts", files))
    assert source.contacts["PAF01"].as_of == "2025-04"
    assert source.as_of == "2025-04"


@pytest.mark.parametrize(
    ("as_of", "kept"), [("2025-04", "2025-04"), ("2025-04-30T09:00", "2025-04-30")]
)
def test_a_file_of_all_teams_tells_what_it_is(tmp_path: Path, as_of: str, kept: str):
    about = {"name": "Made contacts", "as_of": as_of, "licence": "OGL", "demonstration": True}
    path = tmp_path / "all.json"
    path.write_text(json.dumps({**about, "neighbourhoods": {"PAF01": {}, "PAF02": {}}}))
    source = read(path)
    assert list(source.contacts) == ["PAF01", "PAF02"]
    assert (source.label, source.licence, source.demonstration) == ("Made contacts", "OGL", True)
    assert {one.as_of for one in source.contacts.values()} == {kept} == {source.as_of}


def test_a_team_of_which_only_events_are_known_has_them(tmp_path: Path):
    source = read(folder_of(tmp_path / "contacts", {"10.01/events.json": EVENTS}))
    assert source.contacts == {"10.01": Contact(events=WHOLE.events, source="contacts")}


def test_the_id_of_the_neighbourhood_counts_and_not_the_name_of_its_file(tmp_path: Path):
    files = {"A_1.json": neighbourhood("A/1"), "A_1/people.json": PEOPLE, "B%2F2-people.json": []}
    contacts = read(folder_of(tmp_path / "contacts", files)).contacts
    assert list(contacts) == ["A/1", "B/2"]
    assert contacts["A/1"].officers == WHOLE.officers


def test_an_id_that_is_a_number_is_its_digits(tmp_path: Path):
    path = tmp_path / "all.json"
    path.write_text('[{"id": 123456789012345678901234567890}, {"id": 7}]')
    assert list(read(path).contacts) == ["123456789012345678901234567890", "7"]


def test_one_of_several_forces_is_taken(tmp_path: Path):
    files = {"A/T1.json": neighbourhood("T1"), "B/T1.json": neighbourhood("T1", name="Other")}
    source = read(folder_of(tmp_path / "contacts", files), force="b")
    assert source.names == {"T1": "Other"}


def test_files_of_other_kinds_are_left_aside_and_told(tmp_path: Path):
    files = {**ALL_CALLS, "README.txt": b"fetched by hand"}
    assert read(folder_of(tmp_path / "contacts", files)).aside == ("README.txt",)


def test_what_nobody_said_is_none(tmp_path: Path):
    blank = {"id": "T1", "name": "", "contact_details": None, "description": "<p></p>"}
    path = tmp_path / "T1.json"
    path.write_text(json.dumps({**blank, "people": None, "url_force": "  "}))
    source = read(path)
    assert source.contacts == {"T1": Contact(source="T1.json")}
    assert (source.names, told(source), source.as_of) == ({}, [], None)


def test_contact_details_come_back_from_json():
    assert Contact.from_dict(json.loads(json.dumps(WHOLE.as_dict()))) == WHOLE
    assert Contact.from_dict(Contact().as_dict()) == Contact()


@pytest.mark.parametrize(
    ("now", "to_come"),
    [
        ("2025-01-08T23:59:59+00:00", ["Winter walk", "Drop in"]),
        # The walk says no end: it is over with its day.
        ("2025-01-09T00:00:00+00:00", ["Drop in"]),
        ("2025-09-17T12:59:59+00:00", ["Drop in"]),
        # 14:00 in British summer time.
        ("2025-09-17T13:00:00+00:00", []),
    ],
)
def test_events_that_are_over_are_not_next(now: str, to_come: list[str]):
    moment = datetime.fromisoformat(now)
    assert [event.title for event in WHOLE.events_to_come(moment)] == to_come


def test_a_day_without_a_time_stays_a_day(tmp_path: Path):
    event = {"title": "Fair", "start_date": "2025-07-05", "end_date": "06/07/2025"}
    path = tmp_path / "T1.json"
    path.write_text(json.dumps({"id": "T1", "events": [event]}))
    (fair,) = read(path).contacts["T1"].events
    assert fair == Event("Fair", "2025-07-05", "2025-07-06")
    assert fair.is_to_come(datetime.fromisoformat("2025-07-06T23:00:00+01:00"))
    assert not fair.is_to_come(datetime.fromisoformat("2025-07-07T00:00:00+01:00"))


# --- CSV ------------------------------------------------------------------------------------------


def sheet(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "contacts.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_a_sheet_has_a_row_a_team(tmp_path: Path):
    text = (
        "\ufeffCode,Team name,E-mail,Phone,Mobile,Website,Facebook,Description,Notes,"
        "officer_1,officer_1_rank,officer_2,event_title,event_starts_at,event_ends_at,event_place,"
        "priority_1,priority_1_issued_on,priority_1_action,priority_1_acted_on\r\n"
        "T2,Made Heath,,,,,,,,,,,,,,,,,,\r\n"
        "\r\n"
        "T1,Made Town,t1@example.org,+44 1632 960001,07700 900001,www.example.org/t1,"
        'https://social.example.org/t1,"Two\nlines",kept aside,Ann Example,Sgt,Bob Made,'
        "Drop in,17/09/2025 12:00,2025-09-17T14:00,Made Hall,"
        "Fewer thefts,08/06/2025,Patrols,2025-07-22\r\n"
    )
    source = read(sheet(tmp_path, text))
    assert source.contacts == {
        "T1": Contact(
            email="t1@example.org",
            telephone="+44 1632 960001",
            mobile="07700 900001",
            web="https://www.example.org/t1",
            social={"facebook": "https://social.example.org/t1"},
            officers=(Officer("Ann Example", "Sgt"), Officer("Bob Made")),
            events=(
                Event(
                    "Drop in",
                    "2025-09-17T12:00:00+01:00",
                    "2025-09-17T14:00:00+01:00",
                    "Made Hall",
                ),
            ),
            priorities=(Priority("Fewer thefts", "2025-06-08", "Patrols", "2025-07-22"),),
            description="Two\nlines",
            source="contacts.csv",
        ),
        "T2": Contact(source="contacts.csv"),
    }
    assert source.names == {"T1": "Made Town", "T2": "Made Heath"}
    assert told(source) == ["row 1: the column 'Notes' is not known; it is left aside"]


def test_several_events_of_a_sheet_are_numbered(tmp_path: Path):
    text = "code,event_2_title,event_2_starts_at,event_1,event_1_starts_at,event_21\n"
    source = read(sheet(tmp_path, f"{text}T1,Second,2025-01-01,First,2025-02-01,no\n"))
    titles = [event.title for event in source.contacts["T1"].events]
    # By their start.
    assert titles == ["Second", "First"]
    assert told(source) == ["row 1: the column 'event_21' is not known; it is left aside"]


def test_a_sheet_may_lie_in_a_zip(tmp_path: Path):
    path = zip_of(tmp_path / "contacts.zip", {"contacts.csv": b"code,telephone\rT1,101\r\x1a"})
    assert read(path).contacts["T1"].telephone == "101"


@pytest.mark.shared
def test_the_ids_of_west_mercia_are_read(shared_data: Path):
    source = read(shared_data / "boundaries" / "west-mercia-snt-names-2022.csv")
    assert len(source.contacts) == 82
    assert source.names["PAF01"] == "Shrewsbury Central"
    assert told(source) == []
