"""An example of places."""

from api.examples.audiences import CIRCLE
from api.examples.teams import INPUTS

SEARCHED = "SY1 1AD"
PLACES = {
    "places": [
        {
            "kind": "postcode",
            "name": SEARCHED,
            "detail": "postcode, Demo Team 031, Shropshire Central",
            "longitude": -2.750596,
            "latitude": 52.705472,
            "bounds": None,
            "area": CIRCLE,
        }
    ],
    "note": None,
    "inputs": {**INPUTS, "subscribers_as_of": None},
}
