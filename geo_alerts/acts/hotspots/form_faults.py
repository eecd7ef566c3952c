"""What was wrong with a form, by its fields and in the words that stand on it."""

import re
from collections.abc import Mapping
from typing import Final

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
# What the form calls settings that messages name, longer names first.
CALLED: Final[Mapping[str, str]] = {
    "months.first": "First month",
    "compare_with": "First month of before",
    "cell_m": "Side of cells",
    "bandwidth_m": "Bandwidth",
    "share_percent": "Top share of the cells",
    "least_count": "Least number of crimes",
}
NAMED: Final = re.compile("|".join(re.escape(name) for name in CALLED))
UNUSED: Final = re.compile(r"[a-z_]+ does not use [a-z0-9_]+: leave it out")
NOT_USED: Final = "what you chose to know does not use this: leave it empty, or as is usual"
# The one fault of months that comes without its setting: it may be of either period.
MISSING: Final = re.compile(r"months of crimes are missing: (\d{4}-\d{2})")


def faults_of(message: str, sent: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a message says of single fields, by field; empty where it names none.

    Args:
        message: Faults with the JSON pointers of their settings, as `reading.read` tells them.
        sent: The fields of the form.
    """
    fields = sent or {}
    if missing := MISSING.match(message):
        is_later = missing[1] >= fields.get("first", "")
        is_now = fields.get("method") != "change" or is_later
        return {"first" if is_now else "before_first": in_form_words(message)}
    _, *parts = POINTED.split(message)
    found: dict[str, str] = {}
    for setting, fault in zip(parts[::2], parts[1::2], strict=True):
        field = _field_of(setting, fields)
        words = in_form_words(fault)
        found[field] = f"{found[field]}; {words}" if field in found else words
    return found


def in_form_words(message: str) -> str:
    """A message with the names that settings have on the form."""
    plain = UNUSED.sub(NOT_USED, message)
    return NAMED.sub(lambda name: f"“{CALLED[name[0]]}”", plain)


def _field_of(setting: str, fields: Mapping[str, str]) -> str:
    field = FIELD_OF.get(setting) or FIELD_OF.get(setting.partition("/")[0], setting)
    is_saved = field == "team" and fields.get("saved_area") and not fields.get("team")
    return "saved_area" if is_saved else field
