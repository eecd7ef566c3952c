"""Target areas as SQL of PostGIS, over a table `unit` of `postcode` and `point`, EPSG:27700."""

from typing import Any

import shapely

from geo_alerts.audiences.targets.areas import AnyArea
from geo_alerts.audiences.units.on_grid import on_grid
from geo_alerts.places.directory import Directory
from geo_alerts.places.layer import Layer
from geo_alerts.places.postcodes import parse_part


class AreaSql:
    """Conditions on units; teams are in a table `team` of `code` and `shape`.

    Attributes:
        values: The parameters of the conditions so far.
    """

    def __init__(self, directory: Directory, layer: Layer) -> None:
        self.directory = directory
        self.layer = layer
        self.values: list[Any] = []

    def value(self, value: Any) -> str:
        self.values.append(value)
        return "%s"

    def inside(self, area: AnyArea) -> str:
        match area.type:
            case "union":
                return self.joined(" OR ", area.areas)
            case "intersection":
                return self.joined(" AND ", area.areas)
            case "difference":
                whole = self.inside(area.whole)
                return f"({whole} AND NOT coalesce({self.joined(' OR ', area.without)}, false))"
            case "postcodes":
                return self.listed(area)
        return self.measured(area)

    def joined(self, operator: str, areas: tuple[AnyArea, ...]) -> str:
        return f"({operator.join(map(self.inside, areas))})"

    def measured(self, area: AnyArea) -> str:
        if area.type == "team":
            # PostGIS finds the teams of a unit and the other way round; here the second.
            teams = f"SELECT shape FROM team WHERE code = ANY({self.value(list(area.codes))})"  # noqa: S608
            return f"EXISTS (SELECT FROM ({teams}) t WHERE ST_Covers(t.shape, unit.point))"
        leaf = on_grid(area, self.directory, self.layer)
        if area.type in ("polygon", "rectangle"):
            return f"ST_Covers({self.shape(leaf.geometries[0])}, unit.point)"
        if area.type == "corridor":
            line = self.shape(leaf.line)
            return f"ST_DWithin(unit.point, {line}, {self.value(leaf.metres)})"
        centre = f"ST_Point({self.value(leaf.easting)}, {self.value(leaf.northing)}, 27700)"
        return f"ST_DWithin(unit.point, {centre}, {self.value(leaf.metres)})"

    def shape(self, geometry: shapely.Geometry) -> str:
        return f"ST_SetSRID({self.value(shapely.to_wkb(geometry, hex=True))}::geometry, 27700)"

    def listed(self, area: AnyArea) -> str:
        parts = [parse_part(text) for text in area.postcodes]
        units, sectors, districts = (
            self.value([part.text for part in parts if part.kind == kind])
            for kind in ("unit", "sector", "district")
        )
        return f"""(postcode = ANY({units}) OR left(postcode, -2) = ANY({sectors})
                    OR split_part(postcode, ' ', 1) = ANY({districts}))"""
