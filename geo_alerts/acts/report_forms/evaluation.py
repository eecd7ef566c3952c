"""Whether something did anything, asked by a form: where, against what, before and after when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from geo_alerts.acts.asker import Asker
from geo_alerts.acts.dashboard.settling import Settled
from geo_alerts.acts.hotspots.reports.evaluation_question import EvaluationQuestion
from geo_alerts.acts.hotspots.study import study_of_area
from geo_alerts.acts.hotspots.weighing import COUNT
from geo_alerts.acts.live import Live
from geo_alerts.acts.report_forms.alerted import USUAL_MONTHS, Alerted, alerted, span_fields
from geo_alerts.acts.report_forms.choices import WRONG, Choice, Choosing, Chosen
from geo_alerts.acts.report_forms.fields import Filled, Text, filled, number
from geo_alerts.acts.report_forms.forces import settled_of
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.targets.areas import AnyArea
from geo_alerts.audiences.targets.leaves import MAX_FROM_HOTSPOT_M
from geo_alerts.audiences.targets.shapes import Value
from geo_alerts.errors import NotReadyError
from geo_alerts.hotspots.trends import MONTHS_OF_YEAR

USUAL_METRES: Final = "100"
USUAL_BUFFER_M: Final = "250"
# 95 %, as everything else on the pages: the paper's own 90 % is the usual one of the question.
LEVEL: Final = 0.05
BY_METRES: Final = ("layer", "repeat")
PLACES: Final = ("target", "control")
TO_CHOOSE: Final[Mapping[str, str]] = {
    "target": "choose where something was done",
    "control": "choose a place like it where nothing was done",
}
# Where a fault of the question is told: beside the field that holds what is wrong.
FIELDS: Final[Mapping[str, str]] = {
    "target": "target",
    "control": "control",
    "forces": "force",
    "categories": "category",
    "buffer_m": "buffer_m",
    "weight": "weight",
    "before.first": "before_first",
    "before.last": "before_last",
    "before": "before_last",
    "after.first": "after_first",
    "after.last": "after_last",
    "after": "after_last",
    "not_after": "after_first",
}


class EvaluationFields(Value):
    """The fields of the form, as an address holds them."""

    force: Text = ""
    category: Text = ""
    target: Text = ""
    control: Text = ""
    metres: Text = USUAL_METRES
    buffer_m: Text = USUAL_BUFFER_M
    before_first: Text = ""
    before_last: Text = ""
    after_first: Text = ""
    after_last: Text = ""
    weight: Text = COUNT

    @property
    def is_asked(self) -> bool:
        """Whether the form was sent; what leads to it fills in some of its fields."""
        return "control" in self.model_fields_set


@dataclass(frozen=True, eq=False)
class EvaluationForm:
    """The form with what is in it.

    Attributes:
        settled: Whose crimes, and which months are there.
        sent: Field -> what is in it.
        offered: The places of the lists, by kind.
        chosen: The target and the control, as far as they were chosen.
        alerted: The alert to the audience that is the target; None where there is none.
        filled: The question; without one and without faults where nothing was asked yet.
    """

    settled: Settled
    sent: Mapping[str, str]
    offered: Mapping[str, tuple[Choice, ...]]
    chosen: Mapping[str, Chosen]
    alerted: Alerted | None
    filled: Filled[EvaluationQuestion]

    @property
    def metres(self) -> str:
        """Around hotspots and repeat locations; empty where none of them was chosen."""
        kinds = [one.choice.value.partition(":")[0] for one in self.chosen.values()]
        return self.sent["metres"] if any(kind in BY_METRES for kind in kinds) else ""


def evaluation_form(live: Live, fields: EvaluationFields, asker: Asker) -> EvaluationForm:
    """The form, and what it asks where it was sent.

    Raises:
        NotReadyError: No crimes or no teams are imported.
        TooManyRequestsError: Others' looks are being worked out.
    """
    settled, unknown = settled_of(live, fields.force)
    sent = {**fields.model_dump(), "force": settled.force}
    metres = number(fields.metres)
    faults = dict(unknown)
    if not isinstance(metres, float) or not 0 <= metres <= MAX_FROM_HOTSPOT_M:
        faults["metres"] = f"must be a number of metres, 0 to {MAX_FROM_HOTSPOT_M:,}"
        metres = float(USUAL_METRES)
    choosing = Choosing(live, asker, settled, metres)
    chosen, wrong = _chosen(choosing, fields)
    faults |= wrong
    alert = alerted(live, fields.target, settled.there) if "target" in chosen else None
    usual = alert.usual_months() if alert else _usual_months(settled.there)
    sent |= {name: month for name, month in usual.items() if not sent[name]}
    found = (
        filled(EvaluationQuestion, _asked(sent, chosen), FIELDS, faults)
        if fields.is_asked
        else Filled[EvaluationQuestion](None, unknown)
    )
    return EvaluationForm(settled, sent, choosing.offered(), chosen, alert, found)


def has_ground(live: Live, area: AnyArea, role: Role) -> bool:
    """Tell whether crimes can be counted in an area: lists of postcodes have no outline."""
    try:
        study_of_area(live, area, role)
    except (*WRONG, NotReadyError):
        return False
    return True


def _usual_months(there: Sequence[int]) -> Mapping[str, str]:
    # The last months that are there, and the same of the year before.
    last = there[-1]
    first = max(there[0], last - USUAL_MONTHS + 1)
    before = span_fields("before", first - MONTHS_OF_YEAR, last - MONTHS_OF_YEAR)
    return {**span_fields("after", first, last), **before}


def _chosen(
    choosing: Choosing, fields: EvaluationFields
) -> tuple[dict[str, Chosen], dict[str, str]]:
    chosen, faults = {}, {}
    for name in PLACES:
        value = getattr(fields, name)
        try:
            if value:
                chosen[name] = choosing.chosen(value)
                study_of_area(choosing.live, chosen[name].area, choosing.asker.role)
        except WRONG as error:
            faults[name] = str(error)
        if not value and fields.is_asked:
            faults[name] = TO_CHOOSE[name]
    return chosen, faults


def _asked(sent: Mapping[str, str], chosen: Mapping[str, Chosen]) -> dict[str, Any]:
    return {
        "forces": [sent["force"]],
        "categories": [sent["category"]] if sent["category"] else [],
        "buffer_m": number(sent["buffer_m"]),
        "before": {"first": sent["before_first"], "last": sent["before_last"]},
        "after": {"first": sent["after_first"], "last": sent["after_last"]},
        "weight": sent["weight"] or COUNT,
        "level": LEVEL,
        **{name: one.area.model_dump(mode="json") for name, one in chosen.items()},
    }
