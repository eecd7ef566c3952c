"""What is kept of hotspots: a run with its areas, pages of runs, a back-test; and removing."""

from dataclasses import dataclass
from typing import Final

from geo_alerts.acts.live import Live
from geo_alerts.acts.page_tokens import place_of, token_of
from geo_alerts.hotspots.layers import CellLayer, HotArea
from geo_alerts.store import hotspot_runs as stored
from geo_alerts.store.hotspot_backtests import KeptBacktest, backtest_by_id
from geo_alerts.store.hotspot_runs import Run, Who

PAGE: Final = "hotspots"


@dataclass(frozen=True, eq=False)
class Shown:
    """A run with its areas.

    Attributes:
        run: The run.
        areas: The first of its areas, by rank.
    """

    run: Run
    areas: tuple[HotArea, ...]


def show_run(live: Live, run_id: str, *, most: int | None = None) -> Shown:
    """A run with its first areas; all of them when `most` is None.

    Raises:
        UnknownRunError: There is none of this id.
    """
    with live.store.reading() as connection:
        run = stored.run_by_id(connection, run_id)
        areas = stored.areas_of(connection, run_id)
    return Shown(run, tuple(areas[:most]))


def cells(live: Live, run_id: str) -> CellLayer | None:
    """The cells of a run; None of a method that has none.

    Raises:
        UnknownRunError: There is no run of this id.
    """
    with live.store.reading() as connection:
        return stored.cells_of(connection, run_id)


def listed(live: Live, method: str | None = None) -> list[Run]:
    """Every run, the newest first; of one method where one is named."""
    with live.store.reading() as connection:
        return stored.runs(connection, method=method)


def runs_page(
    live: Live, *, size: int, token: str | None = None, method: str | None = None
) -> tuple[list[Run], str | None]:
    """A page of runs, the newest first, and the token of the next; None after the last.

    Raises:
        InvalidPageTokenError: The token was not given by a page of this list.
    """
    of = f"{PAGE} {method or ''}"
    before = None if token is None else place_of(of, token)
    with live.store.reading() as connection:
        found = stored.runs(connection, before=before, method=method, limit=size + 1)
    more = len(found) > size
    return found[:size], token_of(of, found[size - 1].row_id) if more else None


def remove(live: Live, run_id: str, who: Who) -> Run:
    """Remove a run; target areas that name it can no longer be asked.

    Raises:
        UnknownRunError: There is none of this id.
    """
    return stored.remove(live.store, run_id, who)


def show_backtest(live: Live, backtest_id: str) -> KeptBacktest:
    """A back-test.

    Raises:
        UnknownRunError: There is none of this id.
    """
    with live.store.reading() as connection:
        return backtest_by_id(connection, backtest_id)
