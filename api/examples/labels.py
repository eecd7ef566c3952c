"""Examples of groups and topics."""

from typing import Any

LABEL: dict[str, Any] = {"kind": "group", "name": "Farm Watch", "sensitive": False}
SENSITIVE: dict[str, Any] = {**LABEL, "name": "refuge", "sensitive": True}
LABELS: dict[str, Any] = {"labels": [LABEL, {**LABEL, "kind": "topic", "name": "burglary"}]}
MARKED: dict[str, Any] = {**SENSITIVE, "unknown": None}
