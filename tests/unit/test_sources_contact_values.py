"""Single values of contact details: kept as published, or left out with file, row and reason."""

import json
from pathlib import Path

import pytest

from geo_alerts.sources.contact import Contact, Event, Officer, Priority
from geo_alerts.sources.contact_documents import MOST_EVENTS, MOST_TEXT, MOST_TITLE
from tests.contact_files import folder_of, read, told


def one(tmp_path: Path, document: dict) -> tuple[Contact, list[str]]:
    path = tmp_path / "T1.json"
    path.write_text(json.dumps({"id": "T1", **document}))
    source = read(path)
    return source.contacts["T1"], told(source)


def detail(tmp_path: Path, key: str, value: object) -> tuple[object, list[str]]:
    contact, remarks = one(tmp_path, {"contact_details": {key: value}})
    return getattr(contact, key), remarks


@pytest.mark.parametrize(
    "address",
    [
        "centralleicester.npa@leicestershire.pnn.police.uk",
        "o'brien+alerts@example.org",
        "mailto:team@example.org",
        "  team@example.org ",
    ],
)
def test_addresses_of_e_mail_are_kept(tmp_path: Path, address: str):
    kept, remarks = detail(tmp_path, "email", address)
    assert kept == address.strip().removeprefix("mailto:")
    assert remarks == []


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("email", "team at example.org", "e-mail address"),
        ("email", "team@example", "e-mail address"),
        ("email", "a@example.org; b@example.org", "e-mail address"),
        ("email", "=HYPERLINK(1)@example.org", "e-mail address"),
        ("email", "t\u0435am@example.org", "e-mail address"),
        ("email", "javascript:alert(1)//@example.org", "e-mail address"),
        ("telephone", "call us", "telephone number"),
        ("telephone", "12", "telephone number"),
        ("telephone", "0" * 22, "telephone number"),
        ("telephone", "01632 960001; 01632 960002", "telephone number"),
        ("telephone", "\u0661\u0660\u0661", "telephone number"),
        ("web", "javascript:alert(1)", "address of a page"),
        ("web", "JavaScript:alert(1)", "address of a page"),
        ("web", "java\tscript:alert(1)", "address of a page"),
        ("web", "data:text/html,<b>x</b>", "address of a page"),
        ("web", "file:///etc/passwd", "address of a page"),
        ("web", "ftp://example.org/a", "address of a page"),
        ("web", "//example.org/a", "address of a page"),
        ("web", "/teams/t1", "address of a page"),
        ("web", "example.org", "address of a page"),
        ("web", "https://", "address of a page"),
        ("web", "https://localhost/", "address of a page"),
        ("web", "https://127.0.0.1/", "address of a page"),
        ("web", "https://police.example.org@evil.example/", "address of a page"),
        ("web", "https://example.org:99999/", "address of a page"),
        ("web", "https://[::1", "address of a page"),
        ("web", "https://example.org/a b", "address of a page"),
        ("web", 'https://example.org/"onmouseover=', "address of a page"),
        ("web", "https://example.org/\u202etxt", "address of a page"),
        ("web", "https://ex\u0430mple.org/", "address of a page"),
    ],
)
def test_what_is_none_is_left_out_and_told(tmp_path: Path, key: str, value: str, wanted: str):
    kept, (remark,) = detail(tmp_path, key, value)
    assert kept is None
    assert remark.startswith(f"column {key}: ")
    assert remark.endswith("it is left out (in T1.json)")
    assert f"is no {wanted}" in remark
    # A message stays a line of its own.
    assert remark.isprintable()


@pytest.mark.parametrize(
    "number",
    ["101", "01743 237472", "+44 (0)1632 960001", "(01632) 960-001", "101 ext. 4321", "101 x 7"],
)
def test_telephone_numbers_are_kept_as_written(tmp_path: Path, number: str):
    assert detail(tmp_path, "telephone", number) == (number, [])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("http://www.leics.police.uk/local-policing/city-centre", None),
        ("HTTPS://Example.org:8443/a?b=1&c=%20#d", None),
        ("https://example.org/caf\u00e9", None),
        ("www.example.org/t1", "https://www.example.org/t1"),
    ],
)
def test_addresses_of_pages_are_kept(tmp_path: Path, given: str, kept: str | None):
    assert detail(tmp_path, "web", given) == (kept or given, [])


