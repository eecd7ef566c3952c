"""Examples of look-ups and teams; figures are made up."""

from typing import Any

INPUTS = {
    "postcode_edition": "Code-Point Open 2025-05",
    "boundary_edition": "demonstration teams 2025-05",
    "boundary_edition_id": 7,
    "households_edition": "Census 2011",
    "subscribers_as_of": "2025-06-01T00:00:00+00:00",
    "as_of": "2025-06-02",
    "software_version": "0.1.0",
    "demonstration": True,
}

TEAM = {"code": "SNT-031", "name": "Demo Team 031, Shropshire Central"}
NEXT_TEAM = {"code": "SNT-030", "name": "Demo Team 030, Shropshire Central"}
PARENT = {"layer": "local_policing_area", "code": "LPA-3", "name": "Demo Shropshire"}

CONTACT: dict[str, Any] = {
    "email": "team031@example.org",
    "telephone": "01632 960031",
    "mobile": None,
    "web": "https://www.example.org/teams/031",
    "social": {},
    "officers": [{"name": "A. Example", "rank": "Sergeant"}],
    "events": [
        {
            "title": "Meet the team",
            "starts_at": "2025-06-12T18:00:00+01:00",
            "ends_at": "2025-06-12T20:00:00+01:00",
            "place": "The library",
            "description": None,
        }
    ],
    "priorities": [
        {
            "issue": "Shed break-ins round the retail park",
            "issued_on": "2025-05-01",
            "action": "Patrols in the evening",
            "acted_on": "2025-05-20",
        }
    ],
    "description": None,
    "source": "contacts.json",
    "as_of": "2025-05",
}

COVERED: dict[str, Any] = {
    "team": TEAM,
    "margin_m": 86.18,
    "also_in": [],
    "nearest_team": NEXT_TEAM,
    "nearest_team_m": 86.18,
    "candidates": [{**TEAM, "share": 0.8215}, {**NEXT_TEAM, "share": 0.1785}],
    "share_in_none": 0.0,
    "is_on_edge": True,
}

POSTCODE = {
    **COVERED,
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
    "nearest_team": None,
    "nearest_team_m": None,
    "candidates": [],
    "share_in_none": None,
    "is_on_edge": None,
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

ONE_POSTCODE = {**POSTCODE, "contact": CONTACT, "inputs": INPUTS}
POSTCODES_ASKED: tuple[tuple[str, object], ...] = (
    ("Two", {"postcodes": ["sy11ad", "SY1"]}),
    ("As of a day", {"postcodes": ["SY1 1AD"], "as_of": "2025-04-01"}),
)
MANY_POSTCODES = {
    "postcodes": [POSTCODE, MALFORMED],
    "contacts": {"SNT-031": CONTACT},
    "inputs": INPUTS,
}

POINT = {
    **COVERED,
    "easting": 349381.0,
    "northing": 312241.0,
    "contact": CONTACT,
    "inputs": INPUTS,
}

FACTS: dict[str, Any] = {
    **TEAM,
    "identity": "SNT-031@1",
    "parents": [PARENT],
    "area_m2": 4_210_350,
    "units": 512,
    "contact": CONTACT,
}
TEAM_ROW = {**FACTS, "bounds": [-2.781, 52.691, -2.731, 52.722]}
ONE_TEAM = {**TEAM_ROW, "inputs": INPUTS}
MANY_TEAMS = {"teams": [TEAM_ROW], "inputs": INPUTS}

FEATURE: dict[str, Any] = {
    "type": "Feature",
    "id": "SNT-031",
    "bbox": [-2.781, 52.691, -2.731, 52.722],
    "properties": FACTS,
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[-2.781, 52.691], [-2.731, 52.691], [-2.731, 52.722], [-2.781, 52.691]]],
    },
}
ONE_FEATURE = {**FEATURE, "inputs": INPUTS}
FEATURES = {"type": "FeatureCollection", "features": [FEATURE], "inputs": INPUTS}
