// The positions of a shape, and the shape with others in their place.

import type { Position } from "geojson";
import { _ } from "../shared/words";
import type { Area } from "./areas";
import { rounded } from "./ground";

/** One position of a shape: where it stands, and the shape's area with another in its place. */
export interface Corner {
  readonly at: Position;
  readonly name: string;
  with(positions: readonly Position[]): Area;
  /** How many of its ring or line there are. */
  readonly among: number;
  /** Where one more begins that follows it; undefined in shapes that take none. */
  readonly after?: Position;
}

/** How far one more leads on that follows the last of a line. */
const FURTHER_M = 10;

/** A position so many metres further east and north, near enough for steps: WGS 84's lengths of a degree. */
export function moved([longitude = 0, latitude = 0]: Position, east: number, north: number): Position {
  const at = (latitude * Math.PI) / 180;
  const ofLatitude = 111_132.95 - 559.85 * Math.cos(2 * at);
  const ofLongitude = 111_412.88 * Math.cos(at) - 93.5 * Math.cos(3 * at);
  return [rounded(longitude + east / ofLongitude), rounded(latitude + north / ofLatitude)];
}

/** The positions of a shape that the hand can move; a circle has its middle. */
export function cornersOf(area: Area): Corner[] {
  if (area.type === "corridor" && area.line.type === "LineString") {
    const { line } = area;
    return line.coordinates.map((at, index): Corner => ({
      at,
      name: _("Place {number}", { number: index + 1 }),
      among: line.coordinates.length,
      after: halfway(at, line.coordinates[index + 1] ?? moved(at, 2 * FURTHER_M, 2 * FURTHER_M)),
      with: (some) => ({ ...area, line: { ...line, coordinates: spliced(line.coordinates, index, some) } }),
    }));
  }
  if (area.type === "radius" && "longitude" in area.centre) {
    const { longitude, latitude } = area.centre;
    const at = [longitude, latitude];
    return [{ at, name: _("Middle"), among: 1, with: ([[x = longitude, y = latitude] = at]) => ({ ...area, centre: { longitude: x, latitude: y } }) }];
  }
  if (area.type === "rectangle") return ofRectangle(area);
  return area.type === "polygon" ? ofPolygon(area) : [];
}

function ofRectangle(area: Extract<Area, { type: "rectangle" }>): Corner[] {
  const { west, south, east, north } = area;
  const corner = (name: string, at: Position, set: (at: Position) => Partial<typeof area>): Corner => ({
    at, name, among: 2, with: ([to = at]) => ({ ...area, ...set(to) }),
  });
  return [
    corner(_("South-west corner"), [west, south], ([x = west, y = south]) => ({ west: x, south: y })),
    corner(_("North-east corner"), [east, north], ([x = east, y = north]) => ({ east: x, north: y })),
  ];
}

function ofPolygon(area: Extract<Area, { type: "polygon" }>): Corner[] {
  const { geometry } = area;
  const parts = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  let number = 0;
  return parts.flatMap((rings, part) => rings.flatMap((ring, at) => {
    // The last position of a ring repeats its first.
    const open = ring.slice(0, -1);
    return open.map((position, index): Corner => {
      number += 1;
      return {
        at: position,
        name: at === 0 ? _("Corner {number}", { number }) : _("Corner {number}, of a hole", { number }),
        among: open.length,
        // On the ring: anywhere else it could cross itself.
        after: halfway(position, ring[index + 1] ?? position),
        with: (some) => {
          const changed = spliced(open, index, some);
          const closed = [...changed, ...changed.slice(0, 1)];
          const all = parts.map((each, p) => (p === part ? each.map((one, r) => (r === at ? closed : one)) : each));
          const [only] = all;
          return { ...area, geometry: geometry.type === "Polygon" && only !== undefined ? { type: "Polygon", coordinates: only } : { type: "MultiPolygon", coordinates: all } };
        },
      };
    });
  }));
}

/** The whole shape by one of its positions: to move that is to move all. */
export function wholeOf(area: Area): Corner | null {
  const corners = cornersOf(area);
  const [first] = corners;
  if (area.type === "radius" || first === undefined) return null;
  const shift = (by: (at: Position) => Position): Area => {
    if (area.type === "rectangle") {
      const [west = 0, south = 0] = by([area.west, area.south]);
      const [east = 0, north = 0] = by([area.east, area.north]);
      return { ...area, west, south, east, north };
    }
    if (area.type === "corridor") return { ...area, line: { type: "LineString", coordinates: (area.line.coordinates as Position[]).map(by) } };
    if (area.type !== "polygon") return area;
    if (area.geometry.type === "Polygon") return { ...area, geometry: { type: "Polygon", coordinates: area.geometry.coordinates.map((ring) => ring.map(by)) } };
    return { ...area, geometry: { type: "MultiPolygon", coordinates: area.geometry.coordinates.map((rings) => rings.map((ring) => ring.map(by))) } };
  };
  const [x = 0, y = 0] = first.at;
  return {
    at: first.at,
    name: _("Whole shape, by its first corner"),
    among: 0,
    with: ([to = first.at]) => shift(([longitude = 0, latitude = 0]) => [rounded(longitude + (to[0] ?? x) - x), rounded(latitude + (to[1] ?? y) - y)]),
  };
}

function halfway([x1 = 0, y1 = 0]: Position, [x2 = 0, y2 = 0]: Position): Position {
  return [rounded((x1 + x2) / 2), rounded((y1 + y2) / 2)];
}

/** Positions with others in the place of one. */
function spliced(positions: readonly Position[], index: number, some: readonly Position[]): Position[] {
  return [...positions.slice(0, index), ...some, ...positions.slice(index + 1)];
}
