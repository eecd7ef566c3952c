"""Layers of hotspots that are kept: listed page by page, looked at, removed."""

from geo_alerts.acts.asker import Asker
from geo_alerts.acts.live import Live
from geo_alerts.acts.page_tokens import place_of, token_of
from geo_alerts.audiences.disclosure import Role
from geo_alerts.errors import ForbiddenError
from geo_alerts.hotspots.layers import CellLayer, HotArea
from geo_alerts.store import hotspot_backtests
from geo_alerts.store import hotspot_runs as stored
from geo_alerts.store.hotspot_backtests import KeptBacktest
from geo_alerts.store.hotspot_runs import Run, Who

PAGE = "hotspots"


def layers(
    live: Live, *, size: int, token: str | None = None, method: str | None = None
) -> tuple[list[Run], str | None]:
    """A page of layers, the newest first, and the token of the next; None after the last.

    Args:
        live: Where they are.
        size: At most so many.
        token: Of the page before.
        method: Only those of this method.

    Raises:
        InvalidPageTokenError: The token was not given by a page of this list.
    """
    before = place_of(PAGE, token) if token else None
    with live.store.reading() as connection:
        found = stored.runs(connection, before=before, method=method, limit=size + 1)
    more = len(found) > size
    return found[:size], token_of(PAGE, found[size - 1].row_id) if more else None


def layer(live: Live, run_id: str) -> Run:
    """A layer without its cells and areas.

    Raises:
        UnknownRunError: There is none of this id.
    """
    with live.store.reading() as connection:
        return stored.run_by_id(connection, run_id)


def areas(live: Live, run_id: str) -> tuple[Run, list[HotArea]]:
    """A layer and its areas, by rank.

    Raises:
        UnknownRunError: There is none of this id.
    """
    with live.store.reading() as connection:
        return stored.run_by_id(connection, run_id), stored.areas_of(connection, run_id)


def cells(live: Live, run_id: str) -> tuple[Run, CellLayer | None]:
    """A layer and its cells; None of a method that has none.

    Raises:
        UnknownRunError: There is none of this id.
        StoreError: The cells are broken.
    """
    with live.store.reading() as connection:
        return stored.run_by_id(connection, run_id), stored.cells_of(connection, run_id)


def backtest(live: Live, backtest_id: str) -> KeptBacktest:
    """A back-test.

    Raises:
        UnknownRunError: There is none of this id.
    """
    with live.store.reading() as connection:
        return hotspot_backtests.backtest_by_id(connection, backtest_id)


def remove(live: Live, run_id: str, asker: Asker) -> Run:
    """Remove a layer: whoever asked for it may, and administrators.

    Raises:
        UnknownRunError: There is none of this id.
        ForbiddenError: It is another's.
    """
    found = layer(live, run_id)
    if asker.role is not Role.ADMIN and found.created_by != asker.who:
        raise ForbiddenError("only who asked for a layer, and administrators, may remove it")
    return stored.remove(live.store, run_id, Who(asker.who, asker.role))
