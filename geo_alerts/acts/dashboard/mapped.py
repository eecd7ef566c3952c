"""The hotspot map of a dashboard: what is asked for its state, and what is there to be shown."""

from dataclasses import dataclass, replace
from typing import Any, Final

from geo_alerts.acts.dashboard.settling import YEAR, Settled
from geo_alerts.acts.hotspots.looking import Look, look
from geo_alerts.acts.hotspots.mapping import REPEATS
from geo_alerts.acts.hotspots.questions import LEAST_STEPS, USUAL, MonthSpan, Question
from geo_alerts.acts.hotspots.telling import Words, words_of
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import Role
from geo_alerts.errors import GeoAlertsError, InvalidInputError
from geo_alerts.hotspots.months import month_text

# So that hot cells are told in three steps: 90, 95 and 99 %.
THREE_STEPS: Final = 0.1
# Their classes come from what is there, and would be others in each month.
OF_VALUES: Final = frozenset({"counts", "density"})


@dataclass(frozen=True, slots=True)
class MonthShown:
    """A month that the slider stands at, and whether it is imported."""

    text: str
    is_there: bool


@dataclass(frozen=True, eq=False)
class Mapped:
    """What the map section shows before any script runs.

    Attributes:
        look: The answer; None where it was refused.
        words: What is said of it.
        refused: Why there is none, in words; empty where there is one.
        months: Those of the slider, the first imported to the last.
    """

    look: Look | None
    words: Words | None
    refused: str
    months: tuple[MonthShown, ...]


def map_question(settled: Settled) -> Question:
    """What the map asks for a state.

    Raises:
        InvalidInputError: The months are too few for the method.
    """
    method = settled.state.method
    if method == REPEATS:
        return repeats_question(settled)
    others: dict[str, Any] = {}
    if "weight" in USUAL[method]:
        others["weight"] = settled.state.weight
    if method == "gi_star":
        others["level"] = THREE_STEPS
    if method == "change":
        others["compare_with"] = _year_before(settled)
    if method == "emerging":
        others["months"] = settled.strip_span()
        if len(settled.strip_span().numbers()) < LEAST_STEPS:
            raise InvalidInputError(
                f"emerging hotspots need {LEAST_STEPS} months or more up to the one chosen: choose "
                "a later month or another method"
            )
    return settled.question(method, **others)


def repeats_question(settled: Settled) -> Question:
    """What is asked of repeat locations: of the whole force, so that ranks and keys are its own."""
    return settled.question(REPEATS, months=settled.strip_span(), area=None)


def look_for(live: Live, settled: Settled, role: Role) -> Look:
    """The answer that the map shows.

    Counts and densities have the classes of the latest months, whichever are shown: a colour means
    the same all along the slider, and in every view that is sent on.

    Raises:
        GeoAlertsError: As `looking.look`, and `map_question`.
    """
    if settled.state.method in OF_VALUES:
        return _in_same_classes(live, settled, role)
    found = look(live, map_question(settled), role)
    if found.method != REPEATS or settled.is_whole:
        return found
    codes = set(settled.teams.layer.code[settled.chosen].tolist())
    return replace(found, areas=tuple(one for one in found.areas if one.facts["team"] in codes))


def _in_same_classes(live: Live, settled: Settled, role: Role) -> Look:
    latest = settled.latest()
    found = look(live, map_question(latest), role)
    title = f"{found.title} (classes of {latest.words}, the same in every month)"
    if settled.last != latest.last:
        found = look(live, map_question(settled), role, limits=found.limits)
    return replace(found, title=title)


def mapped(live: Live, settled: Settled, role: Role) -> Mapped:
    """What the map section shows for a state; what is refused is told in words."""
    months = tuple(
        MonthShown(month_text(month), month in settled.there)
        for month in range(settled.there[0], settled.there[-1] + 1)
    )
    try:
        found = look_for(live, settled, role)
    except GeoAlertsError as error:
        return Mapped(None, None, str(error), months)
    return Mapped(found, words_of(found, found.areas), "", months)


def _year_before(settled: Settled) -> MonthSpan:
    span = settled.span
    return MonthSpan(first=month_text(span[0] - YEAR), last=month_text(span[-1] - YEAR))
