"""Examples of saved areas; all made up."""

from typing import Any

from api.examples.audiences import CIRCLE, ONE_TEAM_AREA, REHOMED
from api.examples.boundaries import TOUCHED

SAVED: dict[str, Any] = {
    "id": "5c0a7e1b2d3f4a5b6c7d8e9f",
    "name": "Town centre",
    "owner": "A. Example",
    "created_at": "2025-06-02T09:30:00Z",
    "version": 1,
    "area": {"type": "team", "codes": ["SNT-012"], "edition": None},
    "sentence": "In Castlefields",
    "saved_at": "2025-06-02T09:30:00Z",
    "saved_by": "session:A. Example",
    "note": "",
}
SAVED_AREAS = {"saved_areas": [SAVED]}
SAVE_ASKED: tuple[tuple[str, object], ...] = (
    ("A team", {"name": "Town centre", "area": ONE_TEAM_AREA}),
    ("A circle", {"name": "Round the station", "area": CIRCLE}),
)
VERSION_ASKED: tuple[tuple[str, object], ...] = (
    ("Another team", {"area": ONE_TEAM_AREA, "note": "The team was split in July"}),
)
REVIEW = {
    "saved_area_id": SAVED["id"],
    "name": "Town centre",
    "seq": 42,
    "version": 1,
    "edition": 8,
    "valid_from": "2025-07-01",
    "changes": [TOUCHED],
    "opened_at": "2025-06-02T09:32:00Z",
}
REVIEWS = {"reviews": [REVIEW]}
ONE_SAVED_AREA = {
    **SAVED,
    "versions": [SAVED],
    "rehomed": [REHOMED],
    "problem": None,
    "reviews": [REVIEW],
    "named_by": [{"id": "77d1c0ffee00a1b2c3d4e5f6", "name": "Town and villages"}],
}
OUTLINE = {
    "type": "Feature",
    "id": SAVED["id"],
    "properties": {name: SAVED[name] for name in ("name", "version", "sentence", "area")},
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[-2.75, 52.7], [-2.74, 52.7], [-2.74, 52.71], [-2.75, 52.7]]],
    },
}
JUST_SAVED = {**ONE_SAVED_AREA, "rehomed": [], "named_by": []}
REVIEW_ASKED: tuple[tuple[str, object], ...] = (("One", {"seq": 42}),)
LIST = "postcode\nSY1 1AA\nsy1 2\nSY1 1A\n"
LISTED = {
    "area": {"type": "postcodes", "postcodes": ["SY1 1AA", "SY1 2"]},
    "rejected": [
        {"row": 4, "value": "SY1 1A", "reason": "it does not have the form of a postcode"},
    ],
    "rejected_count": 1,
    "repeated_count": 0,
    "blank_count": 2,
}
REVIEW_CLOSED = {"closed": True}
