"""The months before and after an alert, where what is evaluated is one that went to an audience."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from geo_alerts.acts.hotspots.questions import MonthSpan
from geo_alerts.acts.live import Live
from geo_alerts.hotspots.months import month_number, month_text
from geo_alerts.hotspots.trends import MONTHS_OF_YEAR
from geo_alerts.sources.moments import LONDON
from geo_alerts.store import alerts as stored

AUDIENCE: Final = "audience"
USUAL_MONTHS: Final = 3
# From this day on most of the alert's own month went without it.
LATE_DAY: Final = 16

# How the months asked about lie to the alert: all of those after are before it, some of them are,
# those before reach past it, or its own month, which began without it, counts as after.
Fault = Literal["none after", "some before", "before too late", "own month"]


def span_fields(name: str, first: int, last: int) -> dict[str, str]:
    """The fields of a form for a span of months."""
    return {f"{name}_first": month_text(first), f"{name}_last": month_text(last)}


@dataclass(frozen=True, slots=True)
class Alerted:
    """The first alert to an audience, and the months that there are crimes of.

    Attributes:
        sent_on: The day that it was sent, in Britain.
        there: The months that are imported, ascending (`months.month_number`).
    """

    sent_on: date
    there: tuple[int, ...]

    @property
    def month(self) -> int:
        """The alert's own (`months.month_number`)."""
        return month_number(self.sent_on.strftime("%Y-%m"))

    @property
    def first_after(self) -> int:
        """The first month that counts as after: the alert's own, or the next of one sent late."""
        return self.month + (self.sent_on.day >= LATE_DAY)

    @property
    def is_followed(self) -> bool:
        """Whether a month that counts as after the alert is imported."""
        return self.there[-1] >= self.first_after

    def usual_months(self) -> Mapping[str, str]:
        """Fields of the form: the first months after the alert, and as many before it.

        Before are the same months of the year before; those right before where these are not
        imported. Where no month after the alert is imported, it is the first that would be.
        """
        first = next((one for one in self.there if one >= self.first_after), self.first_after)
        last = first
        while last + 1 in self.there and last + 1 < first + USUAL_MONTHS:
            last += 1
        year_before = first - MONTHS_OF_YEAR, last - MONTHS_OF_YEAR
        right_before = self.month - (last - first + 1), self.month - 1
        before = next(
            (span for span in (year_before, right_before) if self._holds(*span)), year_before
        )
        return {**span_fields("after", first, last), **span_fields("before", *before)}

    def fault_of(self, before: MonthSpan, after: MonthSpan) -> Fault | None:
        """How months asked about do not lie before and after the alert; None where they do."""
        began, ended = after.numbers()[0], after.numbers()[-1]
        if ended < self.month:
            return "none after"
        if began < self.month:
            return "some before"
        if before.numbers()[-1] >= self.month:
            return "before too late"
        return "own month" if began == self.month and self.sent_on.day > 1 else None

    def _holds(self, first: int, last: int) -> bool:
        return all(month in self.there for month in range(first, last + 1))


def alerted(live: Live, target: str, there: tuple[int, ...]) -> Alerted | None:
    """The first alert to the audience that a value of a form names.

    Args:
        live: What is asked.
        target: Such as `audience:ID`, which the asker may see.
        there: The months that are imported, ascending.

    Returns:
        None where the value names no audience, or no alert to it is recorded.
    """
    kind, _, audience_id = target.partition(":")
    if kind != AUDIENCE:
        return None
    with live.store.reading() as connection:
        sent_at = stored.first_sent(connection, audience_id)
    return None if sent_at is None else Alerted(sent_at.astimezone(LONDON).date(), there)
