"""The pages of audiences, as a browser gets them without a script."""

import json
import re

import pytest

from api.settings import Settings
from geo_alerts.audiences.disclosure import Role
from geo_alerts.store.audit import chain
from tests.api.asking import csrf_of, main_of
from tests.api.test_frozen import T1, T1_AND_T2, frozen

ABOVE = 70
ASKER, SECOND = "Sgt A. Jones", "Insp B. Owen"


@pytest.fixture
def settings() -> Settings:
    return Settings(approval_above=ABOVE)


@pytest.fixture
def large(browser_of):
    """The page of an audience of 90 people that somebody of the alert system asked for."""
    return f"/audiences/{frozen(browser_of(Role.ALERT_SYSTEM, ASKER), T1_AND_T2)['id']}"


@pytest.fixture
def commander(browser_of):
    return browser_of(Role.COMMANDER, SECOND)


def decide(browser, page, what, **fields):
    csrf = csrf_of(browser.get("/audiences"))
    return browser.post(f"{page}/{what}", data={"csrf": csrf, **fields})


def words_of_trail(store):
    with store.reading() as connection:
        return [json.loads(link.document) for link in chain(connection)]


def test_without_audiences_the_page_says_what_to_do(commander):
    text = main_of(commander.get("/audiences"))
    assert "Draw a target, look at whom it reaches" in text
    assert "There are none of these." in main_of(commander.get("/audiences?approval=refused"))


def test_who_may_not_see_an_audience_is_told_who_may_and_nothing_of_it(browser_of, commander):
    small = frozen(browser_of(Role.ALERT_SYSTEM, ASKER), T1)["id"]
    page = commander.get(f"/audiences/{small}")
    assert page.status_code == 404
    text = main_of(page)
    assert "large enough to need a second person" in text
    assert "ask them, or an administrator" in text
    assert 'href="/audiences"' in page.text
    none = main_of(commander.get("/audiences/0123456789abcdef"))
    without_id = [words.rpartition("request")[0] for words in (text, none)]
    assert without_id[0] == without_id[1]
    assert "You see the audiences that you asked for" in main_of(commander.get("/audiences"))
    assert "You see the audiences" not in main_of(browser_of(Role.ADMIN).get("/audiences"))


def test_a_commander_reads_what_is_asked_and_approves_with_a_reason(large, commander, store):
    text = main_of(commander.get(large))
    assert "Warn of shed break-ins waits for approval People in Team 1 or Team 2." in text
    assert "± is how far each may be off" in text
    assert "Waiting. Until a second person approves" in text
    assert "1 audience waits for a second person." in main_of(commander.get("/audiences"))
    page = decide(commander, large, "approve", note="Agreed <with> the duty officer")
    assert page.status_code == 200
    text = main_of(page)
    assert "You approved this audience" in text
    assert f"{SECOND} approved it on" in text
    assert "Agreed <with> the duty officer" in text
    assert "Ready. The alert system fetches the recipients" in text
    assert "<form" not in page.text.partition("<main")[2]
    said = words_of_trail(store)[-1]
    assert (said["act"], said["who"]) == ("audience.approve", f"session:{SECOND}")
    assert said["details"]["note"] == "Agreed <with> the duty officer"
    assert "No audience waits" in main_of(commander.get("/audiences"))


def test_an_audience_that_is_refused_stays_closed_and_says_so(large, commander, browser_of):
    text = main_of(decide(commander, large, "refuse", note="Too wide"))
    assert "You refused this audience: nobody can fetch it." in text
    assert f"{SECOND} refused it on" in text
    assert "Closed. It was refused" in text
    admin = browser_of(Role.ADMIN, "C. Late")
    late = decide(admin, large, "approve", note="As typed")
    assert late.status_code == 409
    assert f"session:{SECOND} refused this audience before" in main_of(late)


@pytest.mark.parametrize("name", [ASKER, "sgt  a. JONES"])
def test_whoever_asked_is_told_that_another_must_approve_and_cannot(name, large, browser_of, store):
    # As an administrator, who may approve what others asked for.
    own = browser_of(Role.ADMIN, name)
    page = own.get(large)
    assert "You asked for this audience, so you cannot approve it." in main_of(page)
    assert "<form" not in page.text.partition("<main")[2]
    entries = len(words_of_trail(store))
    for what in ("approve", "refuse"):
        assert decide(own, large, what).status_code == 403
    assert "waits for approval" in main_of(own.get(large))
    assert len(words_of_trail(store)) == entries


