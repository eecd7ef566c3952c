// Figures and lists as people read them.

import { _ } from "./words";

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

/** A day or a time of ISO 8601 as people write the day: 3 March 2025. */
export function day(iso: string): string {
  const wanted: Intl.DateTimeFormatOptions = { day: "numeric", month: "long", year: "numeric", timeZone: "Europe/London" };
  return new Date(iso).toLocaleDateString("en-GB", wanted);
}

/** "a, b and c", in the language of the page; what it names is translated already. */
export function listed(words: readonly string[]): string {
  const [last, ...before] = [...words].reverse();
  if (last === undefined) return "";
  return before.length > 0 ? _("{list} and {last}", { list: before.reverse().join(", "), last }) : last;
}
