"""Layers of hotspots that are kept: listed page by page, looked at, removed."""

from geo_alerts.acts.asker import Asker
from geo_alerts.acts.live import Live
from geo_alerts.acts.named_by import refuse_while_named
from geo_alerts.acts.page_tokens import place_of, token_of
from geo_alerts.acts.restricted import seen_run
from geo_alerts.audiences.disclosure import Role, may_see_exact_points
from geo_alerts.errors import ForbiddenError
from geo_alerts.hotspots.layers import CellLayer, HotArea
from geo_alerts.store import hotspot_backtests
from geo_alerts.store import hotspot_runs as stored
from geo_alerts.store.hotspot_backtests import KeptBacktest
from geo_alerts.store.hotspot_runs import Run, Who

PAGE = "hotspots"


def layers(
    live: Live, role: Role, *, size: int, token: str | None = None, method: str | None = None
) -> tuple[list[Run], str | None]:
    """A page of layers, the newest first, and the token of the next; None after the last.

    Args:
        live: Where they are.
        role: Who asks.
        size: At most so many.
        token: Of the page before.
        method: Only those of this method.

    Raises:
        InvalidPageTokenError: The token was not given by a page of this list.
    """
    before = place_of(PAGE, token) if token else None
    with live.store.reading() as connection:
        found = stored.runs(
            connection,
            with_restricted=may_see_exact_points(role),
            before=before,
            method=method,
            limit=size + 1,
        )
    more = len(found) > size
    return found[:size], token_of(PAGE, found[size - 1].row_id) if more else None


def layer(live: Live, run_id: str, role: Role) -> Run:
    """A layer without its cells and areas.

    Raises:
        UnknownRunError: There is none of this id that the role may see.
    """
    with live.store.reading() as connection:
        return seen_run(connection, run_id, role)


def areas(live: Live, run_id: str, role: Role) -> tuple[Run, list[HotArea]]:
    """A layer and its areas, by rank.

    Raises:
        UnknownRunError: There is none of this id that the role may see.
    """
    with live.store.reading() as connection:
        return seen_run(connection, run_id, role), stored.areas_of(connection, run_id)


def cells(live: Live, run_id: str, role: Role) -> tuple[Run, CellLayer | None]:
    """A layer and its cells; None of a method that has none.

    Raises:
        UnknownRunError: There is none of this id that the role may see.
        StoreError: The cells are broken.
    """
    with live.store.reading() as connection:
        return seen_run(connection, run_id, role), stored.cells_of(connection, run_id)


def backtest(live: Live, backtest_id: str) -> KeptBacktest:
    """A back-test: scores of methods alone, whatever its study area was drawn by.

    Raises:
        UnknownRunError: There is none of this id.
    """
    with live.store.reading() as connection:
        return hotspot_backtests.backtest_by_id(connection, backtest_id)


def remove(live: Live, run_id: str, asker: Asker) -> Run:
    """Remove a layer: whoever asked for it may, and administrators.

    Raises:
        UnknownRunError: There is none of this id that they may see.
        ForbiddenError: It is another's.
        ConflictError: A saved area or a frozen audience names it.
    """
    found = layer(live, run_id, asker.role)
    if asker.role is not Role.ADMIN and found.created_by != asker.who:
        raise ForbiddenError("only who asked for a layer, and administrators, may remove it")
    with live.store.reading() as connection:
        refuse_while_named(connection, run_id, f"the layer {run_id}")
    return stored.remove(live.store, run_id, Who(asker.who, asker.role))
