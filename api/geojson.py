"""Teams and other areas as GeoJSON (RFC 7946): longitude, latitude; right winding."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pydantic import BaseModel
from starlette.responses import Response

from api.negotiation import GEOJSON
from api.schemas.boundaries import AreaOut
from api.schemas.teams import TeamOut
from api.shapes.boundaries import row
from api.shapes.teams import teams_out
from geo_alerts.acts.area_outlines import OutlinesAnswer
from geo_alerts.acts.areas import AreaAnswer
from geo_alerts.acts.editions import EditionAnswer
from geo_alerts.acts.live import View
from geo_alerts.acts.look_up import TeamAnswer
from geo_alerts.acts.outlines import NamedArea
from geo_alerts.audiences.targets.areas import AREA_ADAPTER, AnyArea
from geo_alerts.crs import geometries_to_epsg_4326
from geo_alerts.hotspots.layers import CellLayer, HotArea
from geo_alerts.store.hotspot_runs import Run
from geo_alerts.store.saved_areas import SavedArea

# About 0.1 m; RFC 7946, section 11.2, advises against more than the data has.
GRID_DEG = 1e-6


def one_feature(team: TeamAnswer, view: View, now: datetime) -> Response:
    """A team with its polygon, as a Feature."""
    (feature,) = _features(teams_out([team], now), [team.geometry])
    return _answer({**feature, "inputs": asdict(view.inputs)})


def feature_collection(teams: Sequence[TeamAnswer], view: View, now: datetime) -> Response:
    """Teams with their polygons, as a FeatureCollection."""
    return _collection(
        _features(teams_out(teams, now), [team.geometry for team in teams]),
        inputs=asdict(view.inputs),
    )


def area_collection(edition: EditionAnswer, areas: Sequence[AreaAnswer]) -> Response:
    """The areas of an edition with their ground, as a FeatureCollection."""
    shown = [AreaOut.model_validate(area) for area in areas]
    return _collection(
        _features(shown, [area.geometry for area in areas]),
        edition=_json_of(row(edition)),
    )


def named_areas(areas: Sequence[NamedArea]) -> Response:
    """Areas by code and name, for a map that shades them, as a FeatureCollection."""
    features = [
        {
            "type": "Feature",
            "id": area.code,
            "properties": {"code": area.code, "name": area.name},
            "geometry": shape,
        }
        for area, shape in zip(areas, _shapes([area.geometry for area in areas]), strict=True)
    ]
    return _collection(features)


def layer_areas(run: Run, areas: Sequence[HotArea]) -> Response:
    """The areas of a layer of hotspots, by rank, as a FeatureCollection."""
    features = [
        {
            "type": "Feature",
            "id": area.rank,
            "properties": {"rank": area.rank, "key": area.key, **area.facts},
            "geometry": shape,
        }
        for area, shape in zip(areas, _shapes([one.geometry for one in areas]), strict=True)
    ]
    return _collection(features, **_about(run))


def layer_cells(run: Run, cells: CellLayer, places: slice, next_page_token: str | None) -> Response:
    """Some cells of a layer of hotspots as a FeatureCollection."""
    cell = cells.cell[places]
    columns = {name: _plain(values[places]) for name, values in cells.columns.items()}
    features = [
        {
            "type": "Feature",
            # H3 calls its cells by hexadecimal numbers.
            "id": f"{number:x}" if cell.dtype.kind == "u" else str(number),
            "properties": {name: values[place] for name, values in columns.items()},
            "geometry": shape,
        }
        for place, (number, shape) in enumerate(
            zip(cell.tolist(), _shapes(cells.grid.polygons(cell)), strict=True)
        )
    ]
    return _collection(features, **_about(run), next_page_token=next_page_token)


def saved_area(saved: SavedArea, sentence: str, ground: shapely.Geometry) -> Response:
    """A version of a saved area with its ground, as a Feature."""
    (shape,) = _shapes([ground])
    properties = {
        "name": saved.name,
        "version": saved.version,
        "sentence": sentence,
        "area": dict(saved.area),
    }
    return _answer({"type": "Feature", "id": saved.id, "properties": properties, "geometry": shape})


def grounds(areas: Sequence[AnyArea], said: Sequence[str], answer: OutlinesAnswer) -> Response:
    """Target areas with their words and their ground, in order, as a FeatureCollection."""
    features = [
        {
            "type": "Feature",
            "properties": {
                "area": AREA_ADAPTER.dump_python(area, mode="json", by_alias=True),
                "sentence": sentence,
            },
            "geometry": shape,
        }
        for area, sentence, shape in zip(areas, said, _shapes(answer.outlines), strict=True)
    ]
    return _collection(features, inputs=asdict(answer.inputs))


def _about(run: Run) -> dict[str, str]:
    return {"layer": run.id, "method": run.method, "sha256": run.sha256}


def _plain(values: npt.NDArray[Any]) -> list[Any]:
    # JSON has no NaN: there is no figure.
    if values.dtype.kind != "f":
        return list(values.tolist())
    return [one if math.isfinite(one) else None for one in values.tolist()]


def _features(
    shown: Sequence[TeamOut | AreaOut], geometries: Sequence[shapely.Geometry]
) -> list[dict[str, Any]]:
    return [
        {
            "type": "Feature",
            "id": area.code,
            "bbox": area.bounds,
            "properties": _json_of(area, without={"bounds"}),
            "geometry": shape,
        }
        for area, shape in zip(shown, _shapes(geometries), strict=True)
    ]


def _shapes(geometries: Sequence[shapely.Geometry] | npt.NDArray[np.object_]) -> list[Any]:
    shapes = geometries_to_epsg_4326(np.array(geometries, object))
    # RFC 7946, section 3.1.6: outer rings run anticlockwise.
    wound = shapely.orient_polygons(shapely.set_precision(shapes, GRID_DEG, mode="pointwise"))
    return [json.loads(text) for text in shapely.to_geojson(wound)]


def _json_of(model: BaseModel, *, without: set[str] | None = None) -> dict[str, Any]:
    return model.model_dump(mode="json", exclude=without)


def _collection(features: list[dict[str, Any]], **members: object) -> Response:
    return _answer({"type": "FeatureCollection", "features": features, **members})


def _answer(value: dict[str, Any]) -> Response:
    return Response(json.dumps(value, separators=(",", ":")), media_type=GEOJSON)
