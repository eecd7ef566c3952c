"""Conditions of a selection that the store knows: who was reached by audiences and alerts before.

They become the numbers of those who are left out, which the index then takes away. What was frozen
never changes, so what is worked out is held until other audiences or alerts are asked about.
"""

from collections.abc import Iterable
from datetime import timedelta

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from geo_alerts.acts.live import Live
from geo_alerts.audiences.counts import LeftOut
from geo_alerts.audiences.rows import NO_ROWS, union_of
from geo_alerts.audiences.selection import Cap, Selection
from geo_alerts.store.alerts import sent_since
from geo_alerts.store.audiences import numbers_of

Numbers = npt.NDArray[np.int64]

# Combinations of audiences, and of alerts, that are held at once.
COMBINATIONS_HELD = 4


def left_out_numbers(live: Live, selection: Selection) -> dict[LeftOut, Numbers]:
    """Whom a selection leaves out for what they were sent before.

    Args:
        live: Where to look.
        selection: Its `not_in_audiences`, and its `cap` unless it is urgent.

    Returns:
        Reason -> random numbers of people, ascending; only the reasons that the selection asks for.
        A control group was told nothing, and is not among them.

    Raises:
        UnknownAudienceError: It names an audience that there is none of.
    """
    found = {}
    with live.store.reading() as connection:
        if selection.not_in_audiences:
            found[LeftOut.ALREADY_REACHED] = _reached_by(live, connection, selection)
        if selection.cap is not None and not selection.urgent:
            found[LeftOut.CAP] = _told_enough(live, connection, selection.cap)
    return found


def _reached_by(live: Live, connection: Connection, selection: Selection) -> Numbers:
    ids = tuple(sorted(set(selection.not_in_audiences)))
    return live.held.get(
        "reached by audiences",
        ids,
        lambda: union_of([numbers_of(connection, one) for one in ids]),
        most=COMBINATIONS_HELD,
    )


def _told_enough(live: Live, connection: Connection, cap: Cap) -> Numbers:
    since = live.store.clock() - timedelta(days=cap.days)
    sent = tuple(sorted(sent_since(connection, since).items()))
    return live.held.get(
        "told by alerts",
        (cap.alerts, sent),
        lambda: _at_least(cap.alerts, ((numbers_of(connection, one), n) for one, n in sent)),
        most=COMBINATIONS_HELD,
    )


def _at_least(times: int, told: Iterable[tuple[Numbers, int]]) -> Numbers:
    """Who was told so many times.

    Args:
        times: How often.
        told: Numbers of an audience, each once, and how often it was told.
    """
    people, total = NO_ROWS, NO_ROWS
    for numbers, often in told:
        together = np.concatenate([people, numbers])
        counts = np.concatenate([total, np.full(len(numbers), often)])
        people, row = np.unique(together, return_inverse=True)
        total = np.bincount(row, weights=counts, minlength=len(people)).astype(np.int64)
    return people[total >= times]
