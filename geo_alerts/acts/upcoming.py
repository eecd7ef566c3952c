"""What activations that are still to come do to an area that is saved now.

An activation looks at the areas that are saved when it is recorded. One that is saved later, and
before the day, is looked at when it is saved.
"""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection

from geo_alerts.acts.changes import comparison_of, told
from geo_alerts.acts.live import Live
from geo_alerts.audiences.targets.areas import AnyArea
from geo_alerts.audiences.targets.named import layers_named
from geo_alerts.store.activations import activations, effective, periods
from geo_alerts.store.editions import Edition
from geo_alerts.store.saved_areas import ToCome
from geo_alerts.store.sequence import latest_seq


def to_come(live: Live, area: AnyArea) -> ToCome:
    """What somebody should look at in an area, by the activations of days to come.

    Args:
        live: Where to look.
        area: Of it the codes that are named without an edition.

    Raises:
        TooManyRequestsError: As much as is done at once is under way.
    """
    from boundaries.comparing.affected import affected  # noqa: PLC0415 - geopandas is slow

    layers = sorted({layer for layer, number in layers_named(area) if number is None})
    with live.store.reading() as connection:
        seq, today = latest_seq(connection), live.today()
        begins = [one for layer in layers for one in _begins(connection, layer, today)]
    reasons: dict[int, dict[str, Any]] = {}
    for activation_seq, old, new in begins:
        changes = [told(one) for one in affected({"": area}, comparison_of(live, old, new))]
        if changes:
            reasons[activation_seq] = {"changes": changes}
    return ToCome(seq, reasons)


def _begins(
    connection: Connection, layer: str, today: date
) -> Iterator[tuple[int, Edition, Edition]]:
    # The activations by which one edition takes the place of another after today.
    seq_of = {one.valid_from: one.seq for one in effective(activations(connection, layer))}
    for earlier, later in pairwise(periods(connection, layer)):
        if later.valid_from > today:
            yield seq_of[later.valid_from], earlier.edition, later.edition
