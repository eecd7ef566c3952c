"""A question from the fields of a form: what people choose, and nothing that they have not said."""

import json
from collections.abc import Mapping
from typing import Any, Final

from geo_alerts.acts.hotspots.questions import Question
from geo_alerts.acts.hotspots.reading import read
from geo_alerts.errors import InvalidInputError

# A field that is named so, and on, is a category.
CATEGORY: Final = "category-"
ON: Final = "on"
WORDS: Final = ("method", "missing", "positions", "weight")
WHOLE: Final = ("cell_m", "least_count", "recent_months")
NUMBERS: Final = ("bandwidth_m", "share_percent", "level")
# What people call a field that holds no number.
CALLED: Final[Mapping[str, str]] = {
    "cell_m": "the side of cells",
    "least_count": "the least number of crimes",
    "recent_months": "how many months are recent",
    "bandwidth_m": "the bandwidth",
    "share_percent": "the top share",
    "level": "the level",
}


def question_of(fields: Mapping[str, str]) -> Question:
    """The question that a form asks.

    Args:
        fields: By name; empty ones were not said. `question` alone holds a whole question as JSON.

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
    if asked.get("method") == "change":
        before = {"first": said.get("before_first", ""), "last": said.get("before_last", "")}
        asked["compare_with"] = before
    if "team" in said:
        asked["area"] = {"type": "team", "codes": [said["team"]]}
    elif "saved_area" in said:
        asked["area"] = {"type": "saved", "id": said["saved_area"]}
    return read(Question, json.dumps(asked))


def _whole(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise InvalidInputError(f"{CALLED[name]}: a whole number is wanted such as 250")
    return int(text)


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise InvalidInputError(f"{CALLED[name]}: a number is wanted such as 0.05") from error
