"""Teams as GeoJSON (RFC 7946): longitude, latitude; right winding; where geometry goes out."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from starlette.responses import Response

from api.negotiation import GEOJSON
from api.shapes.teams import teams_out
from geo_alerts.acts.live import View
from geo_alerts.acts.look_up import TeamAnswer
from geo_alerts.crs import geometries_to_epsg_4326

# About 0.1 m; RFC 7946, section 11.2, advises against more than the data has.
GRID_DEG = 1e-6


def one_feature(team: TeamAnswer, view: View, now: datetime) -> Response:
    """A team with its polygon, as a Feature."""
    (feature,) = _features([team], now)
    return _answer({**feature, "inputs": asdict(view.inputs)})


def feature_collection(teams: Sequence[TeamAnswer], view: View, now: datetime) -> Response:
    """Teams with their polygons, as a FeatureCollection."""
    features = _features(teams, now)
    inputs = asdict(view.inputs)
    return _answer({"type": "FeatureCollection", "features": features, "inputs": inputs})


def _features(teams: Sequence[TeamAnswer], now: datetime) -> list[dict[str, Any]]:
    shapes = geometries_to_epsg_4326(np.array([team.geometry for team in teams], object))
    # RFC 7946, section 3.1.6: outer rings run anticlockwise.
    wound = shapely.orient_polygons(shapely.set_precision(shapes, GRID_DEG, mode="pointwise"))
    return [
        {
            "type": "Feature",
            "id": team.code,
            "bbox": team.bounds,
            "properties": team.model_dump(exclude={"bounds"}),
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for team, shape in zip(teams_out(teams, now), wound, strict=True)
    ]


def _answer(value: dict[str, Any]) -> Response:
    return Response(json.dumps(value, separators=(",", ":")), media_type=GEOJSON)
