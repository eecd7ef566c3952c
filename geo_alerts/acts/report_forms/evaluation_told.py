"""An evaluation as a page and a spreadsheet tell it: differences with their intervals, counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from geo_alerts.acts.hotspots.reports.evaluation import EvaluationAnswer, Place
from geo_alerts.acts.hotspots.reports.places import AROUND, CONTROL, CONTROL_AROUND, TARGET
from geo_alerts.acts.report_forms.evaluation import EvaluationForm
from geo_alerts.hotspots.evaluation import Wdd

COLUMNS: Final = (
    *("what", "place", "before", "after", "km2", "change", "low", "high", "p", "note"),
    *("before_months", "after_months", "crimes", "force", "metres", "around_m"),
    *("confidence_percent", "alert_sent_on"),
)
# What each figure is told to: more would be noise.
DIGITS: Final = {"km2": 3, "change": 2, "low": 2, "high": 2, "p": 4}
# The ground around a place goes by its name.
NAMED_BY: Final = {AROUND: TARGET, CONTROL_AROUND: CONTROL}
WORDS: Final = {
    "target": "difference in the target",
    "around": "difference around the target",
    "both": "difference in both (WDD)",
    "harm": "difference in days of harm (WDD)",
}
WDQ: Final = "quotient (WDQ)"


@dataclass(frozen=True, slots=True)
class Difference:
    """How many crimes more there were than if a place had changed as its control did.

    Attributes:
        key: Of `WORDS`.
        estimate: Negative for fewer.
        low: Lower end of the interval.
        high: Upper end.
    """

    key: str
    estimate: float
    low: float
    high: float

    @property
    def may_be_chance(self) -> bool:
        """Whether the interval holds 0."""
        return self.low <= 0 <= self.high


def differences(answer: EvaluationAnswer) -> tuple[Difference, ...]:
    """In the target and around it, then in both; in the target alone where no more was asked."""
    found = answer.wdd
    both = whole("both", found)
    if AROUND not in answer.places:
        return (whole("target", found),)
    # All three have the interval of one level: so many standard errors to each side.
    errors = (found.high - found.estimate) / found.se if found.se else 0.0
    local, around = errors * found.local_se, errors * found.displaced_se
    return (
        Difference("target", found.local, found.local - local, found.local + local),
        Difference("around", found.displaced, found.displaced - around, found.displaced + around),
        both,
    )


def whole(key: str, found: Wdd) -> Difference:
    """The difference in the target and around it together."""
    return Difference(key, found.estimate, found.low, found.high)


def rows_of(answer: EvaluationAnswer, form: EvaluationForm) -> list[dict[str, object]]:
    """The counts, the differences and the quotient for a spreadsheet, by `COLUMNS`.

    Each row says what was asked as well, so that any of them can be made again.
    """
    # The change of counts of times that differ in length would say nothing.
    keeps = not answer.is_in_proportion
    asked = _asked(answer, form)
    told = [_counted(place, form, with_change=keeps) for place in answer.places.values()]
    told += [_difference(one) for one in differences(answer)]
    told[-1]["p"] = answer.wdd.p
    if answer.harm is not None:
        told.append({**_difference(whole("harm", answer.harm)), "p": answer.harm.p})
    wdq = answer.as_dict()["wdq"]
    told.append({"what": WDQ, "change": wdq["quotient"], "note": wdq["reading"]})
    return [{**dict.fromkeys(COLUMNS), **_rounded(row), **asked} for row in told]


def _asked(answer: EvaluationAnswer, form: EvaluationForm) -> dict[str, object]:
    before, after = answer.made_from.months
    return {
        "before_months": " to ".join(before),
        "after_months": " to ".join(after),
        "crimes": form.sent["category"] or "all crime",
        "force": form.settled.force,
        "metres": form.metres,
        "around_m": form.sent["buffer_m"],
        "confidence_percent": round(100 * (1 - answer.wdd.level)),
        "alert_sent_on": form.alerted and form.alerted.sent_on.isoformat(),
    }


def _counted(place: Place, form: EvaluationForm, *, with_change: bool) -> dict[str, object]:
    told = place.as_dict()
    change = place.after - place.before if with_change else None
    name = form.chosen[NAMED_BY.get(place.key, place.key)].choice.name
    return {**told, "what": told["place"], "place": name, "change": change}


def _difference(one: Difference) -> dict[str, object]:
    return {"what": WORDS[one.key], "change": one.estimate, "low": one.low, "high": one.high}


def _rounded(row: Mapping[str, object]) -> dict[str, object]:
    return {
        name: round(value, DIGITS[name]) + 0.0 if isinstance(value, float) else value
        for name, value in row.items()
    }
