"""Examples of looks at hotspots; all made up."""

from typing import Any

from api.examples.hotspots import LAYER, POLYGON
from api.examples.jobs import QUESTION

LOOK_ASKED: tuple[tuple[str, object], ...] = (("Hotspots of burglary", QUESTION),)
LOOK: dict[str, Any] = {
    "method": "gi_star",
    "question": LAYER["question"],
    "facts": LAYER["facts"],
    "sha256": "9b1d5e8a7c61b2f3940d5e8a7c61b2f3940d5e8a7c61b2f3940d5e8a7c61b2f3",
    "layer": None,
    "title": "Hotspots (Gi*): Burglary",
    "asked": "Burglary; recorded by west-mercia-sample; April 2024 to March 2025; Gi* in cells of "
    "250 m; each crime counts 1.",
    "summary": "31 hotspots in the boundary of West Mercia hold 611 of 3 021 crimes (20.2%) on "
    "0.18% of the ground.",
    "how": ["The level is 5.0%."],
    "legend": "Gi*: cells that stand out with those around",
    "classes": [
        {"words": "hot at 95%", "fill": "#e34a33", "edge": "#e34a33", "cells": 60, "crimes": 139},
        {"words": "hot at 99%", "fill": "#b30000", "edge": "#b30000", "cells": 154, "crimes": 472},
    ],
    "rest": "not significant",
    "patterns": [],
    "grounds": {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "id": 1, "properties": {}, "geometry": POLYGON}],
    },
    "left_out": 0,
    "areas": {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": 1,
                "properties": {
                    "rank": 1,
                    "key": None,
                    "at": [-2.7512, 52.7075],
                    "place": "High Street",
                    "crimes": 57,
                    "team_name": "Shrewsbury Town",
                },
                "geometry": POLYGON,
            }
        ],
    },
    "more": 0,
    "table": {
        "caption": "Hotspots, by rank",
        "columns": [
            {"heading": "Hotspot", "is_number": False},
            {"heading": "Crimes", "is_number": True},
        ],
        "rows": [[{"text": "1 High Street", "value": 1}, {"text": "57", "value": 57}]],
        "nothing": "None: nothing stands out.",
    },
}
