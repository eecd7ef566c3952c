"""Who may see exact figures, and what estimates may be filtered by."""

import pytest

from geo_alerts.acts.policy import Policy
from geo_alerts.audiences.counts import Counts, Edge
from geo_alerts.audiences.disclosure import Role, TeamFigures, exact_figures, may_list
from geo_alerts.audiences.protection.protected import label_of, not_counted
from geo_alerts.audiences.protection.tally import EVERYBODY
from tests.audience_world import TEAM_1, selection_of

TRUSTED = [Role.ALERT_SYSTEM, Role.ADMIN]
NAMES = {"T-1": "West", "T-2": "East"}
ONE = {"any_of": ["shop"]}


def test_only_the_alert_system_and_the_admin_see_references_and_exact_counts():
    assert [role for role in Role if may_list(role)] == TRUSTED
    assert [role for role in Role if Policy().sees_exact(role)] == TRUSTED


def test_a_force_may_let_a_role_see_exact_counts_and_no_references():
    policy = Policy(exact_roles=frozenset({Role.ANALYST}))
    assert [role for role in Role if policy.sees_exact(role)] == [Role.ANALYST, *TRUSTED]
    assert not may_list(Role.ANALYST)


def test_exact_figures_are_the_counts():
    counts = Counts(
        2, 3, {"email": 1}, {"T-1": 2, "T-2": 1}, {"no_channel": 3}, Edge(low=1, high=4, people=1)
    )
    figures = exact_figures(counts, NAMES)
    assert (figures.people, figures.places, dict(figures.left_out)) == (2, 3, {"no_channel": 3})
    assert figures.by_team == (TeamFigures("T-1", "West", 2), TeamFigures("T-2", "East", 1))
    assert figures.edge == counts.edge
    assert figures.error is None


@pytest.mark.parametrize(
    ("filters", "label"),
    [
        ({}, EVERYBODY),
        ({"channels": ["text"]}, EVERYBODY),
        ({"groups": ONE}, "group:shop"),
        ({"topics": ONE}, "topic:shop"),
        ({"groups": ONE, "topics": ONE}, None),
        ({"groups": {"any_of": ["shop", "school"]}}, None),
        ({"groups": {"all_of": ["shop"]}}, None),
        ({"groups": {"none_of": ["shop"]}}, None),
        ({"topics": {"any_of": ["shop"], "none_of": ["school"]}}, None),
    ],
)
def test_estimates_are_filtered_by_one_group_or_topic_at_most(filters, label):
    assert label_of(selection_of(TEAM_1, **filters)) == label


def test_an_estimate_says_which_conditions_it_takes_no_account_of():
    asked = selection_of(
        TEAM_1,
        joined={"before": "2025-01-01"},
        not_in_audiences=["aud_1"],
        cap={"alerts": 1, "days": 7},
        sample={"size": 10},
        control={"share": 0.1},
    )
    assert not_counted(asked) == ("joined", "not_in_audiences", "cap", "sample", "control")
    assert not_counted(selection_of(TEAM_1, joined={}, channels=["text"])) == ()
