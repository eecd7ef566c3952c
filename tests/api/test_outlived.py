"""Forms of a page that was left open until its session ended."""

import pytest

from geo_alerts.acts import keys
from geo_alerts.audiences.disclosure import Role
from tests.api.asking import csrf_of, main_of

# Where a form is sent -> the page that it stands on.
FORMS = {
    "/sign-out": "/",
    "/find": "/",
    "/boundaries/3/check": "/boundaries/3",
    "/audiences/abc/approve": "/audiences/abc",
    "/progress/abc/cancel": "/progress",
    "/saved-areas/abc/close-review": "/areas",
    "/hotspots": "/hotspots",
}


@pytest.mark.parametrize("path", FORMS)
def test_a_form_of_an_ended_session_says_so_and_leads_back(path, browser_of, store):
    admin = browser_of(Role.ADMIN)
    old = csrf_of(admin.get("/"))
    token = keys.sign_in_link_token(store, name="A. Person", role=Role.ADMIN)
    admin.post("/sign-in", data={"token": token}, follow_redirects=False)
    refused = admin.post(path, data={"csrf": old})
    assert refused.status_code == 403
    told = main_of(refused)
    assert "You signed in again after this page was opened" in told
    assert "Nothing of what you sent was done" in told
    assert f'<p><a href="{FORMS[path]}">Open the page again</a></p>' in refused.text
    assert "outlived_form" in told


def test_a_form_without_a_session_says_that_nothing_was_done(browser_of):
    admin = browser_of(Role.ADMIN)
    old = csrf_of(admin.get("/"))
    admin.cookies.clear()
    told = main_of(admin.post("/boundaries/3/check", data={"csrf": old}))
    assert "Please sign in" in told
    assert "Nothing of what you sent was done" in told
