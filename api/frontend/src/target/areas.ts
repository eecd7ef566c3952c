// Target areas as the API takes them, what each says in words, and shapes as the list on the page.

import type { LineString, MultiPolygon, Polygon } from "geojson";

export type Centre = { postcode: string } | { longitude: number; latitude: number };

export type Area =
  | { type: "team"; codes: string[] }
  | { type: "polygon"; geometry: Polygon | MultiPolygon }
  | { type: "rectangle"; west: number; south: number; east: number; north: number }
  | { type: "radius"; centre: Centre; metres: number }
  | { type: "radius"; centre: Centre; holding: number }
  | { type: "corridor"; line: LineString; metres: number }
  | { type: "postcodes"; postcodes: string[] }
  | { type: "union"; areas: Area[] }
  | { type: "difference"; from: Area; without: Area[] };

/** One line of the list: an area that is added to the target, or taken away from it. */
export interface Shape {
  readonly id: number;
  area: Area;
  words: string;
  isSubtracted: boolean;
  /** Why it cannot be used; it stays in the list, marked, and does not count. */
  fault: string | null;
  /** What the server would take in its place. */
  repaired: Polygon | MultiPolygon | null;
  /** How wide the circle is that holds so many people, metres, once it is known. */
  found: number | null;
}

/** A shape that is added to the target, of which nothing is known yet. */
export function shapeOf(id: number, area: Area, words: string): Shape {
  return { id, area, words, isSubtracted: false, fault: null, repaired: null, found: null };
}

/** The shapes that count: those that are added, and those that are taken away. */
function parted(shapes: readonly Shape[]): [Shape[], Shape[]] {
  const good = shapes.filter(({ fault }) => fault === null);
  return [good.filter(({ isSubtracted }) => !isSubtracted), good.filter(({ isSubtracted }) => isSubtracted)];
}

/** The whole target of a list of shapes, without faulty ones; none while nothing is added. */
export function combined(shapes: readonly Shape[]): Area | null {
  const [added, taken] = parted(shapes).map((some) => some.map(({ area }) => area)) as [Area[], Area[]];
  const [first, ...others] = added;
  if (first === undefined) return null;
  const whole: Area = others.length > 0 ? { type: "union", areas: added } : first;
  return taken.length > 0 ? { type: "difference", from: whole, without: taken } : whole;
}

/** Where each shape stands in a selection of the whole target: JSON pointers, as answers have them. */
export function pointers(shapes: readonly Shape[]): Map<string, Shape> {
  const [added, taken] = parted(shapes);
  const whole = taken.length > 0 ? "/area/from" : "/area";
  const places = added.map((_, index) => (added.length > 1 ? `${whole}/areas/${index}` : whole));
  return new Map([
    ...added.map((shape, index): [string, Shape] => [places[index] ?? whole, shape]),
    ...taken.map((shape, index): [string, Shape] => [`/area/without/${index}`, shape]),
  ]);
}
