// Rings: which drawn shape a hole lies in, that shape with the hole in it, and rings that cross themselves.

import type { Polygon, Position } from "geojson";
import type { Area, Shape } from "./areas";

type Ring = readonly Position[];

/** The latest shape that a hole lies wholly in, and its area with the hole; null where there is none. */
export function holeIn(shapes: readonly Shape[], hole: Polygon): { shape: Shape; area: Area } | null {
  const [ring] = hole.coordinates;
  if (ring === undefined) return null;
  for (const shape of [...shapes].reverse()) {
    if (shape.isSubtracted || shape.fault !== null) continue;
    const parts = partsOf(shape.area);
    const at = parts.findIndex((part) => holds(part, ring));
    if (at < 0) continue;
    const cut = parts.map((part, index) => (index === at ? [...part, [...ring]] : part));
    const [only, ...others] = cut;
    if (only === undefined) return null;
    const area: Area = others.length > 0
      ? { type: "polygon", geometry: { type: "MultiPolygon", coordinates: cut } }
      : { type: "polygon", geometry: { type: "Polygon", coordinates: only } };
    return { shape, area };
  }
  return null;
}

/** Whether sides of a closed ring meet that are no neighbours. */
export function isTangled(ring: Ring): boolean {
  const all = sides(ring);
  return all.some((one, index) => all.slice(index + 2).some((other, further) => {
    const isFirstAndLast = index === 0 && index + 2 + further === all.length - 1;
    return !isFirstAndLast && cross(one, other);
  }));
}

/** The polygons of a shape that may have holes; none of one that is no polygon. */
function partsOf(area: Area): Position[][][] {
  if (area.type === "rectangle") {
    const { west, south, east, north } = area;
    return [[[[west, south], [east, south], [east, north], [west, north], [west, south]]]];
  }
  if (area.type !== "polygon") return [];
  return area.geometry.type === "Polygon" ? [area.geometry.coordinates] : area.geometry.coordinates;
}

/** Whether a ring lies in a polygon, off its outline and off its holes. */
function holds([outer, ...holes]: readonly Ring[], ring: Ring): boolean {
  if (outer === undefined) return false;
  const isIn = ring.every((at) => isInside(outer, at)) && !isCrossed(outer, ring);
  return isIn && holes.every((hole) => !isCrossed(hole, ring) && !ring.some((at) => isInside(hole, at)) && !hole.some((at) => isInside(ring, at)));
}

/** By the rule of even and odd crossings. */
function isInside(ring: Ring, [x = 0, y = 0]: Position): boolean {
  let isIn = false;
  for (const [[x1, y1], [x2, y2]] of sides(ring)) {
    if (y1 > y !== y2 > y && x < ((x1 - x2) * (y - y2)) / (y1 - y2) + x2) isIn = !isIn;
  }
  return isIn;
}

function isCrossed(some: Ring, others: Ring): boolean {
  return sides(some).some((one) => sides(others).some((other) => cross(one, other)));
}

type Point = [number, number];
type Side = [Point, Point];

function sides(ring: Ring): Side[] {
  const at = ring.map(([x = 0, y = 0]): Point => [x, y]);
  return at.slice(1).map((to, index): Side => [at[index] ?? to, to]);
}

function cross([a, b]: Side, [c, d]: Side): boolean {
  return turn(a, b, c) !== turn(a, b, d) && turn(c, d, a) !== turn(c, d, b);
}

function turn([ax, ay]: Point, [bx, by]: Point, [cx, cy]: Point): number {
  return Math.sign((bx - ax) * (cy - ay) - (by - ay) * (cx - ax));
}
