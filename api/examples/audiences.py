"""Examples of audiences; figures and references are made up."""

from typing import Any

from api.examples.teams import INPUTS, TEAM

CIRCLE = {"type": "radius", "centre": {"postcode": "SY1 1AD"}, "metres": 400}
ONE_TEAM_AREA = {"type": "team", "codes": ["SNT-031"]}
SELECTION: dict[str, Any] = {
    "area": {"type": "union", "areas": [CIRCLE, {"type": "postcodes", "postcodes": ["SY1 2"]}]},
    "reach": "centre",
    "groups": {"any_of": ["Neighbourhood Watch co-ordinator"], "all_of": [], "none_of": []},
    "topics": {"any_of": ["burglary"], "all_of": [], "none_of": []},
    "channels": ["text", "email"],
}
SELECTIONS: tuple[tuple[str, object], ...] = (
    ("Everybody in a team", {"area": ONE_TEAM_AREA}),
    ("Within 400 m of a postcode, or in a sector, with filters", SELECTION),
)
FIGURES = {
    "people": 412,
    "places": 448,
    "deliveries": {"email": 371, "text": 240},
    "by_team": [{**TEAM, "people": 412}],
    "left_out": {"no_channel": 6, "other_channels": 31},
    "edge": {"low": 380, "high": 447, "people": 35},
    "error": None,
    "not_counted": [],
}
REHOMED = {
    "layer": "team",
    "code": "SNT-012",
    "name": "Demo Team 012",
    "rule": "last_ground",
    "to": ["SNT-031", "SNT-030"],
    "until": "2025-04-01",
}
PREVIEW = {"question": 17, **FIGURES, "rehomed": [REHOMED], "inputs": INPUTS}

PURPOSE = "Warn of shed break-ins round the retail park"
AUDIENCE_ASKED: tuple[tuple[str, object], ...] = (
    ("Everybody in a team", {"selection": {"area": ONE_TEAM_AREA}, "purpose": PURPOSE}),
    ("An area with filters", {"selection": SELECTION, "purpose": PURPOSE}),
)
AUDIENCE = {
    "id": "aud_7d1a2f4c9b3e",
    "created_at": "2025-06-02T09:30:00Z",
    "created_by": "key:4f0c9a6be2d1",
    "purpose": PURPOSE,
    "selection": SELECTION,
    "figures": FIGURES,
    "recipients_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "inputs": INPUTS,
}
RECIPIENTS = {
    "recipients": [{"reference": "7c0f4c1e-2f6b"}, {"reference": "8a90d7b2-11c4"}],
    "next_page_token": "MTAwMA",
    "withdrawn_since": 3,
}
RECIPIENT_LINES = '{"reference":"7c0f4c1e-2f6b"}\n{"reference":"8a90d7b2-11c4"}\n'
