"""What a layer answers, in one line for its map: which crimes, whose, when, by what."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Protocol

from geo_alerts.hotspots.categories import category
from geo_alerts.maps.words import month_words

MOST_MONTHS_NAMED: Final = 6
METHODS: Final[Mapping[str, str]] = {
    "change": "change between the two",
    "counts": "crimes counted",
    "density": "kernel density",
    "emerging": "emerging hotspots (Gi* of each month and its trend)",
    "gi_star": "Gi*",
    "local_moran": "Local Moran",
    "repeats": "places where crime recurs",
    "risk": "crimes for each of the population",
}

AUTO: Final = "auto"
FORECAST: Final = "a forecast of the next month"

Facts = Mapping[str, Any]


class Answer(Protocol):
    """What is told of an answer, whether it is kept or not."""

    @property
    def name(self) -> str:
        """What people call it; empty for nothing."""

    @property
    def method(self) -> str:
        """Of the question."""

    @property
    def question(self) -> Mapping[str, Any]:
        """The question with every setting that was used, as JSON."""

    @property
    def facts(self) -> Facts:
        """What is told of it as a whole, as JSON."""


def asked_of(run: Answer) -> str:
    """What was asked: crimes, forces, area, months and those missing, method, weights."""
    named = [category(slug).name for slug in run.question.get("categories", ())]
    parts = [
        ", ".join(named) or "All categories",
        f"recorded by {', '.join(run.question['forces'])}",
        *_where(run),
        months_of(run),
        *_method(run),
        *_weights(run),
    ]
    return f"{'; '.join(parts)}."


def question_words(question: Mapping[str, Any]) -> str:
    """What a question that is not answered yet asks: its method, categories and months, if any."""
    method = str(question["method"])
    named = [category(slug).name for slug in question.get("categories", ())]
    months, before = question.get("months"), question.get("compare_with")
    against = f", against {_span(before, {})}" if before else ""
    parts = [
        FORECAST if method == AUTO else METHODS.get(method, method),
        ", ".join(named) or "all categories",
        *((f"{_span(months, {})}{against}",) if months else ()),
    ]
    words = "; ".join(parts)
    return f"{words[:1].upper()}{words[1:]}"


def place_of(run: Answer) -> str:
    """The area that was asked for, in words; empty where none was."""
    return str(run.facts.get("study_area", "")) if run.question.get("area") else ""


def months_of(run: Answer) -> str:
    """The months of a layer's crimes, and which of them are not there."""
    facts, question = run.facts, run.question
    said = _span(question["months"], facts.get("period", {}))
    before = question.get("compare_with")
    return f"{said}, against {_span(before, facts.get('compared_with', {}))}" if before else said


def _span(months: Mapping[str, str], period: Facts) -> str:
    first, last = month_words(months["first"]), month_words(months["last"])
    said = first if first == last else f"{first} to {last}"
    missing = period.get("months_missing", ())
    if not missing:
        return said
    more = len(missing) - MOST_MONTHS_NAMED
    named = ", ".join(missing[:MOST_MONTHS_NAMED])
    return f"{said}, without {named}{f' and {more} more' if more > 0 else ''}: not imported"


def _where(run: Answer) -> Iterator[str]:
    if place := place_of(run):
        yield f"in {place}"


def _method(run: Answer) -> Iterator[str]:
    facts, question = run.facts, run.question
    where = ""
    if question.get("h3_resolution") is not None:
        where = f" in hexagons of H3 resolution {question['h3_resolution']}"
    elif question.get("cell_m") is not None:
        where = f" in cells of {question['cell_m']} m"
    if "foretold_month" in facts:
        yield (
            f"a forecast for {month_words(facts['foretold_month'])}{where}, from "
            f"{facts['foretelling_words']}"
        )
    else:
        yield f"{METHODS.get(run.method, run.method)}{where}"


def _weights(run: Answer) -> Iterator[str]:
    if "harm" in run.facts:
        yield f"harm in days of sentence by the weights {run.facts['harm']['version']}"
    elif run.question.get("weight") is not None:
        yield "each crime counts 1"
