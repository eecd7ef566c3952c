"""Examples of the audit trail; all made up."""

from typing import Any

ENTRY: dict[str, Any] = {
    "seq": 217,
    "at": "2025-06-02T09:31:00Z",
    "act": "key.create",
    "who": "cli:operator",
    "role": "admin",
    "details": {"id": "0f3a5c7e9b1d", "name": "alert system", "role": "alert_system"},
    "sha256": "4a1f0c9d2e7b58360f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a6978",
}
PAGE = {"entries": [ENTRY], "next_page_token": "YXVkaXQ6MjE3"}
