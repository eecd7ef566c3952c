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
    "edge": {"low": 377, "high": 447, "people": 35},
    "error": None,
    "errors": None,
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
SENTENCE = (
    "People within 400 m of SY1 1AD, or in SY1 2, who belong to Neighbourhood Watch co-ordinator "
    "and want emails or text messages about burglary"
)
PREVIEW = {
    "question": 17,
    "sentence": SENTENCE,
    **FIGURES,
    "distances": [{"pointer": "/area/areas/0", "holding": 400, "metres": 700}],
    "saved": [{"id": "5f2a9c01d3e47b68a1c0b2d4", "version": 3}],
    "rehomed": [REHOMED],
    "unknown_labels": [{"kind": "topic", "name": "burglery", "nearest": "burglary"}],
    "inputs": INPUTS,
}
