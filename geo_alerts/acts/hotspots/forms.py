"""A question from the fields of a form: what people choose, and nothing that they have not said."""

import json
from collections.abc import Mapping
from typing import Any, Final

from geo_alerts.acts.hotspots.questions import Question
from geo_alerts.acts.hotspots.reading import read
from geo_alerts.acts.hotspots.running import bounded_name
from geo_alerts.errors import InvalidInputError, PersonalDataError

# A field that is named so, and on, is a category.
CATEGORY: Final = "category-"
ON: Final = "on"
WORDS: Final = ("method", "missing", "positions", "weight")
WHOLE: Final = ("cell_m", "least_count", "recent_months")
NUMBERS: Final = ("bandwidth_m", "share_percent", "level")
YEAR_DIGITS: Final = 4
MOST_DIGITS: Final = 9
ONLY_OF_CHANGE: Final = "only a change between two periods uses this: leave it as it was"
NOT_BOTH: Final = "choose a team or a saved area, not both"


def question_of(fields: Mapping[str, str]) -> Question:
    """The question that a form asks.

    Args:
        fields: By name; empty ones were not said. `question` alone holds a whole question as JSON.
            Of change, months of before that were not said are the same months a year earlier.

    Raises:
        InvalidInputError: It is no question; every fault is told.
    """
    if fields.get("question", "").strip():
        return read(Question, fields["question"])
    said = {name: value.strip() for name, value in fields.items() if value.strip()}
    asked: dict[str, Any] = {name: said[name] for name in WORDS if name in said}
    asked |= {name: _whole(name, said[name]) for name in WHOLE if name in said}
    asked |= {name: _number(name, said[name]) for name in NUMBERS if name in said}
    asked["forces"] = [said["force"]] if "force" in said else []
    asked["categories"] = sorted(
        name.removeprefix(CATEGORY)
        for name, value in said.items()
        if name.startswith(CATEGORY) and value == ON
    )
    asked["months"] = {"first": said.get("first", ""), "last": said.get("last", "")}
    asked["compare_with"] = _before(said)
    asked["area"] = _area(said)
    return read(Question, json.dumps(asked))


def name_of(fields: Mapping[str, str]) -> str:
    """The name that a form gives a layer, without spaces at its ends; empty for none.

    Raises:
        InvalidInputError: It is too long; the message begins with the field.
        PersonalDataError: It holds contact details; likewise.
    """
    try:
        return bounded_name(fields.get("name", ""))
    except (InvalidInputError, PersonalDataError) as error:
        raise type(error)(f"/name: {error}") from error


def _area(said: Mapping[str, str]) -> dict[str, Any] | None:
    if "team" in said and "saved_area" in said:
        raise InvalidInputError(f"/area: {NOT_BOTH}")
    if "team" in said:
        return {"type": "team", "codes": [said["team"]]}
    return {"type": "saved", "id": said["saved_area"]} if "saved_area" in said else None


def _before(said: Mapping[str, str]) -> dict[str, str] | None:
    if said.get("method") != "change":
        # Nobody is to believe that it did something.
        if {"before_first", "before_last"} & said.keys():
            raise InvalidInputError(f"/compare_with: {ONLY_OF_CHANGE}")
        return None
    return {
        name: said.get(f"before_{name}") or _year_earlier(said.get(name, ""))
        for name in ("first", "last")
    }


def _year_earlier(month: str) -> str:
    year, rest = month[:YEAR_DIGITS], month[YEAR_DIGITS:]
    return f"{int(year) - 1}{rest}" if year.isascii() and year.isdigit() else ""


def _whole(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise InvalidInputError(f"/{name}: a whole number is wanted such as 250")
    return int(text)


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise InvalidInputError(f"/{name}: a number is wanted such as 0.05") from error
