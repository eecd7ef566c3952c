"""Which team has a repeat location in hand: that of its ground, unless another was named.

Keys of places go on from month to month, and so does what was said of them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from geo_alerts.acts.asker import Asker
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import Role
from geo_alerts.errors import ForbiddenError, UnknownTeamError
from geo_alerts.places.layer import TEAM, Layer
from geo_alerts.store import place_owners as stored
from geo_alerts.store.activations import in_force
from geo_alerts.store.hotspot_runs import Who
from geo_alerts.store.layers import load_layer
from geo_alerts.store.place_owners import PlaceOwner


@dataclass(frozen=True, slots=True)
class Owner:
    """The team that has a place in hand.

    Attributes:
        code: Of the team; None where the place was given back to the team on its ground.
        name: Of the team in the edition of today; its code where it is there no more.
        at: When it was said.
        by: Who said it.
    """

    code: str | None
    name: str
    at: datetime
    by: str


def may_assign(role: Role) -> bool:
    """Tell whether the role may say which team has a place in hand."""
    return role in (Role.COMMANDER, Role.ADMIN)


def owners(live: Live, keys: Collection[str]) -> dict[str, Owner]:
    """Teams that were named for places, by the places' keys.

    Places of which nothing was said, or that were given back, are left out: they are in the hand of
    the team on whose ground they are.
    """
    with live.store.reading() as connection:
        said = stored.latest(connection, keys)
    named = {key: one for key, one in said.items() if one.team_code is not None}
    teams = _teams(live) if named else None
    return {key: _owner(one, teams) for key, one in named.items()}


def history(live: Live, key: str) -> list[Owner]:
    """All that was said of a place, the latest first."""
    with live.store.reading() as connection:
        said = stored.history(connection, key)
    teams = _teams(live) if said else None
    return [_owner(one, teams) for one in said]


def assign(live: Live, key: str, team_code: str | None, asker: Asker) -> None:
    """Say which team has a place in hand; commanders and administrators may.

    Args:
        live: Where.
        key: Of the repeat location.
        team_code: A team in force today; None gives the place back to the team on its ground.
        asker: Who says so.

    Raises:
        ForbiddenError: The role may not.
        UnknownTeamError: There is no such team.
    """
    if not may_assign(asker.role):
        raise ForbiddenError("only the roles commander and admin may say which team has a place")
    if team_code is not None:
        teams = _teams(live)
        if teams is None or teams.find(team_code) is None:
            raise UnknownTeamError(f"there is no team {team_code[:40]}: choose one of the list")
    stored.assign(live.store, key, team_code, Who(asker.who, asker.role))


def team_names(live: Live) -> Mapping[str, str]:
    """The teams of today: code -> name, by name."""
    teams = _teams(live)
    if teams is None:
        return {}
    pairs = zip(teams.code.tolist(), teams.name.tolist(), strict=True)
    return dict(sorted(pairs, key=lambda pair: pair[1]))


def _teams(live: Live) -> Layer | None:
    with live.store.reading() as connection:
        edition = in_force(connection, live.today()).get(TEAM)
        return None if edition is None else load_layer(connection, edition)


def _owner(said: PlaceOwner, teams: Layer | None) -> Owner:
    code = said.team_code
    at = None if teams is None or code is None else teams.find(code)
    name = code or "" if teams is None or at is None else str(teams.name[at])
    return Owner(code, name, said.recorded_at, said.recorded_by)