def test_the_page_is_the_first_of_those_that_a_team_names(tmp_path: Path):
    contact, remarks = one(
        tmp_path,
        {"contact_details": {"web": "about:blank"}, "url_force": "https://example.org/t1"},
    )
    assert contact.web == "https://example.org/t1"
    assert len(remarks) == 1
    assert remarks[0].startswith("column web: 'about:blank' is no address of a page")


def test_services_are_kept_by_name_and_fax_and_address_are_not(tmp_path: Path):
    details = {
        "facebook": "https://social.example.org/t1",
        "e-messaging": "https://messages.example.org/",
        "twitter": "@t1",
        "Ignore all rules": "https://example.org/",
        "fax": "01632 960009",
        "address": "1 Made Lane",
        "blog": None,
    }
    contact, remarks = one(tmp_path, {"contact_details": details})
    assert contact == Contact(
        social={
            "facebook": "https://social.example.org/t1",
            "e-messaging": "https://messages.example.org/",
        },
        source="T1.json",
    )
    assert [remark.split(" (")[0] for remark in remarks] == [
        "column twitter: '@t1' is no address of a page",
        "'Ignore all rules' is no name of a service; it is left out",
    ]


def test_values_of_other_kinds_are_left_out_and_told(tmp_path: Path):
    details = {"email": ["t1@example.org"], "telephone": 101, "web": {"a": 1}, "mobile": True}
    contact, remarks = one(
        tmp_path, {"contact_details": details, "description": 5, "people": {}, "events": "none"}
    )
    # A number is its digits.
    assert contact == Contact(telephone="101", description="5", source="T1.json")
    assert [remark.split(" (in")[0] for remark in remarks] == [
        "column web: is no text; it is left out",
        "column email: is no text; it is left out",
        "column mobile: is no text; it is left out",
        "column people: is no list; it is left out",
        "column events: is no list; it is left out",
    ]


def test_details_that_are_no_object_are_left_out_and_told(tmp_path: Path):
    contact, remarks = one(tmp_path, {"contact_details": "101"})
    assert contact == Contact(source="T1.json")
    assert remarks == ["column contact_details: is no object; it is left out (in T1.json)"]


def test_html_with_a_script_becomes_its_words(tmp_path: Path):
    html = "<p onclick=x()>Hello &amp; <i>welcome</i></p><script>alert('x')</script><!-- y -->"
    contact, remarks = one(
        tmp_path,
        {
            "description": html,
            "people": [{"name": "<b>Ann</b> Example", "rank": "<script>x</script>"}],
            "priorities": [{"issue": html, "issue-date": "2025-06-08T00:00:00"}],
        },
    )
    assert contact.description == "Hello & welcome"
    assert contact.officers == (Officer("Ann Example"),)
    assert contact.priorities == (Priority("Hello & welcome", "2025-06-08"),)
    assert remarks == []


def test_a_text_of_absurd_length_is_cut_at_a_word_and_told(tmp_path: Path):
    contact, (remark,) = one(tmp_path, {"description": "word " * 3_000})
    assert contact.description is not None
    assert len(contact.description) <= MOST_TEXT
    assert contact.description.endswith("word word…")
    assert remark.startswith("column description: has 14,999 letters; those after 5,000 are left")


def test_html_of_absurd_length_is_read_to_its_bound(tmp_path: Path):
    contact, remarks = one(tmp_path, {"description": "<p>a</p>" * 1_000_000})
    assert contact.description is not None
    assert len(contact.description) <= MOST_TEXT
    assert "has 8,000,000 letters, more than 20,000; the rest is left out" in remarks[0]


@pytest.mark.parametrize("key", ["email", "telephone", "web"])
def test_a_value_of_absurd_length_is_left_out_and_not_repeated(tmp_path: Path, key: str):
    kept, (remark,) = detail(tmp_path, key, "1" * 100_000)
    assert kept is None
    assert remark == (
        f"column {key}: has 100,000 letters, more than 500; it is left out (in T1.json)"
    )


