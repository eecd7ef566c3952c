"""Who may ask what, and which figures are withheld."""

import pytest

from geo_alerts.audiences.counts import Counts
from geo_alerts.audiences.coverage import TeamCoverage
from geo_alerts.audiences.disclosure import (
    Role,
    TeamFigures,
    coverage_for,
    figures_for,
    may_list,
    may_see_exact,
    require_allowed,
)
from geo_alerts.errors import WithheldError
from tests.audience_world import TEAM_1, circle_area, polygon_area, selection_of, square

LIMITED = [Role.ANALYST, Role.COMMANDER]
TRUSTED = [Role.ALERT_SYSTEM, Role.ADMIN]
SECTOR = {"type": "postcodes", "postcodes": ["SY1 2"]}
NAMES = {"T-1": "West", "T-2": "East"}


def counts(people, places, **deliveries):
    return Counts(people, places, deliveries, {"T-1": people, "T-2": 1}, {"no_channel": 3}, None)


def test_only_the_alert_system_and_the_admin_see_references_and_exact_counts():
    assert [role for role in Role if may_list(role)] == TRUSTED
    assert [role for role in Role if may_see_exact(role)] == TRUSTED


@pytest.mark.parametrize("role", LIMITED)
@pytest.mark.parametrize("area", [TEAM_1, SECTOR], ids=["team", "sector"])
def test_limited_roles_may_ask_for_one_whole_team_or_sector(role, area):
    require_allowed(selection_of(area), role)


@pytest.mark.parametrize("role", LIMITED)
@pytest.mark.parametrize(
    ("area", "filters"),
    [
        (TEAM_1 | {"codes": ["T-1", "T-2"]}, {}),
        (SECTOR | {"postcodes": ["SY1 1", "SY1 2"]}, {}),
        (SECTOR | {"postcodes": ["SY1 2AA"]}, {}),
        (SECTOR | {"postcodes": ["SY1"]}, {}),
        (circle_area(341_000, 301_000, 100_000), {}),
        (polygon_area(square(341_000, 301_000, 8_000)), {}),
        ({"type": "union", "areas": [TEAM_1]}, {}),
        ({"type": "difference", "from": TEAM_1, "without": [SECTOR]}, {}),
        (TEAM_1, {"groups": {"any_of": ["shop"]}}),
        (TEAM_1, {"topics": {"none_of": ["fraud"]}}),
        (TEAM_1, {"channels": ["text"]}),
    ],
)
def test_limited_roles_may_ask_for_nothing_else(role, area, filters):
    with pytest.raises(WithheldError, match=role.value):
        require_allowed(selection_of(area, **filters), role)
    for trusted in TRUSTED:
        require_allowed(selection_of(area, **filters), trusted)


@pytest.mark.parametrize("role", LIMITED)
@pytest.mark.parametrize(
    ("people", "places", "email", "shown"),
    [
        (10, 20, 20, (10, 20, 20)),
        (9, 30, 30, (None, None, None)),
        (0, 0, 0, (None, None, None)),
        (30, 40, 20, (30, 40, 20)),
        (30, 39, 20, (30, None, 20)),
        (30, 30, 30, (30, None, None)),
        (30, 40, 21, (30, 40, None)),
        (30, 40, 9, (30, 40, None)),
    ],
)
def test_figures_under_10_and_what_tells_of_under_10_are_withheld(
    role, people, places, email, shown
):
    figures = figures_for(counts(people, places, email=email), role, NAMES)
    assert (figures.people, figures.places, figures.deliveries["email"]) == shown
    assert figures.withheld == (None in shown)
    assert figures.by_team == ()
    assert figures.without_channel is None


@pytest.mark.parametrize("role", TRUSTED)
def test_trusted_roles_see_every_figure_as_it_is(role):
    figures = figures_for(counts(2, 3, email=1, text=0), role, NAMES)
    assert (figures.people, figures.places, figures.without_channel) == (2, 3, 3)
    assert dict(figures.deliveries) == {"email": 1, "text": 0}
    assert figures.by_team == (TeamFigures("T-1", "West", 2), TeamFigures("T-2", "East", 1))
    assert not figures.withheld


def test_a_rate_is_withheld_with_the_people_it_would_betray():
    few = TeamCoverage("T-1", "West", 9, 100.0, 90.0, 41.0, 170.0)
    enough = TeamCoverage("T-2", "East", 10, 100.0, 100.0, 48.0, 184.0)
    hidden = TeamCoverage("T-1", "West", None, 100.0, None, None, None)
    assert coverage_for([few, enough], Role.ANALYST) == [hidden, enough]
    assert coverage_for([few, enough], Role.ADMIN) == [few, enough]
