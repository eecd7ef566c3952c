"""What tells of exact positions of forces' own data, and who may see it.

Published crime is at points that each stand for many addresses. Forces' own data knows the very
places: they are for analysts and administrators, and everybody else sees the published points that
stand for them. A layer that is made from exact positions is restricted, and so is one whose study
area names such a layer: for others it is as if it were not there, whichever way they ask.
"""

from collections.abc import Collection

from sqlalchemy import Connection

from geo_alerts.audiences.disclosure import Role, may_see_exact_points
from geo_alerts.audiences.targets.areas import AnyArea, leaves_of
from geo_alerts.audiences.targets.leaves import HotspotsArea
from geo_alerts.errors import ForbiddenError
from geo_alerts.store.hotspot_runs import Run, are_restricted, run_by_id, unknown_run


def require_exact_points(role: Role) -> None:
    """Refuse exact positions to roles that may not see them.

    Raises:
        ForbiddenError: The role may not.
    """
    if not may_see_exact_points(role):
        raise ForbiddenError(
            "only the roles analyst and admin may ask for exact positions; leave out positions"
        )


def seen_run(connection: Connection, run_id: str, role: Role) -> Run:
    """A layer that a role may see.

    Raises:
        UnknownRunError: There is none of this id that it may.
    """
    run = run_by_id(connection, run_id)
    if run.is_restricted and not may_see_exact_points(role):
        raise unknown_run(run_id)
    return run


def require_layers_seen(connection: Connection, area: AnyArea, role: Role) -> None:
    """Refuse an area that names a layer of hotspots which is not there, or not for the role.

    Args:
        connection: A look at the store.
        area: With saved areas in place of their ids.
        role: Who asks.

    Raises:
        UnknownRunError: It does; which of the two is not told.
    """
    ids = _layers_in(area)
    known = are_restricted(connection, ids) if ids else {}
    for run_id in ids:
        if run_id not in known or (known[run_id] and not may_see_exact_points(role)):
            raise unknown_run(run_id)


def names_restricted(connection: Connection, area: AnyArea) -> bool:
    """Tell whether an area, with saved areas in their place, names a restricted layer."""
    return bool(restricted_in(connection, area))


def restricted_in(connection: Connection, area: AnyArea) -> list[str]:
    """The restricted layers that an area names, with saved areas in their place; each once."""
    ids = _layers_in(area)
    known = are_restricted(connection, ids) if ids else {}
    return [run_id for run_id in ids if known.get(run_id)]


def _layers_in(area: AnyArea) -> Collection[str]:
    # In order, each once.
    leaves = [leaf for leaf in leaves_of(area) if isinstance(leaf, HotspotsArea)]
    return dict.fromkeys(leaf.layer for leaf in leaves)
