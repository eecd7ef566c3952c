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

from geo_alerts.audiences.areas import AnyArea, PostcodesArea, TeamArea
from geo_alerts.audiences.counts import Counts
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


def may_see_exact(role: Role) -> bool:
    """Tell whether the role may see exact counts of any area; only one that may list may do so."""
    return may_list(role)


@dataclass(frozen=True, slots=True)
class TeamFigures:
    """People of an answer in one team."""

    code: str
    name: str
    people: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts as a role may see them; a missing figure is withheld.

    Attributes:
        people: Recipients.
        places: Their places in the area.
        deliveries: Channel -> recipients told by it.
        by_team: Teams with recipients, in the order of their codes; empty for limited roles, whose
            areas are not split.
        without_channel: People left out because they consented to no channel.
        withheld: Whether anything is withheld.
    """

    people: int | None
    places: int | None
    deliveries: Mapping[str, int | None]
    by_team: tuple[TeamFigures, ...]
    without_channel: int | None
    withheld: bool


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


def figures_for(counts: Counts, role: Role, names: Mapping[str, str]) -> Figures:
    """The counts of an allowed question as the role may see them.

    Args:
        counts: Exact counts.
        role: Who asks.
        names: Team code -> name.
    """
    if may_see_exact(role):
        by_team = tuple(
            TeamFigures(code, names[code], people) for code, people in counts.by_team.items()
        )
        return Figures(
            counts.people,
            counts.places,
            dict(counts.deliveries),
            by_team,
            counts.left_out.get("no_channel", 0),
            withheld=False,
        )
    return _protected(counts)


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
    match area:
        case TeamArea(codes=(_,), edition=None):
            return True
        case PostcodesArea(postcodes=(only,)):
            return parse_part(only).kind == "sector"
        case _:
            return False


def _protected(counts: Counts) -> Figures:
    # How many cannot be reached at all is no figure of a limited role's and never shown.
    people = counts.people if counts.people >= WITHHOLD_BELOW else None
    places = _beside(counts.people, counts.places)
    deliveries = {key: _beside(counts.people, value) for key, value in counts.deliveries.items()}
    withheld = None in (people, places, *deliveries.values())
    return Figures(people, places, deliveries, (), None, withheld)


def _beside(people: int, figure: int) -> int | None:
    # A figure that differs from the people by a few tells about those few.
    is_open = min(people, figure, abs(figure - people)) >= WITHHOLD_BELOW
    return figure if is_open else None
