"""Examples of jobs; all made up."""

from typing import Any

QUESTION: dict[str, Any] = {
    "method": "gi_star",
    "forces": ["west-mercia-sample"],
    "categories": ["burglary"],
    "months": {"first": "2024-04", "last": "2025-03"},
    "cell_m": 250,
}
WAITING: dict[str, Any] = {
    "id": "9d2f41c07be84a6135f0c2d1",
    "kind": "hotspots.run",
    "status": "waiting",
    "question": {"question": QUESTION, "name": "Burglary this year", "role": "analyst"},
    "done": 0,
    "total": None,
    "words": "",
    "cancel_asked": False,
    "result": None,
    "error": None,
    "created_at": "2025-06-02T09:30:00Z",
    "created_by": "session:A. Example",
    "started_at": None,
    "ended_at": None,
}
DONE: dict[str, Any] = {
    **WAITING,
    "status": "done",
    "done": 3,
    "total": 3,
    "words": "done",
    "result": "/v1/hotspots/5f2a9c01d3e47b68a1c0b2d4",
    "started_at": "2025-06-02T09:30:00Z",
    "ended_at": "2025-06-02T09:30:02Z",
}
CANCELLED: dict[str, Any] = {
    **WAITING,
    "status": "cancelled",
    "cancel_asked": True,
    "ended_at": "2025-06-02T09:30:01Z",
}
JOBS = {"jobs": [DONE], "next_page_token": "am9iczo0MQ=="}
