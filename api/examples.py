"""Examples in the description of the API; figures and references are made up."""

from typing import Any

INPUTS = {
    "postcode_edition": "Code-Point Open 2025-05",
    "boundary_edition": "demonstration teams 2025-05",
    "households_edition": "Census 2011",
    "subscribers_as_of": "2025-06-01T00:00:00+00:00",
    "software_version": "0.1.0",
    "demonstration": True,
}

TEAM = {"code": "SNT-031", "name": "Demo Team 031, Shropshire Central"}

POSTCODE = {
    "team": TEAM,
    "margin_m": 86.18,
    "also_in": [],
    "nearest_team": None,
    "nearest_team_m": None,
    "postcode": "SY1 1AD",
    "status": "live",
    "reason": None,
    "easting": 349381.0,
    "northing": 312241.0,
    "longitude": -2.750596,
    "latitude": 52.705472,
    "pqi": 10,
    "position": "published",
    "terminated": None,
}

MALFORMED = {
    **POSTCODE,
    "team": None,
    "margin_m": None,
    "postcode": "SY1",
    "status": "malformed",
    "reason": "SY1 is a district, not a whole postcode",
    "easting": None,
    "northing": None,
    "longitude": None,
    "latitude": None,
    "pqi": None,
    "position": "none",
}

ONE_POSTCODE = {**POSTCODE, "inputs": INPUTS}
POSTCODES_ASKED = {"postcodes": ["sy11ad", "SY1"]}
MANY_POSTCODES = {"postcodes": [POSTCODE, MALFORMED], "inputs": INPUTS}

POINT = {
    "team": TEAM,
    "margin_m": 86.18,
    "also_in": [],
    "nearest_team": None,
    "nearest_team_m": None,
    "easting": 349381.0,
    "northing": 312241.0,
    "inputs": INPUTS,
}

TEAM_ROW = {
    **TEAM,
    "area_m2": 4_210_350,
    "units": 512,
    "bounds": [-2.781, 52.691, -2.731, 52.722],
}
ONE_TEAM = {**TEAM_ROW, "inputs": INPUTS}
MANY_TEAMS = {"teams": [TEAM_ROW], "inputs": INPUTS}

FEATURE: dict[str, Any] = {
    "type": "Feature",
    "id": "SNT-031",
    "bbox": [-2.781, 52.691, -2.731, 52.722],
    "properties": {**TEAM, "area_m2": 4_210_350, "units": 512},
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[-2.781, 52.691], [-2.731, 52.691], [-2.731, 52.722], [-2.781, 52.691]]],
    },
}
ONE_FEATURE = {**FEATURE, "inputs": INPUTS}
FEATURES = {"type": "FeatureCollection", "features": [FEATURE], "inputs": INPUTS}

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
    "without_channel": 6,
    "withheld": False,
}
PREVIEW = {**FIGURES, "explanation": None, "inputs": INPUTS}

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

HEALTH = {"alive": True, "ready": True, "waiting_for": None}
COVERAGE_MAP = '<!doctype html><html lang="en"><title>Coverage</title>…</html>'
AREA_SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Target area",
    "oneOf": [{"$ref": "#/$defs/TeamArea"}],
    "$defs": {"TeamArea": {"type": "object"}},
}
