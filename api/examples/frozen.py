"""Examples of frozen audiences; figures and references are made up."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.examples.audiences import FIGURES, ONE_TEAM_AREA, SELECTION, SENTENCE
from api.examples.teams import INPUTS

PURPOSE = "Warn of shed break-ins round the retail park"
WHY = {"purpose": PURPOSE, "lawful_basis": "public_task"}
AUDIENCE_ASKED: tuple[tuple[str, object], ...] = (
    ("Everybody in a team", {"selection": {"area": ONE_TEAM_AREA}, **WHY}),
    ("An area with filters", {"selection": SELECTION, **WHY}),
    (
        "At most two alerts in a week, and nobody whom another audience reached",
        {
            "selection": {
                "area": ONE_TEAM_AREA,
                "not_in_audiences": ["7d1a2f4c9b3e5d6f70819a2b"],
                "cap": {"alerts": 2, "days": 7},
            },
            **WHY,
        },
    ),
)
AUDIENCE: dict[str, Any] = {
    "id": "7d1a2f4c9b3e5d6f70819a2b",
    "created_at": "2025-06-02T09:30:00Z",
    "created_by": "key:4f0c9a6be2d1",
    **WHY,
    "asked": SELECTION,
    "selection": SELECTION,
    "sentence": SENTENCE,
    "figures": FIGURES,
    "recipients_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "approval": "not_needed",
    "decision": None,
    "withdrawn_since": 3,
    "unknown_labels": [],
    "inputs": INPUTS,
}
DECISION = {
    "is_approved": True,
    "decided_at": "2025-06-02T09:41:00Z",
    "decided_by": "session:Insp B. Owen",
    "note": "Agreed with the duty officer",
}
APPROVED = {**AUDIENCE, "approval": "approved", "decision": DECISION}
REFUSED = {
    **AUDIENCE,
    "approval": "refused",
    "decision": {**DECISION, "is_approved": False, "note": "Too wide an area"},
}
DECISION_ASKED: tuple[tuple[str, object], ...] = (("With a reason", {"note": DECISION["note"]}),)
AUDIENCES = {
    "audiences": [{**APPROVED, "withdrawn_since": None}],
    "next_page_token": "YXVkaWVuY2VzOjQx",
}


@dataclass(frozen=True)
class Listing:
    """A list in its forms: a page, lines of JSON, rows of CSV."""

    page: Mapping[str, Any]
    lines: str
    rows: str


_PAGE = {
    "recipients": [
        {"position": 0, "reference": "7c0f4c1e-2f6b", "channels": ["email", "text"]},
        {"position": 4, "reference": "8a90d7b2-11c4", "channels": ["text"]},
    ],
    "next_page_token": "N2QxYTJmNGM5YjNlNWQ2ZjcwODE5YTJiOjQ",
    "withdrawn_since": 3,
}
_LINES = (
    '{"position":0,"reference":"7c0f4c1e-2f6b","channels":["email","text"]}\n'
    '{"position":4,"reference":"8a90d7b2-11c4","channels":["text"]}\n'
)
_ROWS = "position,reference,channels\n0,7c0f4c1e-2f6b,email;text\n4,8a90d7b2-11c4,text\n"
RECIPIENTS = Listing(_PAGE, _LINES, _ROWS)
CONTROL = Listing(
    {
        "recipients": [{"position": 412, "reference": "2b11f7aa-90c3", "channels": []}],
        "next_page_token": None,
        "withdrawn_since": 0,
    },
    '{"position":412,"reference":"2b11f7aa-90c3","channels":[]}\n',
    "position,reference,channels\n412,2b11f7aa-90c3,\n",
)
ALERT = {
    "key": "2025-06-02/sheds",
    "sent_at": "2025-06-02T09:45:00Z",
    "recorded_at": "2025-06-02T09:45:02Z",
    "recorded_by": "key:4f0c9a6be2d1",
}
ALERT_ASKED: tuple[tuple[str, object], ...] = (
    ("Sent now", {"key": ALERT["key"]}),
    ("Sent before", {"key": ALERT["key"], "sent_at": ALERT["sent_at"]}),
)
ALERTS = {"alerts": [ALERT], "next_page_token": None}
REPLIES_ASKED: tuple[tuple[str, object], ...] = (
    (
        "Of every channel",
        {"as_of": "2025-06-02T18:00:00Z", "by_channel": {"email": 3, "text": 10, "voice": 0}},
    ),
    ("Of one channel", {"as_of": "2025-06-02T19:00:00Z", "by_channel": {"text": 12}}),
)
REPLIES: dict[str, Any] = {
    "by_channel": {"email": 3, "text": 12, "voice": 0},
    "total": 15,
    "as_of": {
        "email": "2025-06-02T18:00:00Z",
        "text": "2025-06-02T19:00:00Z",
        "voice": "2025-06-02T18:00:00Z",
    },
    "is_rounded": False,
    "per_100": 7.8,
    "more_than_sent": [],
}
REPLIES_TOLD = {**REPLIES, "late": []}
