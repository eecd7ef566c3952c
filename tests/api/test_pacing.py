"""How long it takes to freeze an audience does not tell a limited role how many are in it."""

import time

import pytest

from api.pacing import FIRST_S, rest_s
from geo_alerts.audiences.disclosure import Role

FROZEN = {
    "selection": {"area": {"type": "team", "codes": ["T4"]}},
    "purpose": "Sheds",
    "lawful_basis": "public_task",
}
WITHHELD = {**FROZEN, "selection": {**FROZEN["selection"], "groups": {"none_of": ["Farm Watch"]}}}


@pytest.mark.parametrize(
    ("taken_s", "moment_s"), [(0, 0.5), (0.499, 0.5), (0.501, 1), (1.9, 2), (2.1, 4)]
)
def test_answers_come_at_few_moments_only(taken_s, moment_s):
    assert taken_s + rest_s(taken_s) == pytest.approx(moment_s)


@pytest.mark.parametrize("role", [Role.ANALYST, Role.COMMANDER])
@pytest.mark.parametrize(("asked", "status"), [(FROZEN, 201), (WITHHELD, 403)])
def test_no_answer_to_a_limited_role_comes_before_the_first(client_of, role, asked, status):
    begun = time.monotonic()
    answer = client_of(role).post("/v1/audiences", json=asked)
    assert answer.status_code == status, answer.text
    assert time.monotonic() - begun >= FIRST_S
