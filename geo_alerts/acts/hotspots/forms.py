"""A question from the fields of a form: what people choose, and nothing that they have not said."""

import json
import re
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
# Where a message says of which setting it speaks.
POINTED: Final = re.compile(r"(?:^|; )/([a-z0-9_]+(?:/[a-z0-9_]+)*): ")
# Fields that are not called like their settings.
FIELD_OF: Final[Mapping[str, str]] = {
    "months": "first",
    "months/last": "last",
    "compare_with": "before_first",
    "compare_with/last": "before_last",
    "area": "team",
    "forces": "force",
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


def faults_of(message: str) -> dict[str, str]:
    """What a message says of single fields, by field; empty where it names none.

    Args:
        message: Faults with the JSON pointers of their settings, as `reading.read` tells them.
    """
    _, *parts = POINTED.split(message)
    found: dict[str, str] = {}
    for setting, fault in zip(parts[::2], parts[1::2], strict=True):
        field = FIELD_OF.get(setting) or FIELD_OF.get(setting.partition("/")[0], setting)
        found[field] = f"{found[field]}; {fault}" if field in found else fault
    return found


def _whole(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise InvalidInputError(f"/{name}: {CALLED[name]}: a whole number is wanted such as 250")
    return int(text)


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise InvalidInputError(
            f"/{name}: {CALLED[name]}: a number is wanted such as 0.05"
        ) from error
