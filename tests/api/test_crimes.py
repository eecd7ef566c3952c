"""Which months of crimes are there, over HTTP."""

import pytest

from geo_alerts.audiences.disclosure import Role
from tests.api.asking import assert_problem
from tests.crime_world import bring, burglary, file_of, usual

MONTHS = "/v1/crimes/months"
BOTH = ["gwent", "kent"]

pytestmark = pytest.mark.usefixtures("months")


@pytest.fixture
def months(store, tmp_path):
    """Three months of one force, and one of another; the made world has those of a third."""
    for month in ("2021-03", "2021-04", "2021-06"):
        bring(store, file_of(tmp_path, *usual(month), month=month, force="kent"))
    bring(store, file_of(tmp_path, burglary(3), burglary(4), force="gwent"))


@pytest.mark.parametrize("role", Role)
def test_every_role_sees_which_months_are_there(client_of, role):
    answer = client_of(role).get(MONTHS, params={"force": BOTH})
    assert answer.status_code == 200
    told = answer.json()
    assert [(one["month"], one["force"], one["rows"]) for one in told["months"]] == [
        ("2021-03", "gwent", 2),
        ("2021-03", "kent", 4),
        ("2021-04", "kent", 4),
        ("2021-06", "kent", 4),
    ]
    assert told["missing"] == [{"force": "kent", "months": ["2021-05"]}]
    assert told["next_page_token"] is None
    # Everything is far from the teams of the made world: whose ground it is, is not known.
    assert told["months"][1]["categories"] == [
        {"category": "anti-social-behaviour", "rows": 2, "located": 2, "outside": None},
        {"category": "burglary", "rows": 2, "located": 1, "outside": None},
    ]


def test_an_answer_may_be_of_a_force_and_of_a_span(client_of):
    asked = {"force": "kent", "first": "2021-04", "last": "2021-06"}
    told = client_of(Role.COMMANDER).get(MONTHS, params=asked).json()
    assert [one["month"] for one in told["months"]] == ["2021-04", "2021-06"]


def test_pages_hold_every_month_once(client_of):
    seen, token = [], ""
    while token is not None:
        asked = {"force": BOTH, "page_size": 3, "page_token": token}
        page = client_of(Role.ANALYST).get(MONTHS, params=asked).json()
        seen += [(one["month"], one["force"]) for one in page["months"]]
        token = page["next_page_token"]
    assert len(seen) == len(set(seen)) == 4


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("first=2021-13", 422, "validation_failed"),
        ("first=2021-05&last=2021-03", 422, "invalid_input"),
        ("force=Kent%20Police", 422, "validation_failed"),
        ("force=essex", 422, "invalid_input"),
        ("page_token=x", 422, "invalid_page_token"),
        ("months=2021-03", 400, "unknown_parameter"),
    ],
)
def test_what_cannot_be_asked_is_a_problem(client_of, query, status, code):
    assert_problem(client_of(Role.ANALYST).get(f"{MONTHS}?{query}"), status, code)


def test_somebody_who_is_not_signed_in_is_refused(client):
    assert_problem(client.get(MONTHS), 401, "not_signed_in")
