// Areas as what Leaflet draws, and what was drawn as areas.

import L from "leaflet";
import type { Geometry, LineString, MultiLineString, MultiPolygon, Polygon } from "geojson";
import type { Area, Made } from "./areas";
import { isTangled } from "./rings";

export type Line = L.Polyline<LineString | MultiLineString>;
export type Drawn = L.Polygon | L.Circle | Line;

/** How far a line that is drawn reaches to each side, until another width is typed. */
export const USUAL_WIDTH = 100;
const DECIMALS = 6; // about 0.1 m

/** What is drawn of areas that name ground in place of holding it. */
export interface Known {
  /** The outline of a team as it is on the map. */
  team(code: string): L.Polygon | undefined;
  /** Where a postcode is that was looked up. */
  middle(postcode: string): [number, number] | undefined;
  /** The ground of an area as the server told it. */
  ground(area: Area): Geometry | undefined;
}

/** Whether the hand can change the shape on the map: it holds its own positions. */
export function isOfTheHand(area: Area): boolean {
  if (area.type === "radius") return "metres" in area && "longitude" in area.centre;
  if (area.type === "corridor") return area.line.type === "LineString";
  return area.type === "polygon" || area.type === "rectangle";
}

/** Whether only the server knows where an area is; a circle's postcode may be known from its form. */
export function isNamed(area: Area): boolean {
  return !isOfTheHand(area) && area.type !== "team" && area.type !== "corridor";
}

/** What is drawn of a shape; null while its place is not known. */
export function layerOf({ area, middle }: Made, found: number | null, known: Known): Drawn | null {
  switch (area.type) {
    case "radius": {
      const { centre: of } = area;
      const centre = "longitude" in of ? L.latLng(of.latitude, of.longitude) : (middle ?? known.middle(of.postcode) ?? null);
      return centre === null ? null : L.circle(centre, { radius: "metres" in area ? area.metres : (found ?? 0) });
    }
    case "rectangle":
      return L.rectangle([[area.south, area.west], [area.north, area.east]]);
    case "corridor":
      return L.polyline<LineString | MultiLineString>(L.GeoJSON.coordsToLatLngs(area.line.coordinates, area.line.type === "LineString" ? 0 : 1) as L.LatLng[]);
    case "polygon":
      return polygon(area.geometry);
    case "team":
      return L.polygon(area.codes.map((code) => known.team(code)?.getLatLngs() ?? []) as L.LatLng[][]);
    default: {
      const ground = known.ground(area);
      return ground?.type === "Polygon" || ground?.type === "MultiPolygon" ? polygon(ground) : null;
    }
  }
}

function polygon(geometry: Polygon | MultiPolygon): L.Polygon {
  const depth = geometry.type === "Polygon" ? 1 : 2;
  return L.polygon(L.GeoJSON.coordsToLatLngs(geometry.coordinates, depth) as L.LatLng[][]);
}

/** A drawn layer as a target area; none while it has no size. A line keeps the width that it had. */
export function areaOf(layer: Drawn, metres: number = USUAL_WIDTH): Area | null {
  if (layer instanceof L.Circle) return circle(layer.getLatLng(), layer.getRadius());
  const bounds = layer.getBounds();
  if (!bounds.isValid() || bounds.getSouthWest().equals(bounds.getNorthEast())) return null;
  if (layer instanceof L.Rectangle) {
    const [west, south] = [rounded(bounds.getWest()), rounded(bounds.getSouth())];
    const [east, north] = [rounded(bounds.getEast()), rounded(bounds.getNorth())];
    return west < east && south < north ? { type: "rectangle", west, south, east, north } : null;
  }
  const { geometry } = layer.toGeoJSON(DECIMALS);
  if (geometry.type === "LineString") return { type: "corridor", line: geometry as LineString, metres };
  return { type: "polygon", geometry: geometry as Polygon | MultiPolygon };
}

/** A circle as a target area; none while it has no size. */
export function circle({ lat, lng }: L.LatLng, radius: number): Area | null {
  const metres = Math.round(radius * 10) / 10;
  if (!(metres > 0)) return null;
  return { type: "radius", centre: { longitude: rounded(lng), latitude: rounded(lat) }, metres };
}

/** What is drawn so far, as if it ended at the pointer; null while that is no shape yet, or crosses itself. */
export function unfinished(placed: readonly L.LatLng[], pointer: L.LatLng, metres: number | null): Area | null {
  const along = [...placed, pointer].map(({ lng, lat }) => [rounded(lng), rounded(lat)]);
  const [first] = along;
  if (metres !== null) return along.length < 2 ? null : { type: "corridor", line: { type: "LineString", coordinates: along }, metres };
  if (first === undefined || along.length < 3) return null;
  const ring = [...along, first];
  return isTangled(ring) ? null : { type: "polygon", geometry: { type: "Polygon", coordinates: [ring] } };
}

export function rounded(degrees: number): number {
  return Number(degrees.toFixed(DECIMALS));
}