def test_only_commanders_and_administrators_are_offered_to_approve(large, browser_of):
    lister = browser_of(Role.ALERT_SYSTEM, "E. Else")
    page = lister.get(large)
    assert "A commander or an administrator must approve it" in main_of(page)
    assert decide(lister, large, "approve").status_code == 403
    analyst = browser_of(Role.ANALYST, "F. Else")
    assert analyst.get(large).status_code == 404
    assert decide(analyst, large, "approve").status_code == 403
    assert "<form" in browser_of(Role.ADMIN, "G. Else").get(large).text.partition("<main")[2]


def test_a_form_of_another_site_decides_nothing(large, commander):
    assert commander.post(f"{large}/approve", data={"note": ""}).status_code == 403
    assert commander.post(f"{large}/approve", data={"csrf": "0" * 64}).status_code == 403
    assert "waits for approval" in main_of(commander.get(large))


def test_a_reason_that_holds_contact_details_is_refused_with_what_was_typed(large, commander):
    page = decide(commander, large, "approve", note="Call 07700 900123")
    assert page.status_code == 422
    assert "That did not work:" in main_of(page)
    assert "Call 07700 900123</textarea>" in page.text
    assert "waits for approval" in main_of(commander.get(large))


def test_audiences_are_listed_by_approval_and_page_by_page(large, commander, browser_of):
    lister = browser_of(Role.ALERT_SYSTEM, ASKER)
    small = f"/audiences/{frozen(lister, T1)['id']}"

    def listed(query=""):
        return re.findall(r'href="(/audiences/\w+)"', lister.get(f"/audiences{query}").text)

    assert listed() == [small, large]
    assert listed("?approval=awaited") == [large]
    assert listed("?approval=not_needed") == [small]
    decide(commander, large, "approve")
    assert listed("?approval=approved") == [large]
    assert listed("?approval=refused") == []
    for _ in range(24):
        frozen(lister, T1)
    page = lister.get("/audiences?approval=not_needed")
    assert small in page.text
    older = re.search(r'href="([^"]+)" rel="next"', lister.get("/audiences").text)[1]
    assert listed(older.removeprefix("/audiences").replace("&amp;", "&")) == [large]
    assert lister.get("/audiences?approval=maybe").status_code == 422


def test_exact_figures_and_the_hash_are_shown_to_those_alone_who_may_list(
    large, commander, browser_of
):
    lister = browser_of(Role.ALERT_SYSTEM, ASKER)
    lister.post("/v1/subscribers:withdraw", json={"reference": "R-0001"})
    exact = main_of(lister.get(large))
    assert "people 90" in exact
    assert "SHA-256" in exact
    assert "1 recipient may not be reached any more" in exact
    estimated = main_of(commander.get(large))
    assert re.search(r"people ≈ \d+", estimated)
    for told in ("SHA-256", "may not be reached any more", "No alert to it is known"):
        assert told not in estimated


def test_alerts_that_were_sent_are_told_to_those_who_may_list(large, commander, browser_of):
    lister = browser_of(Role.ALERT_SYSTEM, ASKER)
    assert "No alert to it is known of yet." in main_of(lister.get(large))
    decide(commander, large, "approve")
    sent = lister.post(f"/v1{large}/alerts", json={"key": "shed-2025-1"})
    assert sent.status_code == 200
    assert "shed-2025-1" in main_of(lister.get(large))
    assert "shed-2025-1" not in commander.get(large).text


def test_text_of_others_is_shown_as_text(browser_of, commander):
    asked = {"selection": T1_AND_T2, "purpose": "<b>Sheds</b>", "lawful_basis": "consent"}
    made = browser_of(Role.ANALYST, "<i>A</i>").post("/v1/audiences", json=asked).json()
    for path in ("/audiences", f"/audiences/{made['id']}", f"/v1/audiences/{made['id']}/map.html"):
        text = commander.get(path).text
        assert "&lt;b&gt;Sheds&lt;/b&gt;" in text, path
        assert "<b>Sheds" not in text, path
        assert "<i>A" not in text, path


def test_the_map_of_an_audience_tells_what_its_reader_may_see(large, commander, browser_of):
    lister = browser_of(Role.ALERT_SYSTEM, ASKER)
    exact = main_of(lister.get(f"/v1{large}/map.html"))
    assert re.search(r"Team 1 T1 60 25 50% Team 2 T2 30 25 50%", exact), exact
    estimated = main_of(commander.get(f"/v1{large}/map.html"))
    assert re.search(r"Team 1 T1 ≈ \d+ ± \d+ 25 50%", estimated), estimated
    assert browser_of(Role.ANALYST, "F. Else").get(f"/v1{large}/map.html").status_code == 404
