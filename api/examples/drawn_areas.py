"""Examples of areas as they are drawn and typed; all made up."""

from typing import Any

from api.examples.audiences import CIRCLE, ONE_TEAM_AREA

AREAS_ASKED: tuple[tuple[str, object], ...] = (
    ("A circle and a team", {"areas": [CIRCLE, ONE_TEAM_AREA]}),
)
_CORNERS = [[-2.75, 52.7], [-2.74, 52.7], [-2.74, 52.71], [-2.75, 52.7]]
POLYGON: dict[str, Any] = {"type": "Polygon", "coordinates": [_CORNERS]}
GROUNDS: dict[str, Any] = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {
                "area": {"type": "polygon", "geometry": POLYGON},
                "sentence": "In a shape of 38 ha drawn round SJ 497 121",
            },
            "geometry": POLYGON,
        }
    ],
}
AREA_ASKED: tuple[tuple[str, object], ...] = (("A circle", {"area": CIRCLE, "reach": "centre"}),)
POSTCODES: dict[str, Any] = {
    "inside": {"count": 2, "positions": [[-2.7527, 52.7073], [-2.7519, 52.708]]},
    "on_edge": {"count": 1, "positions": [[-2.7561, 52.7091]]},
}
TEXT_ASKED: tuple[tuple[str, object], ...] = (
    ("Positions", {"text": "52.7, -2.75\n52.7, -2.74\n52.71, -2.74"}),
    ("Well-known text", {"text": "POLYGON ((-2.75 52.7, -2.74 52.7, -2.74 52.71, -2.75 52.7))"}),
    ("A circle", {"text": "SJ 4923 1253", "form": "circle", "metres": 400}),
)
READ: dict[str, Any] = {
    "shapes": [
        {
            "number": 1,
            "name": "",
            "taken_away": False,
            "area": {"type": "polygon", "geometry": POLYGON},
            "fault": None,
            "repaired": None,
        }
    ]
}
