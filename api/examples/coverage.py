"""Examples of coverage; figures are made up."""

from api.examples.teams import INPUTS

COVERAGE = {
    "by": "sector",
    "areas": [
        {
            "code": "SY1 1",
            "name": "SY1 1",
            "people": 25,
            "error": 11,
            "households": 949.9,
            "per_1000": 26.3,
            "low": 11.5,
            "high": 43.4,
            "class_index": 1,
        }
    ],
    "classes": [
        {"words": "under 20", "colour": "#edf8fb"},
        {"words": "20 or more", "colour": "#006d2c"},
    ],
    "inputs": INPUTS,
}