def test_what_is_wrong_in_a_list_is_told_by_file_and_row(tmp_path: Path):
    files = {
        "T1/events.json": [
            {"title": "No start"},
            {"title": "Bad start", "start_date": "tomorrow"},
            {"title": " ", "start_date": "2025-01-01"},
            None,
            {"title": "Fair", "start_date": "2025-02-02T10:00", "end_date": "2025-02-01T10:00"},
            {"title": "Fete", "start_date": "2025-02-30"},
        ],
        "T1/people.json": [{"name": None, "rank": "PC"}],
        "T1/priorities.json": [{"issue": "<p></p>"}, {"issue": "Noise", "issue-date": "soon"}],
    }
    source = read(folder_of(tmp_path / "contacts", files))
    assert source.contacts["T1"] == Contact(
        events=(Event("Fair", "2025-02-02T10:00:00+00:00"),),
        priorities=(Priority("Noise"),),
        source="contacts",
    )
    assert [remark.replace("; it is left out (in T1/", " <- ") for remark in told(source)] == [
        "row 1, column start_date: the event has no start_date <- events.json)",
        "row 2, column start_date: 'tomorrow' is no date or time <- events.json)",
        "row 2, column start_date: the event has no start_date <- events.json)",
        "row 3, column title: the event has no title <- events.json)",
        "row 4: is no object <- events.json)",
        "row 5, column end_date: is before the start <- events.json)",
        "row 6, column start_date: '2025-02-30' is no date or time <- events.json)",
        "row 6, column start_date: the event has no start_date <- events.json)",
        "row 1, column name: is blank; the officer is left out (in T1/people.json)",
        "row 1, column issue: is blank; the priority is left out (in T1/priorities.json)",
        "row 2, column issue-date: 'soon' is no date or time <- priorities.json)",
    ]


def test_an_item_within_a_neighbourhood_is_told_by_its_team_and_place(tmp_path: Path):
    path = tmp_path / "all.json"
    path.write_text(json.dumps([{"id": "T1", "events": [{"title": "x", "start_date": "?"}]}]))
    assert told(read(path))[0] == (
        "row 1, column events 1 start_date: '?' is no date or time; it is left out "
        "(in team T1, all.json)"
    )


def test_lists_without_end_are_cut_and_told(tmp_path: Path):
    events = [{"title": f"E{n}", "start_date": "2025-01-01"} for n in range(MOST_EVENTS + 50)]
    contact, (remark,) = one(tmp_path, {"events": events})
    assert len(contact.events) == MOST_EVENTS
    assert remark.startswith("column events 201: is beyond the 200 that are kept")


def test_the_same_item_twice_is_once(tmp_path: Path):
    contact, remarks = one(tmp_path, {"people": [{"name": "Ann"}, {"name": "Ann", "rank": ""}]})
    assert contact.officers == (Officer("Ann"),)
    assert remarks == []


def test_remarks_without_end_are_counted(tmp_path: Path):
    path = tmp_path / "T1.json"
    path.write_text(json.dumps({"id": "T1", "people": [{}] * 900, "priorities": [5] * 800}))
    source = read(path)
    assert source.remarks.count == 1_700
    assert len(source.remarks.faults) == 1_000


def test_a_list_of_absurd_length_is_read_to_its_bound(tmp_path: Path):
    path = tmp_path / "T1-people.json"
    path.write_text(json.dumps([1] * 1_000_000))
    source = read(path)
    assert source.remarks.count == 1_001
    path.write_text(json.dumps([{"name": "Ann"}] * 100_000))
    (remark,) = told(read(path))
    assert remark.startswith("row 1001: and all after it, to 100,000, are too many; they are")


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ('=HYPERLINK("https://evil.example")', None),
        ("=cmd|' /C calc'!A0", None),
        ("@SUM(1)", None),
        ("+SUM(1)", None),
        ("-SUM(1)", None),
        ("\t=1", None),
        ("- a list", "- a list"),
        ("-5 degrees", "-5 degrees"),
        ("1=1", "1=1"),
    ],
)
def test_formulas_of_a_spreadsheet_are_left_out_and_told(
    tmp_path: Path, cell: str, kept: str | None
):
    path = tmp_path / "contacts.csv"
    quoted = '"' + cell.replace('"', '""') + '"'
    path.write_text(f"code,Description,telephone\nT1,{quoted},+44 1632 960001\n")
    source = read(path)
    assert source.contacts["T1"].description == kept
    assert source.contacts["T1"].telephone == "+44 1632 960001"
    begins = [f"row 2, column Description: {cell[:20]!r} begins as a formula"] if not kept else []
    assert [remark.split(" of a")[0] for remark in told(source)] == begins


def test_a_title_of_absurd_length_is_cut(tmp_path: Path):
    event = {"title": "x" * 5_000, "start_date": "2025-01-01"}
    contact, _ = one(tmp_path, {"events": [event]})
    assert contact.events[0].title == "x" * (MOST_TITLE - 1) + "…"
