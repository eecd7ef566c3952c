"""Whether something that was done in an area did anything: crimes there and in a control.

Four places, none of which shares ground with another: the target, the ground around it that crime
may have moved to, a control that nothing was done in, and the ground around that.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from geo_alerts.acts.hotspots.questions import MonthSpan
from geo_alerts.acts.hotspots.reports.evaluation_question import EvaluationQuestion
from geo_alerts.acts.hotspots.reports.made_from import (
    DIGITS,
    MadeFrom,
    made_from,
    there,
)
from geo_alerts.acts.hotspots.reports.places import (
    AROUND,
    CONTROL,
    CONTROL_AROUND,
    PLACES,
    TARGET,
    Places,
    around,
)
from geo_alerts.acts.hotspots.settled import ends
from geo_alerts.acts.hotspots.study import Study, study_of
from geo_alerts.acts.hotspots.weighing import weights_of
from geo_alerts.acts.live import Live
from geo_alerts.acts.words import counted
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.targets.areas import AnyArea
from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.crimes import Crimes
from geo_alerts.hotspots.evaluation import Wdd, Wdq, wdd, wdd_of_harm, wdq
from geo_alerts.hotspots.harm import LIMITS, HarmWeights
from geo_alerts.hotspots.trends import MONTHS_OF_YEAR
from geo_alerts.store.editions import Edition

Counts = npt.NDArray[np.int64]

# A control with so many times the crimes, or the reverse, would not have changed by as many.
ALIKE: Final = 2.0

NO_BUFFER: Final = "no ground around the target was asked about, so displacement is not looked at"
NO_EFFECT: Final = (
    "no effect can be told: the interval of the difference holds 0, and of what may be chance "
    "neither displacement nor diffusion is read"
)
BY_ITSELF: Final = (
    "a target that was chosen because it was at its worst falls back by itself, and no figure "
    "here can know that"
)
OTHER_SEASON: Final = (
    "before and after are other months of the year: only the control accounts for the season"
)
UNEQUAL: Final = (
    "before ({before} months) and after ({after}) differ in length: what was before is put in "
    "proportion, and the estimate is of crimes in the time after"
)
UNLIKE: Final = (
    "before, the target had {target} and the control {control}: the estimate "
    "takes them to have changed by as many, so look for a control that is more alike"
)


@dataclass(frozen=True, slots=True)
class Place:
    """One of the four places.

    Attributes:
        key: Of `PLACES`.
        before: Crimes before.
        after: Crimes after.
        km2: Its ground.
    """

    key: str
    before: int
    after: int
    km2: float

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "place": PLACES[self.key],
            "before": self.before,
            "after": self.after,
            "km2": round(self.km2, DIGITS),
        }


@dataclass(frozen=True, eq=False)
class EvaluationAnswer:
    """What the difference is, how sure that is, and what happened around.

    Attributes:
        places: The target, the control, and the ground around each where it was asked about.
        wdd: The weighted displacement difference, in crimes.
        harm: The same in harm; None unless it was asked for.
        weights: What it weighs by.
        wdq: The weighted displacement quotient; None where there is none to tell.
        without_wdq: Why there is none.
        words: What the difference says.
        lengths: Months before, and after.
        notes: What a reader should know.
        made_from: The inputs.
    """

    places: Mapping[str, Place]
    wdd: Wdd
    harm: Wdd | None
    weights: HarmWeights | None
    wdq: Wdq | None
    without_wdq: str
    words: str
    lengths: tuple[int, int]
    notes: tuple[str, ...]
    made_from: MadeFrom

    @property
    def is_in_proportion(self) -> bool:
        """Whether counts before are put in proportion, being of more months, or of fewer."""
        before, after = self.lengths
        return before != after

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "places": {key: place.as_dict() for key, place in self.places.items()},
            "wdd": _wdd_dict(self.wdd),
            "harm": self._harm_dict(),
            "wdq": self._wdq_dict(),
            "in_words": self.words,
            "notes": list(self.notes),
            "made_from": self.made_from.as_dict(),
        }

    def _harm_dict(self) -> dict[str, Any] | None:
        if self.harm is None or self.weights is None:
            return None
        version, source = self.weights.version, self.weights.source
        about = {"version": version, "source": source, "limits": LIMITS}
        return {**about, "wdd": _wdd_dict(self.harm)}

    def _wdq_dict(self) -> dict[str, Any]:
        if self.wdq is None:
            return {"quotient": None, "success": None, "reading": self.without_wdq}
        quotient, success, reading = self.wdq
        # What did not improve has no quotient, and its reading tells of no effect.
        is_read = math.isnan(quotient) or not _may_be_chance(self.wdd)
        return {
            "quotient": _number(quotient),
            "success": _number(success),
            "reading": reading if is_read else NO_EFFECT,
        }


def evaluate(live: Live, question: EvaluationQuestion, role: Role) -> EvaluationAnswer:
    """Whether the target changed otherwise than its control did.

    Raises:
        InvalidInputError: A month is missing or to come, a force is not known, places overlap or
            have no outline, or a category has no weight.
        NotFoundError: An area names something that is not known.
        NotReadyError: No crimes are imported, or what an area names is not.
        TooManyRequestsError: As much as is done at once is under way.
    """
    with live.looks.one():
        looked_at = {
            span: there(live, question.of_months(span), span, may_mask=False)
            for span in question.spans
        }
        places, editions = _places(live, question, role)
        counted = _counted(live, question, places)
        return _answer(question, places, counted, made_from(live, question, looked_at, editions))


@dataclass(frozen=True, eq=False)
class _Counted:
    """Crimes by category, before and after, and place.

    Attributes:
        categories: k numbers.
        counts: k by 2 by places.
    """

    categories: npt.NDArray[np.int16]
    counts: Counts

    def wdd(self, keys: Sequence[str], counts: Counts, how: Mapping[str, Any]) -> Wdd:
        """The difference of counts of before and after by place, in the order of the keys."""
        of_place = dict(zip(keys, counts.T.tolist(), strict=True))
        nothing = [0, 0]
        return wdd(
            *of_place[TARGET],
            *of_place[CONTROL],
            *of_place.get(AROUND, nothing),
            *of_place.get(CONTROL_AROUND, nothing),
            **how,
        )


def _places(
    live: Live, question: EvaluationQuestion, role: Role
) -> tuple[Places, tuple[Edition, ...]]:
    asked = question.of_months(question.after)

    def study(area: AnyArea) -> Study:
        return study_of(live, asked.model_copy(update={"area": area}), role)

    target, control = study(question.target), study(question.control)
    grounds = {TARGET: target.ground, CONTROL: control.ground}
    if question.buffer_m is not None:
        grounds[AROUND] = around(target.ground, question.buffer_m)
        grounds[CONTROL_AROUND] = around(control.ground, question.buffer_m)
    elif question.buffer is not None and question.control_buffer is not None:
        # What is around the target is not the target, however it was drawn.
        grounds[AROUND] = study(question.buffer).ground - target.ground
        grounds[CONTROL_AROUND] = study(question.control_buffer).ground - control.ground
    return Places.apart(grounds), target.editions


def _counted(live: Live, question: EvaluationQuestion, places: Places) -> _Counted:
    periods = [_crimes(live, question, span) for span in question.spans]
    at = [places.of(one) for one in periods]
    categories = np.unique(np.concatenate([one.category for one in periods]))
    counts = np.zeros((len(categories), len(periods), len(places)), dtype=np.int64)
    for when, (one, place) in enumerate(zip(periods, at, strict=True)):
        row = np.searchsorted(categories, one.category)
        for number in range(len(places)):
            found = np.bincount(row[place == number], minlength=len(categories))
            counts[:, when, number] = found
    if not counts.any():
        raise InvalidInputError(
            "no such crime lies in any of the places, before or after: choose more months, more "
            "categories or larger areas"
        )
    return _Counted(categories, counts)


def _crimes(live: Live, question: EvaluationQuestion, span: MonthSpan) -> Crimes:
    asked = question.of_months(span)
    with live.store.reading() as connection:
        return live.crimes.load(
            connection,
            forces=asked.forces,
            months=ends(span),
            categories=asked.category_numbers(),
        )


def _answer(
    question: EvaluationQuestion, places: Places, counted: _Counted, inputs: MadeFrom
) -> EvaluationAnswer:
    keys, counts = places.keys, counted.counts.sum(axis=0)
    before_months, after_months = (len(span.numbers()) for span in question.spans)
    lengths = (before_months, after_months)
    # In crimes of the time after: what was before is put in proportion.
    how = {"level": question.level, "periods": (before_months / after_months, 1.0)}
    difference = counted.wdd(keys, counts, how)
    weights = weights_of(question.weight)
    harm = None
    if weights is not None:
        days = weights.of(counted.categories).tolist()
        each = [counted.wdd(keys, one, how) for one in counted.counts]
        harm = wdd_of_harm(list(zip(days, each, strict=True)), level=question.level)
    told = {
        key: Place(key, int(before), int(after), km2)
        for key, before, after, km2 in zip(keys, *counts, places.km2, strict=True)
    }
    quotient, why = _quotient(told)
    return EvaluationAnswer(
        places=told,
        wdd=difference,
        harm=harm,
        weights=weights,
        wdq=quotient,
        without_wdq=why,
        words=in_words(difference, has_around=AROUND in told),
        lengths=lengths,
        notes=tuple(_notes(question, told, lengths)),
        made_from=inputs,
    )


def _quotient(places: Mapping[str, Place]) -> tuple[Wdq | None, str]:
    if AROUND not in places:
        return None, NO_BUFFER
    target, near, control = (places[key] for key in (TARGET, AROUND, CONTROL))
    try:
        return (
            wdq(
                (target.before, target.after),
                (near.before, near.after),
                (control.before, control.after),
            ),
            "",
        )
    except InvalidInputError as error:
        # The difference is there all the same.
        return None, str(error)


def _notes(
    question: EvaluationQuestion, places: Mapping[str, Place], lengths: Sequence[int]
) -> Iterator[str]:
    before, after = lengths
    if before != after:
        yield UNEQUAL.format(before=before, after=after)
    seasons = [{month % MONTHS_OF_YEAR for month in span.numbers()} for span in question.spans]
    if seasons[0] != seasons[1]:
        yield OTHER_SEASON
    target, control = places[TARGET].before, places[CONTROL].before
    if max(target, control) > ALIKE * min(target, control):
        said = [counted(round(crimes), "crime", "crimes") for crimes in (target, control)]
        yield UNLIKE.format(target=said[0], control=said[1])
    if AROUND not in places:
        yield NO_BUFFER
    yield BY_ITSELF


def in_words(difference: Wdd, *, has_around: bool = False) -> str:
    """What a difference says.

    Args:
        difference: In the target, and around it.
        has_around: Whether ground around was asked about, so that each part is told.
    """
    percent = f"{100 * (1 - difference.level):g} %"
    interval = f"({percent}: {difference.low:+,.1f} to {difference.high:+,.1f})"
    # No minus stands before what rounds to 0.
    if _may_be_chance(difference):
        parts = f"{difference.local:+z,.1f} in the target and {difference.displaced:+z,.1f} around"
        said = f"no difference that could not be chance: {difference.estimate:+z,.1f} crimes"
        return f"{said}, {parts} it {interval}" if has_around else f"{said} {interval}"
    said = f"{_more_or_fewer(difference.estimate, 'crimes ')} than if"
    if not has_around:
        return f"{said} it had changed as its control did {interval}"
    return (
        f"{said} both places had changed as their controls did: "
        f"{_more_or_fewer(difference.local)} in the target and "
        f"{_more_or_fewer(difference.displaced)} around it {interval}"
    )


def _more_or_fewer(crimes: float, noun: str = "") -> str:
    if not round(crimes, 1):
        return "as many"
    return f"{abs(crimes):,.1f} {noun}{'fewer' if crimes < 0 else 'more'}"


def _may_be_chance(difference: Wdd) -> bool:
    return difference.low <= 0 <= difference.high


def _wdd_dict(difference: Wdd) -> dict[str, Any]:
    return {name: _number(value) for name, value in difference._asdict().items()}


def _number(value: float) -> float | None:
    # Adding 0 makes -0.0 what a reader takes it for.
    return None if math.isnan(value) else round(value, DIGITS) + 0.0
