"""Examples of reports of crime; all made up."""

from typing import Any

SPAN = {"first": "2024-04", "last": "2025-03"}
OF_BURGLARY: dict[str, Any] = {"forces": ["west-mercia-sample"], "categories": ["burglary"]}
CONCENTRATION_ASKED: tuple[tuple[str, object], ...] = (
    ("Burglary in cells of 250 m", {**OF_BURGLARY, "months": SPAN, "unit": "cells", "cell_m": 250}),
    ("All crime by team", {"forces": ["west-mercia-sample"], "months": SPAN, "unit": "teams"}),
)
TRENDS_ASKED: tuple[tuple[str, object], ...] = (
    ("The last month imported", {"forces": ["west-mercia-sample"]}),
    ("Three months of burglary", {**OF_BURGLARY, "last": "2025-03", "judged": 3}),
)
EVALUATION_ASKED: tuple[tuple[str, object], ...] = (
    (
        "A patrol plan in one team, with another as control",
        {
            **OF_BURGLARY,
            "target": {"type": "team", "codes": ["SNT-012"]},
            "control": {"type": "team", "codes": ["SNT-031"]},
            "buffer_m": 500,
            "before": {"first": "2024-01", "last": "2024-03"},
            "after": {"first": "2025-01", "last": "2025-03"},
        },
    ),
)
NEAR_REPEATS_ASKED: tuple[tuple[str, object], ...] = (
    ("Burglary in the usual bands", {**OF_BURGLARY, "months": SPAN}),
)
MADE_FROM: dict[str, Any] = {
    **OF_BURGLARY,
    "months": [SPAN],
    "months_missing": [],
    "crimes_sha256": ["4a1f0c9d2e7b58364a1f0c9d2e7b58364a1f0c9d2e7b58364a1f0c9d2e7b5836"],
    "boundaries": [
        {
            "layer": "team",
            "label": "Teams from April 2025",
            "sha256": "0d5e8a7c61b2f3940d5e8a7c61b2f3940d5e8a7c61b2f3940d5e8a7c61b2f394",
        }
    ],
    "software_version": "0.1.0",
    "attribution": "Contains public sector information (data.police.uk).",
}
PERIOD: dict[str, Any] = {
    **SPAN,
    "months": 12,
    "months_missing": [],
    "crimes": 3102,
    "crimes_located": 3050,
    "crimes_outside_study_area": 29,
    "crimes_used": 3021,
}
CONCENTRATION: dict[str, Any] = {
    "unit": "cells",
    "units_in_words": "all cells of 250 m in the study area",
    "units": 120590,
    "crimes": 3021,
    "crimes_in_no_unit": 0,
    "marks": [
        {"crimes_percent": 25, "units": 210, "units_percent": 0.174144},
        {"crimes_percent": 50, "units": 624, "units_percent": 0.517456},
        {"crimes_percent": 80, "units": 1377, "units_percent": 1.141886},
    ],
    "gini": 0.987412,
    "generalised_gini": 0.497534,
    "share_in_repeats": 0.512413,
    "most": 21,
    "lorenz": [
        {"units": 0, "crimes": 0},
        {"units": 0.01, "crimes": 0.74},
        {"units": 1, "crimes": 1},
    ],
    "study_area": "the boundary of West Mercia",
    "study_area_km2": 7428.4,
    "period": PERIOD,
    "notes": ["fewer crimes than units: read the generalised Gini coefficient"],
    "made_from": MADE_FROM,
}
TRENDS: dict[str, Any] = {
    "months": ["2025-03"],
    "history_months": 36,
    "level": 0.05,
    "trends": [
        {
            "team": "SNT-012",
            "team_name": "Shrewsbury Town",
            "category": "burglary",
            "month": "2025-03",
            "observed": 42,
            "expected": 30.1,
            "low": 20,
            "high": 41,
            "flag": "up",
            "is_small": False,
            "p": 0.031,
            "q": 0.42,
            "dispersion": 1.2,
            "is_seasonal": True,
            "last_year": 28,
            "words": "up 40 %",
        }
    ],
    "crimes_in_no_team": 3,
    "notes": ["of 840 counts about 42 would be outside their range by chance alone; 47 are"],
    "made_from": MADE_FROM,
}
WDD: dict[str, Any] = {
    "estimate": -26.0,
    "se": 11.3,
    "z": -2.3,
    "p": 0.0214,
    "low": -44.6,
    "high": -7.4,
    "local": -24.0,
    "local_se": 9.7,
    "displaced": -2.0,
    "displaced_se": 5.8,
    "level": 0.1,
}
EVALUATION: dict[str, Any] = {
    "places": {
        "target": {"place": "the target area", "before": 41, "after": 18, "km2": 1.2},
        "control": {"place": "the control area", "before": 38, "after": 39, "km2": 1.4},
        "around": {"place": "the ground around the target", "before": 12, "after": 9, "km2": 2.9},
        "control_around": {
            "place": "the ground around the control",
            "before": 10,
            "after": 9,
            "km2": 3.1,
        },
    },
    "wdd": WDD,
    "harm": None,
    "wdq": {"quotient": 0.138, "success": -0.617, "reading": "diffusion of benefit"},
    "in_words": "26.0 crimes fewer than if it had changed as its control did (90 %: -44.6 to -7.4)",
    "notes": ["a target that was chosen because it was at its worst falls back by itself"],
    "made_from": {**MADE_FROM, "months": [SPAN, SPAN]},
}
NEAR_REPEATS: dict[str, Any] = {
    "crimes": 1998,
    "permutations": 999,
    "seed": 1,
    "bands": [
        {
            "from_m": 0.001,
            "below_m": 100.0,
            "from_days": 0.0,
            "below_days": 8.0,
            "pairs": 122,
            "expected_mean": 86.5,
            "expected_median": 86.0,
            "ratio": 1.41,
            "p": 0.001,
            "stands_out": True,
        }
    ],
    "study_area": "the boundary of West Mercia",
    "period": PERIOD,
    "notes": ["a band stands out where at most 5 % of the permutations have as many pairs"],
    "made_from": MADE_FROM,
}
