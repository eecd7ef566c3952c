"""The pages of boundaries, and their forms, as a browser sends them without a script."""

import re
from datetime import datetime, timedelta

import pytest

from geo_alerts.audiences.disclosure import Role
from geo_alerts.sources.moments import LONDON
from tests.api.asking import csrf_of
from tests.api.world import FAULTY, NEXT, squares

TODAY = datetime.now(LONDON).date()
LATER = TODAY + timedelta(days=30)


@pytest.fixture
def browser(browser_of):
    """The browser of an administrator."""
    return browser_of(Role.ADMIN)


@pytest.fixture
def send(browser):
    """Fill in the form of an edition's page and send it; gives the page that comes."""

    def act(number, what, **fields):
        csrf = csrf_of(browser.get("/boundaries"))
        return browser.post(f"/boundaries/{number}/{what}", data={"csrf": csrf, **fields})

    return act


@pytest.fixture
def upload(browser, tmp_path):
    """Send the form with a file; gives the page that comes."""

    def act(areas=NEXT, name="next.geojson", **fields):
        csrf = csrf_of(browser.get("/boundaries"))
        content = squares(tmp_path / name, areas).read_bytes()
        return browser.post(
            "/boundaries", data={"csrf": csrf, **fields}, files={"file": (name, content)}
        )

    return act


def number_of(page):
    return int(re.search(r"/boundaries/(\d+)", str(page.url))[1])


def test_the_pages_are_for_who_is_signed_in_and_the_forms_for_administrators(browser_of, client):
    assert client.get("/boundaries").status_code == 401
    analyst = browser_of(Role.ANALYST)
    text = analyst.get("/boundaries").text
    assert "Today the 4 teams of made teams are in force." in text
    assert "<form" not in text.partition("<main")[2]
    assert "Demonstration" in text
    for path in ("/boundaries/3/check", "/boundaries/3/activate", "/boundaries/3/discard"):
        assert analyst.post(path, data={"csrf": "x"}).status_code == 403


def test_without_boundaries_the_page_says_what_to_do(empty_client):
    text = empty_client.get("/boundaries", headers={"Accept": "text/html"}).text
    assert "There are no boundaries yet." in text
    assert 'type="file"' in text


def test_a_file_goes_from_the_form_to_a_day_on_which_it_is_in_force(upload, send, browser):
    page = upload(label="Teams from next month")
    number = number_of(page)
    assert "The file is kept as a draft." in page.text
    assert "<h1>Teams from next month</h1>" in page.text
    assert "not checked yet" in page.text
    assert "codes from code" in page.text
    assert "The same file was here already" in upload(label="Teams from next month").text
    page = send(number, "check")
    assert "checked: no errors" in page.text
    page = send(number, "activate", valid_from=str(LATER))
    assert "Somebody should agree to this first" in page.text
    assert "30 people in another team" in page.text
    hidden = dict(re.findall(r'name="(valid_from|seen_seq|confirmed)" value="([^"]+)"', page.text))
    assert hidden.keys() == {"valid_from", "seen_seq", "confirmed"}
    page = send(number, "activate", **hidden)
    assert "It is in force from the day that you chose." in page.text
    assert "scheduled" in page.text
    assert "it is Teams from next month" in browser.get("/boundaries").text
    again = send(number, "activate", **hidden)
    assert "nothing changed" in again.text


def test_a_repair_tells_what_it_did_and_leads_to_the_new_draft(upload, send, browser):
    number = number_of(upload(FAULTY))
    page = send(number, "check")
    assert "overlap" in page.text
    page = send(number, "repair", tolerance_m="1")
    assert "What the repair did" in page.text
    assert "no boundary moved more than 1.0 m" in page.text
    new = int(re.search(r'href="/boundaries/(\d+)">edition', page.text)[1])
    assert new != number
    assert f'href="/boundaries/{number}"' in browser.get(f"/boundaries/{new}").text
    again = send(new, "repair", tolerance_m="1")
    assert "Nothing could be mended" in again.text
    refused = send(number, "repair", tolerance_m="0")
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert "tolerance m" in refused.text


def test_a_draft_is_discarded(upload, send):
    page = send(number_of(upload()), "discard")
    assert "The edition is discarded." in page.text
    in_force = send(3, "discard")
    assert in_force.status_code == 409
    assert "was activated" in in_force.text


