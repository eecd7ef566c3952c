"""Examples of crimes."""

from typing import Any

MONTHS: dict[str, Any] = {
    "months": [
        {
            "force": "west-mercia",
            "month": "2025-03",
            "kind": "street",
            "source": "2025-03.zip/2025-03/2025-03-west-mercia-street.csv",
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "rows": 366,
            "located": 358,
            "recorded_at": "2025-06-02T09:00:00Z",
            "categories": [
                {"category": "burglary", "rows": 320, "located": 312, "outside": 1},
                {"category": "robbery", "rows": 46, "located": 46, "outside": 0},
            ],
        }
    ],
    "missing": [{"force": "west-mercia", "months": ["2025-01", "2025-02"]}],
    "next_page_token": None,
}
