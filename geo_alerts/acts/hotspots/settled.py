"""What decides an answer, settled before it is worked out: months, study area, and their hashes."""

from collections.abc import Sequence
from typing import Any

from geo_alerts.acts.crimes.months import Presence, months_present, refuse_missing
from geo_alerts.acts.hotspots.questions import MonthSpan
from geo_alerts.acts.live import Live
from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.months import month_of, month_text
from geo_alerts.store.editions import Edition


def presence(
    live: Live,
    forces: Sequence[str],
    span: MonthSpan,
    categories: Sequence[int] | None,
    *,
    may_miss: bool,
    may_mask: bool = True,
) -> Presence:
    """Which months of a span are there.

    Args:
        live: Where.
        forces: Of all of these.
        span: The months.
        categories: What is asked about; all when None.
        may_miss: Whether some may be missing.
        may_mask: Whether who asks could have let some be missing.

    Raises:
        InvalidInputError: A month is still to come, or missing and may not be; none is there; or a
            force is not known.
        NotReadyError: No crimes are imported.
    """
    now = month_of(live.today())
    if span.numbers()[-1] > now:
        raise InvalidInputError(
            f"the month {span.last} is still to come (it is {month_text(now)} now): choose months "
            "of the past"
        )
    with live.store.reading() as connection:
        found = months_present(connection, forces=forces, months=ends(span), categories=categories)
    if not may_miss or not found.present:
        refuse_missing(found, may_mask=may_mask)
    return found


def ends(span: MonthSpan) -> tuple[int, int]:
    """The first and the last month of a span."""
    return span.numbers()[0], span.numbers()[-1]


def edition_facts(edition: Edition) -> dict[str, Any]:
    """An edition as inputs name it: the same in every store."""
    return {"layer": edition.layer, "label": edition.label, "sha256": edition.sha256}
