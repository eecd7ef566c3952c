"""The attack: who may ask anything that a limited role may ask, tells nobody's postcode.

The attacker knows everybody else, and how counts are protected, and has two units of one block: a
subscriber is in one of the two. It works out what each question would be answered in either world
(for protected counts: with many secrets, since it does not know the true one), asks, and takes the
world in which the answers are more likely, by the likelihood ratio over all of them.
"""

import os
import re
from itertools import islice

import numpy as np
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.security import csrf_of
from api.settings import Settings
from geo_alerts.acts.coverage import coverage
from geo_alerts.audiences.disclosure import Role
from tests.api.asking import ADDRESS
from tests.singling_world import Answers, answers, pairs_of, publish, questions, world_of

TRIES = 200
PAIRS = 4
SECRETS = 6
ASKED_EACH_TRY = 10
# Of 200 fair coins all but one series in 20 falls in here.
CHANCE = (0.43, 0.57)
# A figure that is certain in a world may still be off by a rounding.
LEAST_SPREAD = 0.25


@pytest.fixture
def rng():
    return np.random.default_rng(11)


def _told(live, asked, role) -> Answers:
    figures = answers(live, asked, role)
    teams = [[team.people, team.error or 0] for team in coverage(live, role).teams]
    return np.append(figures.ravel(), np.ravel(teams))


def _log_likelihood(told: Answers, simulated: list[Answers]) -> float:
    spread = np.maximum(np.std(simulated, axis=0), LEAST_SPREAD)
    return float(
        (-(((told - np.mean(simulated, axis=0)) / spread) ** 2) / 2 - np.log(spread)).sum()
    )


def _share_right(world, folder, rng, role, count) -> float:
    scout = world_of(world.file, folder, "SY1 1AA")
    right = 0.0
    for number, pair in enumerate(pairs_of(scout, PAIRS, rng)):
        place = folder / str(number)
        place.mkdir()
        lives = [world_of(world.file, place, postcode) for postcode in pair.postcodes]
        asked = list(islice(questions(pair, rng), count))
        secrets = [rng.bytes(32) for _ in range(SECRETS)]
        simulated = [[_published(live, asked, role, one) for one in secrets] for live in lives]
        for _ in range(TRIES // PAIRS):
            truth = int(rng.integers(2))
            told = _published(lives[truth], asked, role, os.urandom(32))
            first, second = (_log_likelihood(told, each) for each in simulated)
            right += 0.5 if first == second else float((second > first) == bool(truth))
        for live in lives:
            live.store.close()
    scout.store.close()
    return right / TRIES


def _published(live, asked, role, secret) -> Answers:
    if not live.policy.sees_exact(role):
        publish(live, secret)
    return _told(live, asked, role)


def test_exact_counts_tell_where_a_subscriber_lives(world, tmp_path, rng):
    # If this attack failed, that it fails against protected counts would mean nothing.
    assert _share_right(world, tmp_path, rng, Role.ADMIN, ASKED_EACH_TRY) > 0.95


def test_protected_counts_tell_it_no_better_than_a_coin(world, tmp_path, rng, prove):
    asked = 10 * ASKED_EACH_TRY if prove else ASKED_EACH_TRY
    lowest, highest = CHANCE
    assert lowest <= _share_right(world, tmp_path, rng, Role.ANALYST, asked) <= highest


def test_ten_thousand_questions_are_answered_alike_in_both_worlds(world, tmp_path, rng, prove):
    # With the same secret. Whatever the secret is, then, no answer is more likely in one world than
    # in the other, and no statistic over any number of answers can tell them apart.
    scout = world_of(world.file, tmp_path, "SY1 1AA")
    (pair,) = pairs_of(scout, 1, rng)
    lives = [world_of(world.file, tmp_path, postcode) for postcode in pair.postcodes]
    secret = os.urandom(32)
    for live in lives:
        publish(live, secret)
    asked = list(islice(questions(pair, rng), 10_000 if prove else 400))
    first, second = (_told(live, asked, Role.ANALYST) for live in lives)
    np.testing.assert_array_equal(first, second)
    exact, other = (_told(live, asked, Role.ADMIN) for live in lives)
    assert (exact != other).sum() > len(asked)
    for live in (scout, *lives):
        live.store.close()


PURPOSE = {"purpose": "Warn of shed break-ins", "lawful_basis": "public_task"}
PAGES = (
    "/",
    "/coverage",
    "/coverage/map",
    "/target",
    "/boundaries",
    "/v1/maps/coverage",
    "/v1/labels",
    "/v1/audiences",
    "/v1/teams",
    "/v1/teams/T1",
    "/v1/saved-areas",
    "/v1/editions",
    "/health",
    "/v1/info",
    "/v1/subscribers",
    "/v1/audit",
)


def _all_that_is_told(live, token, asked) -> list[str]:
    """Every answer over HTTP that a limited role may get, without ids that are drawn at random."""
    app = create_app(Settings(), store=live.store)
    client = TestClient(app, base_url=ADDRESS, headers={"Authorization": f"Bearer {token}"})
    previews = [client.post("/v1/audiences:preview", json=one) for one in asked]
    frozen = [client.post("/v1/audiences", json={"selection": one, **PURPOSE}) for one in asked[:5]]
    shown = [client.get(answer.headers.get("location", "/")) for answer in frozen]
    recipients = [
        client.get(f"{answer.headers.get('location', '/')}/recipients") for answer in frozen
    ]
    looked_up = client.post("/v1/postcodes:lookup", json={"postcodes": ["SY1 1AA", "SY2 1AB"]})
    found = client.post("/find", data={"csrf": csrf_of(""), "postcode": "SY1 1AA"})
    pages = [client.get(path) for path in PAGES]
    told = [*previews, *frozen, *shown, *recipients, looked_up, found, *pages]
    return [_without_ids(f"{answer.status_code} {answer.text}") for answer in told]


def _without_ids(text: str) -> str:
    return re.sub(
        r"\b[0-9a-f]{12,64}\b|aud_[0-9a-z]+|store\S*\.db|SY[0-9 ]+[A-Z]{2}\.db", "…", text
    )


def test_nothing_over_http_tells_a_limited_role_which_world_it_is_in(world, tmp_path, rng):
    scout = world_of(world.file, tmp_path, "SY1 1AA")
    (pair,) = pairs_of(scout, 1, rng)
    lives = [world_of(world.file, tmp_path, postcode) for postcode in pair.postcodes]
    asked = [one.model_dump(mode="json") for one in islice(questions(pair, rng), 60)]
    secret = os.urandom(32)
    for live in lives:
        publish(live, secret)
    for role in (Role.ANALYST, Role.COMMANDER):
        first, second = (_all_that_is_told(live, world.tokens[role], asked) for live in lives)
        assert first == second
        assert sum(answer.startswith("200") for answer in first) > len(asked) / 2
    exact, other = (_all_that_is_told(live, world.tokens[Role.ADMIN], asked) for live in lives)
    assert sum(a != b for a, b in zip(exact, other, strict=True)) > len(asked) / 5
    for live in (scout, *lives):
        live.store.close()
