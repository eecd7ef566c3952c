"""The demonstration teams' contact details: made up from beginning to end.

Addresses are of example.org, which is nobody's (RFC 2606); telephone numbers are those that Ofcom
keeps for drama, 01632 960000 to 960999; surnames say that they are none. The shape is that of
data.police.uk's neighbourhood calls, all teams in one file.
"""

import json
from datetime import date, timedelta
from typing import Any

AS_OF = "2025-04-30"
FIRST_NAMES = ("Alex", "Billie", "Charlie", "Dana", "Eddie", "Frankie", "Gwyn")
SURNAMES = ("Example", "Sample", "Specimen", "Placeholder", "Madeup")
RANKS = ("Sergeant", "PC", "PCSO")
ISSUES = (
    ("Theft from vans", "Evening patrols; two talks on marking tools."),
    ("Speeding past the school", "Speed checks with residents on four mornings."),
    ("Quad bikes stolen from farms", "Visits to 30 farms; marking of machines."),
    ("Anti-social behaviour in the park", "Patrols on foot after school."),
    ("Shoplifting", None),
    ("Doorstep fraud", "Letters to all households with the council."),
)
# One that is over for whoever tries the sample, and one that is not.
FIRST_EVENTS = (date(2025, 5, 6), date(2035, 5, 8))


def contacts_json(teams: str) -> str:
    """Write the contact details of every team, a team a line.

    Args:
        teams: The teams as GeoJSON, as `teams_geojson` gives them.

    Returns:
        The file's text.
    """
    head = {
        "name": "Demonstration contact details: nobody, no address and no event in them exists",
        "demonstration": True,
        "as_of": AS_OF,
    }
    lines = [
        json.dumps(_neighbourhood(number, feature["properties"]))
        for number, feature in enumerate(json.loads(teams)["features"], 1)
    ]
    body = ",\n".join(lines)
    return f'{json.dumps(head)[:-1]}, "neighbourhoods": [\n{body}\n]}}\n'


def _neighbourhood(number: int, team: dict[str, Any]) -> dict[str, Any]:
    page = f"demo-team-{number:03d}"
    return {
        "id": team["code"],
        "name": team["name"],
        "url_force": f"https://example.org/{page}",
        "contact_details": {
            "email": f"{page}@example.org",
            "telephone": f"01632 960{number:03d}",
            "facebook": f"https://social.example.org/{page}",
        },
        "description": (
            f"<p>{team['name']} is a demonstration: no police force has this team.</p>"
            f"<p>{_ground(team)}</p>"
        ),
        "people": [_officer(number, place) for place in range(3 + number % 3)],
        "events": [_event(number, first, team["district"]) for first in FIRST_EVENTS],
        "priorities": [_priority(number, place) for place in range(2)],
    }


def _ground(team: dict[str, Any]) -> str:
    wards = len(team["wards"])
    return f"It covers {wards} {'ward' if wards == 1 else 'wards'} of {team['district']}."


def _officer(number: int, place: int) -> dict[str, Any]:
    at = 3 * number + place
    name = f"{FIRST_NAMES[at % len(FIRST_NAMES)]} {SURNAMES[at % len(SURNAMES)]}"
    return {
        "name": name,
        "rank": RANKS[min(place, len(RANKS) - 1)],
        "bio": None,
        "contact_details": {},
    }


def _event(number: int, first: date, district: str) -> dict[str, Any]:
    day = (first + timedelta(days=number % 28)).isoformat()
    return {
        "title": "Demonstration drop-in",
        "type": "meeting",
        "description": "<p>Meet the team. There is no such meeting.</p>",
        "address": f"Example Hall {number}, {district}",
        "start_date": f"{day}T18:00:00",
        "end_date": f"{day}T19:30:00",
        "contact_details": {},
    }


def _priority(number: int, place: int) -> dict[str, Any]:
    issue, action = ISSUES[(number + 2 * place) % len(ISSUES)]
    agreed = date(2025, 1, 6) + timedelta(days=7 * (number % 12) + place)
    return {
        "issue": f"<p>{issue}.</p>",
        "issue-date": f"{agreed}T00:00:00",
        "action": f"<p>{action}</p>" if action else None,
        "action-date": f"{agreed + timedelta(days=28)}T00:00:00" if action else None,
    }
