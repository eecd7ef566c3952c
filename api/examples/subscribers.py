"""Examples of subscribers' changes; all made up."""

from typing import Any

UPSERT_ASKED: tuple[tuple[str, object], ...] = (
    (
        "Somebody new",
        {
            "reference": "R-0012",
            "at": "2025-06-01T09:00:00Z",
            "postcodes": ["SY1 1AA"],
            "channels": ["email", "text"],
            "topics": ["burglary"],
            "joined": "2025-06-01",
        },
    ),
    ("Other channels", {"reference": "R-0012", "channels": ["email"]}),
)
WITHDRAWAL_ASKED: tuple[tuple[str, object], ...] = (
    ("From all", {"reference": "R-0012", "at": "2025-06-02T18:30:00Z", "from": "all"}),
    ("From text messages", {"reference": "R-0012", "from": ["channel:text"]}),
)
ERASURE_ASKED: tuple[tuple[str, object], ...] = (("One person", {"reference": "R-0012"}),)
CHANGED: dict[str, Any] = {
    "outcome": "added",
    "left_out": [],
    "was_known": False,
    "not_had": [],
    "has": [],
    "lacks": [],
}
WITHDRAWN: dict[str, Any] = {
    "outcome": "withdrawn",
    "left_out": [],
    "was_known": True,
    "not_had": [],
    "has": [],
    "lacks": [],
}
ERASED = {"erased": True}
FEED = [
    {
        "change": "upsert",
        "reference": "R-0012",
        "at": "2025-06-01T09:00:00Z",
        "postcodes": ["SY1 1AA", "SY1"],
        "channels": ["text"],
    },
    {"change": "withdraw", "reference": "R-0013", "at": "2025-06-01T09:00:05Z"},
    {"change": "withdraw", "reference": "R-0014"},
]
FEED_LINES = (
    '{"change": "withdraw", "reference": "R-0013", "at": "2025-06-01T09:00:05Z"}\n'
    '{"change": "upsert", "reference": "R-0012", "at": "2025-06-01T09:01:00Z", "channels": []}\n'
)
FED: dict[str, Any] = {
    "counts": {"added": 1, "withdrawn": 1, "refused": 1},
    "changes": [
        {
            "line": 1,
            "outcome": "added",
            "reason": None,
            "left_out": [{"field": "postcodes", "reason": "value 2 is no postcode"}],
            "was_known": False,
            "not_had": [],
        },
        {
            "line": 2,
            "outcome": "withdrawn",
            "reason": None,
            "left_out": [],
            "was_known": True,
            "not_had": [],
        },
        {
            "line": 3,
            "outcome": "refused",
            "reason": "at: is missing",
            "left_out": [],
            "was_known": None,
            "not_had": [],
        },
    ],
}
