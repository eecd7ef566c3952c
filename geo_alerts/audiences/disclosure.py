"""Who may see which figures, so that nobody can be singled out by asking.

Exact counts of any area let an asker compare an area with and without one postcode, and so learn
whether somebody there has signed up. Nothing that is done to the answers cures that: counts rounded
to 5 betray a single postcode after a few pairs of questions, noise drawn for each area wears off,
and areas with few people are told apart all the same. So limited roles get no figure that is made
from who is in an area, but estimates from one published table (`protection/protected.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from geo_alerts.audiences.counts import Counts, Edge


class Role(StrEnum):
    """What a caller may do."""

    ANALYST = "analyst"
    COMMANDER = "commander"
    ALERT_SYSTEM = "alert_system"
    ADMIN = "admin"


def may_list(role: Role) -> bool:
    """Tell whether the role may see references of recipients."""
    return role in (Role.ALERT_SYSTEM, Role.ADMIN)


def may_see_exact_points(role: Role) -> bool:
    """Tell whether the role may see where crimes of forces' own data happened, to the metre."""
    return role in (Role.ANALYST, Role.ADMIN)


def may_review(role: Role) -> bool:
    """Tell whether the role may say that an area was looked at after teams changed."""
    return role in (Role.ALERT_SYSTEM, Role.ADMIN)


def may_approve(role: Role) -> bool:
    """Tell whether the role may be the second person that a large audience needs."""
    return role in (Role.COMMANDER, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class TeamFigures:
    """People of an answer in one team.

    Attributes:
        code: Of the team.
        name: Its name.
        people: Recipients with a place in it.
        error: Of an estimate, how far it may be off 19 times in 20; None of exact counts.
    """

    code: str
    name: str
    people: int
    error: int | None = None


@dataclass(frozen=True, slots=True)
class FigureErrors:
    """How far the estimates beside that of all people may be off, 19 times in 20 each.

    Attributes:
        places: Of the places.
        deliveries: Of each channel.
        edge: Of each figure of the edge; None where there is no edge.
    """

    places: int
    deliveries: Mapping[str, int]
    edge: Edge | None


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
            known, and of exact counts of a sample or beside a control group. Estimates, which take
            no account of these two, keep it.
        error: Of an estimate half the width of its 95 % interval; None of an exact count.
        errors: Of an estimate those of the other figures; None of exact counts, and of estimates
            that were frozen before their errors were kept, which pages leave out.
        not_counted: Conditions of the selection that an estimate takes no account of, by name.
    """

    people: int
    places: int
    deliveries: Mapping[str, int]
    by_team: tuple[TeamFigures, ...]
    left_out: Mapping[str, int]
    edge: Edge | None
    error: int | None = None
    errors: FigureErrors | None = None
    not_counted: tuple[str, ...] = ()


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
