"""What tests of the API share: the address, and what a problem must look like."""

import re
from html import unescape

ADDRESS = "http://127.0.0.1:8000"
OURS = {"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin"}
OCTETS = {"Content-Type": "application/octet-stream"}
MEMBERS = {"type", "title", "status", "detail", "code", "request_id"}


def csrf_of(page):
    """What the forms of a page send along."""
    return re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)[1]


def look_up(browser, postcode, as_of=""):
    """Send the form of the first page that tells whose ground a postcode is on."""
    fields = {"csrf": csrf_of(browser.get("/")), "postcode": postcode, "as_of": as_of}
    return browser.post("/find", data=fields)


def main_of(page):
    """What a page says of its own: text alone, blanks in ones."""
    inside = page.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", inside.partition(">")[2])).split())


def field_of(page, name):
    """The label and the control of a field of a form, up to the end of its block."""
    return re.search(rf'<label for="{name}">.*?(?=</div>)', page.text, re.DOTALL)[0]


def assert_problem(answer, status, code):
    """The problem of an answer, which must be whole and of this status and code."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), answer.text
    assert problem["status"] == status
    assert problem.keys() - {"errors"} == MEMBERS
    assert problem["type"] == f"/docs#problem-{code}"
    assert problem["request_id"] == answer.headers["x-request-id"]
    return problem
