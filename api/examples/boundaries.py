"""Examples of editions of boundaries, checks, repairs and comparisons; all made up."""

from typing import Any

EDITION: dict[str, Any] = {
    "id": 8,
    "layer": "team",
    "label": "Teams from July 2025",
    "state": "scheduled",
    "days": [{"valid_from": "2025-07-01", "until": None}],
    "valid_from": "2025-07-01",
    "recorded_at": "2025-06-02T09:30:00Z",
    "recorded_by": "session:A. Example",
    "source_name": "teams-2025.geojson",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "licence": "Open Government Licence v3.0",
    "is_demonstration": False,
    "areas": 82,
    "parent_layer": "local_policing_area",
    "repaired_from": None,
    "checked_at": "2025-06-02T09:31:00Z",
    "notes": {"fields": "codes from code, names from name", "crs": "EPSG:4326", "notes": []},
}
DRAFT = {**EDITION, "state": "draft", "days": [], "checked_at": None}
OLD = {
    **EDITION,
    "id": 7,
    "label": "Teams",
    "state": "active",
    "days": [{"valid_from": "2024-01-01", "until": "2025-07-01"}],
    "valid_from": None,
}
EDITIONS = {"editions": [EDITION, OLD]}

UPLOADED_FILE = '{"type": "FeatureCollection", "features": []}'
IMPORTED = {
    "outcome": "imported",
    "edition": DRAFT,
    "counts": {"rows": 82, "areas": 82},
    "notes": ["codes from code, names from name"],
}

GAP: dict[str, Any] = {
    "kind": "gap",
    "severity": "warning",
    "codes": ["SNT-030", "SNT-031"],
    "easting": 349381.0,
    "northing": 312241.0,
    "size": 120.5,
    "unit": "m2",
    "detail": "120 m2 between SNT-030 and SNT-031 that none of them has",
}
CHECK_ASKED: tuple[tuple[str, object], ...] = (
    ("The usual lines", {}),
    ("Wider gaps", {"gap_max_width_m": 20.0}),
)
REPORT = {
    "passed": True,
    "areas": 82,
    "vertices": 41_204,
    "options": {
        "sliver_width_m": 1.0,
        "far_m": 2_000.0,
        "gap_max_width_m": 5.0,
        "force_edge_m": 50.0,
    },
    "kinds": [
        {
            "kind": "gap",
            "severity": "warning",
            "count": 1,
            "largest": 120.5,
            "total": 120.5,
            "unit": "m2",
        }
    ],
    "faults": [GAP],
    "not_listed": 0,
}
CHECKED = {**EDITION, "state": "checked", "days": [], "check": REPORT}

REPAIR_ASKED: tuple[tuple[str, object], ...] = (("Within a metre", {"tolerance_m": 1.0}),)
REPAIRED = {
    "edition": {**DRAFT, "id": 9, "repaired_from": 8},
    "original": DRAFT,
    "tolerance_m": 1.0,
    "changes": [
        {
            "kind": "gap_closed",
            "codes": ["SNT-030", "SNT-031"],
            "easting": 349381.0,
            "northing": 312241.0,
            "area_m2": 120.5,
            "moved_m": 0.82,
            "gained_m2": {"SNT-031": 120.5},
            "lost_m2": {},
            "detail": "the gap went to SNT-031",
            "units": 0,
            "people": 0,
        }
    ],
    "not_listed": 0,
    "balance": [
        {
            "code": "SNT-031",
            "before_m2": 4_210_350.25,
            "gained_m2": 120.5,
            "lost_m2": 0.0,
            "after_m2": 4_210_470.75,
            "moved_m": 0.82,
        }
    ],
    "left": [],
    "units_moved": 0,
    "people_moved": 0,
}

