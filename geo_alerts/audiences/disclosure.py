"""Who may see which figures, so that nobody can be singled out by asking.

Exact counts of any area let an asker compare an area with and without one postcode, and so learn
whether somebody there has signed up. Rounding does not help: with freely drawn areas, counts
rounded to 5 betray a single postcode after a few pairs of questions, and noise wears off with
repetition. So limited roles cannot draw at all: they may ask for one whole team or one whole
postcode sector at a time, without filters, and figures under 10 are withheld, as are those that
tell how few people are *not* in a figure.

What remains open: a sum of sectors may be compared with a team that nearly consists of them. That
ends with counts protected at the source, from which every figure of a limited role is made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from geo_alerts.audiences.areas import AnyArea
from geo_alerts.audiences.counts import Counts, Edge
from geo_alerts.audiences.coverage import TeamCoverage
from geo_alerts.audiences.selection import Selection
from geo_alerts.errors import WithheldError
from geo_alerts.places.postcodes import parse_part

WITHHOLD_BELOW: Final = 10


class Role(StrEnum):
    """What a caller may do."""

    ANALYST = "analyst"
    COMMANDER = "commander"
    ALERT_SYSTEM = "alert_system"
    ADMIN = "admin"


def may_list(role: Role) -> bool:
    """Tell whether the role may see references of recipients."""
    return role in (Role.ALERT_SYSTEM, Role.ADMIN)


def may_approve(role: Role) -> bool:
    """Tell whether the role may be the second person that a large audience needs."""
    return role in (Role.COMMANDER, Role.ADMIN)


def may_see_exact(role: Role) -> bool:
    """Tell whether the role may see exact counts of any area; only one that may list may do so."""
    return may_list(role)


@dataclass(frozen=True, slots=True)
class TeamFigures:
    """People of an answer in one team."""

    code: str
    name: str
    people: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What a role may see of an answer: exact counts, or estimates from protected ones.

    Attributes:
        people: Recipients.
        places: Their places in the area.
        deliveries: Channel -> recipients told by it.
        by_team: Teams with recipients, in the order of their codes.
        left_out: Why -> people who are meant but are no recipients; empty of estimates.
        edge: How sure the number of people is as far as postcodes go; None where no cells are
            known. Of estimates the interval alone is told, and `people` of it is 0.
        error: Of an estimate half the width of its 95 % interval; None of an exact count.
        not_counted: Conditions of the selection that an estimate takes no account of, by name.
    """

    people: int
    places: int
    deliveries: Mapping[str, int]
    by_team: tuple[TeamFigures, ...]
    left_out: Mapping[str, int]
    edge: Edge | None
    error: int | None = None
    not_counted: tuple[str, ...] = ()


def require_allowed(selection: Selection, role: Role) -> None:
    """Refuse a question that the role may not ask.

    Raises:
        WithheldError: A limited role asks for another area than one whole team or one whole
            sector, or filters the people.
    """
    if may_see_exact(role):
        return
    if not _is_whole(selection.area):
        raise WithheldError(
            f"the role {role} may ask for one whole team or one whole postcode sector at a time"
        )
    if selection.is_filtered():
        raise WithheldError(f"the role {role} may not filter by group, topic or channel")


def exact_figures(counts: Counts, names: Mapping[str, str]) -> Figures:
    """The counts of an answer as they are.

    Args:
        counts: Exact counts.
        names: Team code -> name.
    """
    by_team = tuple(
        TeamFigures(code, names[code], people) for code, people in counts.by_team.items()
    )
    return Figures(
        counts.people,
        counts.places,
        dict(counts.deliveries),
        by_team,
        dict(counts.left_out),
        counts.edge,
    )


def coverage_for(teams: list[TeamCoverage], role: Role) -> list[TeamCoverage]:
    """The coverage of teams as the role may see it.

    Rates go with the people, which could be worked out from them and the households.
    """
    if may_see_exact(role):
        return teams
    return [
        replace(team, people=None, per_1000=None, low=None, high=None)
        if team.people is not None and team.people < WITHHOLD_BELOW
        else team
        for team in teams
    ]


def _is_whole(area: AnyArea) -> bool:
    if area.type == "team":
        return len(area.codes) == 1 and area.edition is None
    if area.type == "postcodes":
        return len(area.postcodes) == 1 and parse_part(area.postcodes[0]).kind == "sector"
    return False