@pytest.mark.parametrize(
    ("files", "fields", "told"),
    [
        ({"file": ("", b"")}, {}, "choose a file first"),
        ({}, {}, "choose a file first"),
        ({"file": ("a.txt", b"x")}, {}, "a.txt"),
        ({"file": ("<b>.geojson", b"{")}, {}, "&lt;b&gt;.geojson"),
        ({"file": ("a.geojson", b"{}")}, {"layer": "Big Words"}, "layer: "),
        ({"file": ("a.geojson", b"{}")}, {"crs": "/etc/passwd"}, "crs: "),
    ],
)
def test_what_is_refused_is_told_where_the_form_stands_with_what_was_typed(
    files, fields, told, browser
):
    sent = {"csrf": csrf_of(browser.get("/boundaries")), "label": "As typed", **fields}
    page = browser.post("/boundaries", data=sent, files=files or {"other": ("a", b"x")})
    assert page.status_code == 422
    assert told in page.text
    assert 'value="As typed"' in page.text


def test_a_form_from_elsewhere_is_refused(browser):
    file = {"file": ("a.geojson", b"{}")}
    assert browser.post("/boundaries", files=file).status_code == 403
    wrong = browser.post("/boundaries", data={"csrf": "0" * 64}, files=file)
    assert wrong.status_code == 403
    plain = browser.post("/boundaries", data={"csrf": "x"})
    assert plain.status_code == 415
    browser.headers.update({"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"})
    assert browser.post("/boundaries", files=file).status_code == 403


def test_the_comparison_says_the_finding_first_then_figures_map_and_tables(upload, send, browser):
    number = number_of(upload())
    send(number, "check")
    page = browser.get(f"/boundaries/{number}/compare")
    text = page.text
    places = [
        text.index(words)
        for words in (
            "25 of 101 live postcodes go to another team, with 30 people",
            "<dd>25</dd>",
            f'src="/v1/boundaries/{number}/compare.html?with=',
            "Teams that do not stay as they were",
            "Ground, postcodes and people that change team",
            "Gaps",
            "Crosswalk",
        )
    ]
    assert places == sorted(places)
    assert "Team 2 (T2)" in text
    refused = browser.get(f"/boundaries/{number}/compare?with={number}")
    assert "cannot be compared with itself" in refused.text
    assert browser.get(f"/boundaries/{number}/compare?with=x").status_code == 422


def test_a_day_left_empty_is_no_day_and_the_page_says_so(upload, send):
    number = number_of(upload())
    send(number, "check")
    page = send(number, "activate", valid_from="", confirmed="true")
    assert page.status_code == 422
    assert "valid from" in page.text


def test_a_limited_role_sees_the_comparison_without_people(upload, send, browser_of):
    number = number_of(upload())
    send(number, "check")
    text = browser_of(Role.COMMANDER).get(f"/boundaries/{number}/compare").text
    assert "withheld" in text
    assert "30 people" not in text


def test_saved_areas_that_are_touched_are_shown_until_somebody_has_looked(upload, send, browser):
    area = {"type": "team", "codes": ["T2"]}
    browser.post("/v1/saved-areas", json={"name": "Town <b>", "area": area})
    number = number_of(upload())
    send(number, "check")
    assert "Town &lt;b&gt;" in browser.get(f"/boundaries/{number}/compare").text
    page = send(number, "activate", valid_from=str(TODAY), confirmed="true")
    assert page.status_code == 200
    page = browser.get("/boundaries")
    assert "Saved areas to look at" in page.text
    action, seq = re.search(
        r'action="(/saved-areas/\w+/close-review)".*?name="seq" value="(\d+)"', page.text, re.DOTALL
    ).groups()
    page = browser.post(action, data={"csrf": csrf_of(page), "seq": seq})
    assert page.status_code == 200
    assert "Saved areas to look at" not in page.text


def test_no_text_of_a_file_becomes_markup(upload, browser):
    areas = {"T<b>": ("<script>alert(1)</script>", (0, 0, 1, 1))}
    page = upload(areas, label="<i>label</i>")
    number = number_of(page)
    for path in ("/boundaries", f"/boundaries/{number}", f"/boundaries/{number}/compare"):
        text = browser.get(path).text
        assert "<script>alert" not in text
        assert "<i>label" not in text