TOUCHED = {
    "code": "SNT-012",
    "name": "Demo Team 012",
    "rule": "last_ground",
    "kind": "split",
    "to": ["SNT-031", "SNT-030"],
    "shares": [0.61, 0.39],
    "units": 480,
    "units_lost": 0,
    "units_gained": 0,
}
TOUCHED_AREA = {"id": "5c0a7e1b2d3f4a5b6c7d8e9f", "saved_as": "Town centre", **TOUCHED}
ACTIVATE_ASKED: tuple[tuple[str, object], ...] = (
    ("From a day on", {"valid_from": "2025-07-01", "seen_seq": 41, "confirmed": True}),
)
ACTIVATED = {
    "edition": EDITION,
    "valid_from": "2025-07-01",
    "changed": True,
    "to_review": [TOUCHED_AREA],
}

AREA = {
    "code": "SNT-031",
    "name": "Demo Team 031, Shropshire Central",
    "parent_code": "LPA-3",
    "identity": "SNT-031@1",
    "area_m2": 4_210_350,
    "bounds": [-2.781, 52.691, -2.731, 52.722],
}
AREAS = {"edition": EDITION, "areas": [AREA]}
AREA_FEATURES: dict[str, Any] = {
    "type": "FeatureCollection",
    "edition": EDITION,
    "features": [
        {
            "type": "Feature",
            "id": "SNT-031",
            "bbox": AREA["bounds"],
            "properties": {name: value for name, value in AREA.items() if name != "bounds"},
            "geometry": {
                "type": "MultiPolygon",
                "coordinates": [
                    [[[-2.781, 52.691], [-2.731, 52.691], [-2.731, 52.722], [-2.781, 52.691]]]
                ],
            },
        }
    ],
}

MOVE = {"postcode": "SY1 1AD", "old_code": "SNT-012", "new_code": "SNT-031"}
COMPARISON = {
    "finding": "82 teams before, 82 after: 80 unchanged, 1 split, 1 added. 480 of 41,000 live "
    "postcodes go to another team, with 1,210 people.",
    "old": OLD,
    "new": EDITION,
    "seq": 41,
    "teams": {
        "before": 82,
        "after": 82,
        "unchanged": 80,
        "renamed": 0,
        "reshaped": 1,
        "recoded": 0,
        "split": 1,
        "merged": 0,
        "removed": 0,
        "added": 1,
    },
    "changes": [
        {
            "kind": "split",
            "old_code": "SNT-012",
            "old_name": "Demo Team 012",
            "new_code": "SNT-031",
            "new_name": "Demo Team 031, Shropshire Central",
            "share_of_old": 0.61,
            "share_of_new": 0.2,
        }
    ],
    "crosswalk": [
        {
            "old_code": "SNT-012",
            "old_name": "Demo Team 012",
            "new_code": "SNT-031",
            "new_name": "Demo Team 031, Shropshire Central",
            "is_same_team": False,
            "m2": 842_070.0,
            "share_of_old": 0.61,
            "share_of_new": 0.2,
            "units": 480,
            "people": 1_210,
        }
    ],
    "crosswalk_rows": 164,
    "units": 41_000,
    "moved": {
        "units": 480,
        "units_to_a_team_of_the_same_name": 0,
        "people": 1_210,
        "postcodes": [MOVE],
    },
    "into_gap": {"units": 0, "people": 0, "m2": 0.0, "postcodes": []},
    "out_of_gap": {"units": 0, "m2": 0.0, "postcodes": []},
    "onto_edge": {"units": 1, "postcodes": [MOVE]},
    "off_edge": {"units": 0, "postcodes": []},
    "overlaps": {"before": {"units": 0, "m2": 0.0}, "after": {"units": 0, "m2": 0.0}},
    "saved_areas": [TOUCHED_AREA],
    "audiences": [
        {
            "id": "aud_7d1a2f4c9b3e",
            "created_at": "2025-06-02T09:30:00Z",
            "purpose": "Warn of shed break-ins round the retail park",
            **TOUCHED,
        }
    ],
}
DOCUMENT = '<!doctype html><html lang="en"><title>Map</title>…</html>'
FILE = "the file"
