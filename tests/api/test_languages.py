"""A page comes in another language when all of its words were approved, and never in two."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from babel.messages.pofile import read_po, write_po

from api.languages import CATALOGUE, FOLDER
from api.pages import Pages
from geo_alerts.acts import keys
from geo_alerts.audiences.disclosure import Role
from tests.api.asking import OURS

WELSH = re.compile(r'<html lang="cy">')
ASKED = "/your-team?lang=cy"
# What a page does not say itself: names of the made world, and who is signed in.
OF_THE_WORLD = re.compile(
    r"geo-alerts|A\. Person|English|made teams|postcodes|households of \w+\.csv"
    r"|Team \d|SY\d \d[A-Z]{2}|www\.police\.uk|(?:\d+ )?[A-Z]\w+ \d{4}|(?<=\d)y[bh]"
)


@pytest.fixture
def catalogues(tmp_path):
    """Writes the Welsh catalogue as it would be with some texts changed, and reads the pages so."""

    def write(app, change):
        with (FOLDER / "cy" / CATALOGUE).open("rb") as opened:
            catalogue = read_po(opened, locale="cy")
        for message in catalogue:
            if message.id:
                change(message)
        (tmp_path / "locale" / "cy").mkdir(parents=True, exist_ok=True)
        with (tmp_path / "locale" / "cy" / CATALOGUE).open("wb") as opened:
            write_po(opened, catalogue)
        app.state.pages = replace(Pages.read(tmp_path / "locale"), assets=app.state.pages.assets)

    return write


def approved(message):
    """A speaker of Welsh has looked at it."""
    message.flags.discard("fuzzy")


def pseudo(message):
    """A translation in no English letters, in which values stay what they are."""
    message.flags.discard("fuzzy")
    text = message.id if isinstance(message.id, str) else message.id[1]
    parts = re.split(r"(%\(\w+\)[sd]|\{\w+\}|<[^>]*>|<code>.*?</code>|&#?\w+;)", text)
    said = "".join(
        part if number % 2 else re.sub("[A-Za-z]", "ж", part) for number, part in enumerate(parts)
    )
    message.string = said if isinstance(message.id, str) else (said,) * len(message.string)


# Who looks -> pages that they see.
PAGES = {
    Role.ADMIN: ("/", "/sign-in", "/your-team"),
    None: (
        "/",
        "/sign-in",
        "/sign-in?token=abc",
        "/sign-in?signed_out=true",
        "/your-team",
        "/your-team/T1?yours=1&also=T2",
        "/your-team/T4",
        "/your-team/none",
        "/your-team?postcode=x",
        "/nothing-here",
        "/coverage",
        "/audiences/abc/approve",
    ),
}
STATES = ("SY1 1ZZ", "SY2 1ZZ", "SY5 1AA", "SY9 9ZZ", "xx", " ")


def words_in(told):
    """The words of all values in an answer of the API."""
    if isinstance(told, dict | list):
        parts = told.values() if isinstance(told, dict) else told
        return set().union(*map(words_in, parts))
    return set(re.findall(r"[A-Za-z]{2,}", str(told)))


def english_in(page):
    """The words of a page in English letters that are not of the made world or for machines."""
    assert WELSH.search(page)
    machines = r"<(script|style|code|title)\b.*?</\1>|<[^>]*>|&[#\w]+;"
    said = re.sub(machines, " ", page, flags=re.DOTALL)
    return set(re.findall(r"[A-Za-z]{2,}", OF_THE_WORLD.sub("", said)))


def in_welsh(path):
    return f"{path}{'&' if '?' in path else '?'}lang=cy"


def test_there_is_a_draft_of_every_word_that_residents_can_see(app):
    with (FOLDER / "cy" / CATALOGUE).open("rb") as opened:
        catalogue = read_po(opened, locale="cy")
    pages = app.state.pages
    drafted = {message.id for message in catalogue if message.string}
    for template in ("your_team", "team", "error"):
        assert pages.wording.texts(f"residents/{template}.html") <= drafted, template


@pytest.mark.parametrize("role", PAGES)
def test_no_word_of_a_page_escapes_translation(role, app, client, client_of, store, catalogues):
    catalogues(app, pseudo)
    client.headers.update({"Accept": "text/html"})
    if role:
        token = keys.sign_in_link_token(store, name="A. Person", role=role)
        client.post("/sign-in", data={"token": token}, headers=OURS)
    admin = client_of(Role.ADMIN)
    published = words_in([admin.get(f"/v1/teams/{code}").json() for code in ("T1", "T4")])
    for path in PAGES[role]:
        of_team = published if re.match("/your-team/T", path) else set()
        assert english_in(client.get(in_welsh(path)).text) <= of_team, path


def test_no_word_of_an_answer_to_a_form_escapes_translation(app, client, catalogues):
    catalogues(app, pseudo)
    client.headers.update({"Accept": "text/html"})
    for postcode in STATES:
        page = client.post(ASKED, data={"postcode": postcode}, headers=OURS)
        assert english_in(page.text) == set(), postcode
    for path in ("/sign-in", "/find", "/your-team/T1"):
        refused = client.post(in_welsh(path), data={"token": "used"}, headers=OURS)
        assert refused.status_code in (401, 405)
        assert english_in(refused.text) == set(), path


def test_a_draft_is_not_shown_nor_offered(client):
    page = client.get(ASKED, headers={"Accept-Language": "cy"})
    assert '<html lang="en-GB">' in page.text
    assert "Cymraeg" not in page.text


def test_an_approved_page_comes_in_welsh_and_english_is_a_press_away(app, client, catalogues):
    catalogues(app, approved)
    page = client.get(ASKED)
    assert WELSH.search(page.text)
    assert page.headers["content-language"] == "cy"
    assert "tîm heddlu lleol" in page.text
    assert 'href="?lang=en" lang="en" hreflang="en"' in page.text
    assert WELSH.search(client.get("/your-team/T1").text)  # the browser keeps what was chosen
    assert " Mai " in client.get("/your-team/T1").text
    client.cookies.clear()
    for accepted, is_welsh in (("cy-GB,en;q=0.5", True), ("en,cy;q=0.9", False), ("fr;q=x", False)):
        page = client.get("/your-team", headers={"Accept-Language": accepted})
        assert bool(WELSH.search(page.text)) is is_welsh, accepted


def test_the_answer_to_a_form_keeps_the_language_without_a_cookie(app, client, catalogues):
    catalogues(app, approved)
    action = re.search(r'<form class="ask"[^>]* action="([^"]+)', client.get(ASKED).text)[1]
    client.cookies.clear()
    sent = client.post(action, data={"postcode": "SY1 1AA"}, follow_redirects=False)
    assert sent.headers["location"] == "/your-team/T1?yours=1&lang=cy"


def test_a_page_with_one_word_not_approved_stays_english(app, client, catalogues):
    catalogues(app, lambda one: approved(one) if one.id != "Find my team" else None)
    assert not WELSH.search(client.get(ASKED).text)
    assert WELSH.search(client.get("/your-team/T1?yours=1&lang=cy").text)


def test_a_language_that_is_none_is_english(client):
    page = client.get("/your-team?lang=xx")
    assert page.status_code == 200
    assert "set-cookie" not in page.headers


def test_the_api_has_no_language(client_of):
    assert client_of(Role.ADMIN).get("/v1/teams?lang=cy").status_code == 400


def test_a_session_says_when_it_ends(client, store):
    token = keys.sign_in_link_token(store, name="A. Person", role=Role.ANALYST)
    client.post("/sign-in", data={"token": token}, headers=OURS)
    page = client.get("/").text
    lasts_s = int(re.search(r'data-lasts-s="(\d+)"', page)[1])
    assert keys.SESSION_LASTS_S - 60 < lasts_s <= keys.SESSION_LASTS_S
    assert re.search(r"until \d{1,2}:\d\d[ap]m", page)
    tomorrow = store.clock() + timedelta(days=1)
    store.clock = lambda: tomorrow
    assert "data-lasts-s" not in client.get("/").text
