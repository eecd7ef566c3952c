// Target areas as the API takes them, what each says in words, and shapes as the list on the page.

import type { MultiPolygon, Polygon } from "geojson";

export type Centre = { postcode: string } | { longitude: number; latitude: number };

export type Area =
  | { type: "team"; codes: string[] }
  | { type: "polygon"; geometry: Polygon | MultiPolygon }
  | { type: "radius"; centre: Centre; metres: number }
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
}

/** The whole target of a list of shapes, without faulty ones; none while nothing is added. */
export function combined(shapes: readonly Shape[]): Area | null {
  const areas = (isSubtracted: boolean) =>
    shapes.filter((shape) => shape.fault === null && shape.isSubtracted === isSubtracted).map(({ area }) => area);
  const [first, ...others] = areas(false);
  if (first === undefined) return null;
  const whole: Area = others.length > 0 ? { type: "union", areas: [first, ...others] } : first;
  const without = areas(true);
  return without.length > 0 ? { type: "difference", from: whole, without } : whole;
}

/** What a text begins with in a sentence of its own. */
export function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** Metres below a kilometre, kilometres from there on. */
export function distance(metres: number): string {
  return metres < 1000 ? `${Math.round(metres)} m` : `${(metres / 1000).toFixed(1)} km`;
}

/** A whole number in groups of three, with spaces that do not break. */
export function thousands(number: number): string {
  return number.toLocaleString("en-GB").replaceAll(",", "\u202f");
}

/** "a, b or c". */
export function listed(words: readonly string[], last: "and" | "or"): string {
  const [end, ...before] = [...words].reverse();
  if (end === undefined) return "";
  return before.length > 0 ? `${before.reverse().join(", ")} ${last} ${end}` : end;
}
