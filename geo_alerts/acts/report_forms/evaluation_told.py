"""An evaluation as a page and a spreadsheet tell it: differences with their intervals, counts."""

from dataclasses import dataclass
from typing import Final

from geo_alerts.acts.hotspots.reports.evaluation import EvaluationAnswer, Place
from geo_alerts.acts.hotspots.reports.places import AROUND
from geo_alerts.hotspots.evaluation import Wdd

COLUMNS: Final = ("what", "before", "after", "km2", "change", "low", "high", "p")
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


def rows_of(answer: EvaluationAnswer) -> list[dict[str, object]]:
    """The counts, the differences and the quotient for a spreadsheet, by `COLUMNS`."""
    # The change of counts of times that differ in length would say nothing.
    keeps = not answer.is_in_proportion
    told = [_counted(place, with_change=keeps) for place in answer.places.values()]
    told += [_difference(one) for one in differences(answer)]
    told[-1]["p"] = answer.wdd.p
    if answer.harm is not None:
        told.append({**_difference(whole("harm", answer.harm)), "p": answer.harm.p})
    quotient = answer.as_dict()["wdq"]["quotient"]
    return [*told, _row(WDQ, change=quotient)]


def _counted(place: Place, *, with_change: bool) -> dict[str, object]:
    told = place.as_dict()
    change = place.after - place.before if with_change else None
    return _row(told.pop("place"), **told, change=change)


def _difference(one: Difference) -> dict[str, object]:
    return _row(WORDS[one.key], change=one.estimate, low=one.low, high=one.high)


def _row(what: str, **figures: object) -> dict[str, object]:
    return {**dict.fromkeys(COLUMNS), "what": what, **figures}
