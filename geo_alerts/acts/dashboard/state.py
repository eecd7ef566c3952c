"""What a dashboard shows, as one small value: its address holds all of it, so it can be sent on.

Everything may be left out; `settling.py` fills in what is there. A field that a form leaves empty
was not said.
"""

from datetime import date
from typing import Annotated, Final, Literal, get_args
from urllib.parse import urlencode

from pydantic import BeforeValidator, Field

from geo_alerts.acts.hotspots.questions import Force, Month
from geo_alerts.audiences.targets.leaves import Code
from geo_alerts.audiences.targets.shapes import Value, fault
from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.categories import category

MOST_MONTHS: Final = 12
Weighed = Literal["count", "cambridge", "ons"]
# Of the map: those that are answered while somebody waits.
MapMethod = Literal["gi_star", "counts", "density", "local_moran", "emerging", "change", "repeats"]
WEIGHTS: Final[tuple[str, ...]] = get_args(Weighed)
MAP_METHODS: Final[tuple[str, ...]] = get_args(MapMethod)


def _said(value: object) -> object:
    # A browser sends the fields of a form that were left empty.
    return None if isinstance(value, str) and not value.strip() else value


def _number(value: object) -> object:
    if not isinstance(value, str) or not value.strip():
        return 1 if _said(value) is None else value
    if not (value.isascii() and value.isdigit()):
        raise fault("no_number", f"must be a whole number of months, 1 to {MOST_MONTHS}")
    return int(value)


def _day(value: object) -> object:
    said = _said(value)
    if not isinstance(said, str):
        return said
    try:
        return date.fromisoformat(said)
    except ValueError as error:
        raise fault("not_a_day", "must be a day such as 2025-03-31") from error


def _slug(value: object) -> object:
    said = _said(value)
    if not isinstance(said, str):
        return said
    try:
        return category(said).slug
    except InvalidInputError as error:
        raise fault("unknown_category", str(error)) from error


class DashboardState(Value):
    """What is asked of the dashboard; None for what is left to it."""

    force: Annotated[
        Force | None, BeforeValidator(_said), Field(description="Whose crimes, by its name.")
    ] = None
    month: Annotated[
        Month | None,
        BeforeValidator(_said),
        Field(description="The last month looked at; the latest one imported by default."),
    ] = None
    months: Annotated[
        int,
        BeforeValidator(_number),
        Field(ge=1, le=MOST_MONTHS, description="How many months up to it are taken together."),
    ] = 1
    category: Annotated[
        str | None, BeforeValidator(_slug), Field(description="Such as burglary; all by default.")
    ] = None
    weight: Annotated[
        Weighed,
        BeforeValidator(lambda value: _said(value) or "count"),
        Field(description="What a crime counts: 1, or its category's days of harm by an index."),
    ] = "count"
    lpa: Annotated[
        Code | None,
        BeforeValidator(_said),
        Field(description="The code of a local policing area, whose teams alone are looked at."),
    ] = None
    team: Annotated[
        Code | None,
        BeforeValidator(_said),
        Field(description="The code of a team, which alone is looked at."),
    ] = None
    as_of: Annotated[
        date | None,
        BeforeValidator(_day),
        Field(description="Teams are those in force on this day; on the last of the month else."),
    ] = None
    method: Annotated[
        MapMethod,
        BeforeValidator(lambda value: _said(value) or "gi_star"),
        Field(description="What the map shows."),
    ] = "gi_star"

    def query(self, **changed: object) -> str:
        """The address of this state, without its question mark; what is usual is left out.

        Args:
            **changed: Fields that are to be otherwise; None for the usual.
        """
        told = self.model_dump(mode="json") | changed
        usual = DashboardState().model_dump(mode="json")
        return urlencode(
            {
                name: value
                for name, value in told.items()
                if value is not None and value != usual[name]
            }
        )
