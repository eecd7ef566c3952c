"""Crimes in the shapes that go out over HTTP."""

from api.schemas.crimes import CrimeCountOut, CrimeMonthOut, CrimeMonthsOut, MissingMonthsOut
from geo_alerts.acts.crimes.months import MonthsPage
from geo_alerts.hotspots.categories import CATEGORIES
from geo_alerts.hotspots.months import month_text
from geo_alerts.store.crime_months import CrimeMonth


def page(answer: MonthsPage) -> CrimeMonthsOut:
    """A page of months."""
    return CrimeMonthsOut(
        months=tuple(map(_month, answer.months)),
        missing=tuple(
            MissingMonthsOut(force=force, months=tuple(map(month_text, months)))
            for force, months in answer.missing.items()
        ),
        next_page_token=answer.next_page_token,
    )


def _month(month: CrimeMonth) -> CrimeMonthOut:
    return CrimeMonthOut(
        force=month.force,
        month=month_text(month.month),
        kind=month.kind.value,
        source=month.source_name,
        sha256=month.sha256,
        rows=month.row_count,
        located=month.located,
        recorded_at=month.recorded_at,
        categories=tuple(
            CrimeCountOut(
                category=CATEGORIES[number].slug,
                rows=count.rows,
                located=count.located,
                outside=count.outside,
            )
            for number, count in month.categories.items()
        ),
    )
