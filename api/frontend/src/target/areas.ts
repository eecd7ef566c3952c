// Target areas as the API takes them, and shapes as the list on the page.

import type { LineString, MultiLineString, MultiPolygon, Polygon } from "geojson";
import { distance, thousands } from "../shared/figures";
import { _ } from "../shared/words";

const MOST_NAMED = 3;

export type Centre = { postcode: string } | { longitude: number; latitude: number };

export type Area =
  | { type: "team"; codes: string[]; edition?: number | null }
  | { type: "boundary"; layer: string; codes: string[]; edition?: number | null }
  | { type: "polygon"; geometry: Polygon | MultiPolygon }
  | { type: "rectangle"; west: number; south: number; east: number; north: number }
  | { type: "radius"; centre: Centre; metres: number }
  | { type: "radius"; centre: Centre; holding: number }
  | { type: "corridor"; line: LineString | MultiLineString; metres: number }
  | { type: "postcodes"; postcodes: string[] }
  | { type: "hotspots"; layer: string; metres: number }
  | { type: "saved"; id: string; version: number | null }
  | { type: "union"; areas: Area[] }
  | { type: "intersection"; areas: Area[] }
  | { type: "difference"; from: Area; without: Area[] };

/** What was drawn or typed: a line of the list, added to the target or taken away from it. */
export interface Made {
  readonly id: number;
  readonly area: Area;
  readonly words: string;
  readonly isSubtracted: boolean;
  /** Latitude and longitude of a circle's middle, where it is known. */
  readonly middle: [number, number] | null;
}

/** The same, with what is known of it. */
export interface Shape extends Made {
  /** Why it cannot be used; it stays in the list, marked, and does not count. */
  readonly fault: string | null;
  /** What the server would take in its place. */
  readonly repaired: Polygon | MultiPolygon | null;
  /** How wide the circle is that holds so many people, metres, once it is known. */
  readonly found: number | null;
}

/** What a form, a file or the hand gives: an area, and what to call it. */
export type Typed = Pick<Made, "area" | "words" | "middle"> & { readonly isSubtracted?: boolean };

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
  const places = added.map((_shape, index) => (added.length > 1 ? `${whole}/areas/${index}` : whole));
  return new Map([
    ...added.map((shape, index): [string, Shape] => [places[index] ?? whole, shape]),
    ...taken.map((shape, index): [string, Shape] => [`/area/without/${index}`, shape]),
  ]);
}

/** The shapes that a whole target is made of, as `combined` puts them together; what is nested stays one. */
export function parts(area: Area): { area: Area; isSubtracted: boolean }[] {
  if (area.type === "difference") {
    return [...parts(area.from), ...area.without.map((taken) => ({ area: taken, isSubtracted: true }))];
  }
  if (area.type === "union") return area.areas.map((added) => ({ area: added, isSubtracted: false }));
  return [{ area, isSubtracted: false }];
}

/** What a shape is, in words, that was drawn or changed by hand. */
export function wordsOf(area: Area): string {
  switch (area.type) {
    case "radius":
      if ("metres" in area) return circleWords(area.centre, area.metres);
      return _("the smallest circle that holds {count} people", { count: thousands(area.holding) });
    case "rectangle":
      return _("a rectangle");
    case "corridor":
      return _("along a line");
    case "polygon":
      return _("a polygon");
    default:
      return wordsOfNamed(area);
  }
}

/** The same of an area that names ground in place of holding it, without looking the names up. */
function wordsOfNamed(area: Area): string {
  switch (area.type) {
    case "team":
    case "boundary":
      return area.codes.length > MOST_NAMED ? _("{count} areas", { count: area.codes.length }) : area.codes.join(", ");
    case "postcodes":
      if (area.postcodes.length <= MOST_NAMED) return area.postcodes.join(", ");
      return _("{count} postcodes, sectors or districts", { count: area.postcodes.length });
    case "hotspots":
      return _("round hotspots");
    default:
      return _("an area of several parts");
  }
}

/** What a shape's words become when its area changes: only circles and rectangles tell of theirs. */
export function wordsAfter({ words }: Made, area: Area): string {
  const tells = area.type === "rectangle" || (area.type === "radius" && "metres" in area);
  return tells ? wordsOf(area) : words;
}

function circleWords(centre: Centre, metres: number): string {
  const size = distance(metres);
  if ("postcode" in centre) return _("within {distance} of {place}", { distance: size, place: centre.postcode });
  return _("a circle of {distance}", { distance: size });
}
