"""Near repeats asked by a form: whose crimes, which months, in what bands of distance and days."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from geo_alerts.acts.asker import Asker
from geo_alerts.acts.dashboard.settling import Settled
from geo_alerts.acts.hotspots.owning import team_names
from geo_alerts.acts.hotspots.reports.near_repeats import NearRepeatsQuestion
from geo_alerts.acts.live import Live
from geo_alerts.acts.report_forms.choices import WRONG, Choice, Choosing, saved_choices
from geo_alerts.acts.report_forms.fields import Filled, Text, filled, numbers, whole
from geo_alerts.acts.report_forms.forces import settled_of
from geo_alerts.audiences.disclosure import may_see_exact_points
from geo_alerts.audiences.targets.shapes import Value
from geo_alerts.errors import ForbiddenError
from geo_alerts.hotspots.months import month_text
from geo_alerts.hotspots.trends import MONTHS_OF_YEAR
from geo_alerts.store.crime_months import Kind, crime_months

USUAL_SPACE: Final = "0, 0.001, 100, 200, 300, 400"
USUAL_TIME: Final = "0, 8, 15, 22"
USUAL_PERMUTATIONS: Final = "999"
NOT_FOR_ALL: Final = (
    "near repeats are for analysts and administrators, because they are worked out from exact "
    "positions"
)
# Where a fault of the question is told: beside the field that holds what is wrong.
FIELDS: Final[Mapping[str, str]] = {
    "forces": "force",
    "categories": "category",
    "months.first": "first",
    "months.last": "last",
    "months": "last",
    "missing": "missing",
    "area": "area",
    "space_bands_m": "space",
    "time_bands_days": "time",
    "permutations": "permutations",
}


class NearRepeatsFields(Value):
    """The fields of the form, as an address holds them."""

    force: Text = ""
    category: Text = ""
    first: Text = ""
    last: Text = ""
    area: Text = ""
    space: Text = USUAL_SPACE
    time: Text = USUAL_TIME
    permutations: Text = USUAL_PERMUTATIONS
    missing: Text = "refuse"

    @property
    def is_asked(self) -> bool:
        """Whether the form was sent."""
        return "first" in self.model_fields_set


@dataclass(frozen=True, eq=False)
class NearRepeatsForm:
    """The form with what is in it.

    Attributes:
        settled: Whose crimes, and which months are there.
        months_with_days: Those of the force's own data, the earliest first.
        sent: Field -> what is in it.
        offered: The areas of the list, by kind.
        filled: The question; without one and without faults where nothing was asked yet.
    """

    settled: Settled
    months_with_days: tuple[str, ...]
    sent: Mapping[str, str]
    offered: Mapping[str, tuple[Choice, ...]]
    filled: Filled[NearRepeatsQuestion]


def near_repeats_form(live: Live, fields: NearRepeatsFields, asker: Asker) -> NearRepeatsForm:
    """The form, and what it asks where it was sent.

    Raises:
        ForbiddenError: The role may not see exact positions.
        NotReadyError: No crimes or no teams are imported.
    """
    if not may_see_exact_points(asker.role):
        raise ForbiddenError(NOT_FOR_ALL)
    settled, unknown = settled_of(live, fields.force)
    with live.store.reading() as connection:
        own = crime_months(connection, forces=(settled.force,), kinds=(Kind.OWN,))
    dated = tuple(sorted({month_text(one.month) for one in own}))
    usual = (dated or settled.months_there)[-MONTHS_OF_YEAR:]
    sent = {**fields.model_dump(), "force": settled.force}
    sent |= {"first": fields.first or usual[0], "last": fields.last or usual[-1]}
    offered = {
        "saved": saved_choices(live),
        "team": tuple(Choice(f"team:{code}", name) for code, name in team_names(live).items()),
    }
    area, faults = _area(Choosing(live, asker, settled, 0.0), fields.area)
    found = (
        filled(NearRepeatsQuestion, {**_asked(sent), "area": area}, FIELDS, {**faults, **unknown})
        if fields.is_asked
        else Filled[NearRepeatsQuestion](None, unknown)
    )
    return NearRepeatsForm(settled, dated, sent, offered, found)


def _area(choosing: Choosing, value: str) -> tuple[Any, dict[str, str]]:
    # As JSON; None for the whole force.
    try:
        area = choosing.chosen(value).area if value else None
    except WRONG as error:
        return None, {"area": str(error)}
    return area and area.model_dump(mode="json"), {}


def _asked(sent: Mapping[str, str]) -> dict[str, Any]:
    return {
        "forces": [sent["force"]],
        "categories": [sent["category"]] if sent["category"] else [],
        "months": {"first": sent["first"], "last": sent["last"]},
        "missing": sent["missing"],
        "space_bands_m": numbers(sent["space"]),
        "time_bands_days": numbers(sent["time"]),
        "permutations": whole(sent["permutations"]),
    }
