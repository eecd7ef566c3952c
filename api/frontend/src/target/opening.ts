// A frozen audience's selection used again: its area as shapes, and its filters.

import { ask } from "../shared/asking";
import { type Area, type Typed, parts, wordsOf } from "./areas";
import type { Conditions, Selection } from "./asking";
import type { Target } from "./mount";

interface Grounds {
  features: { properties: { sentence: string } }[];
}

/** Put the selection that an audience was asked for into the page. */
export async function openAudience(id: string, target: Target, setFilters: (conditions: Conditions) => void): Promise<void> {
  const { asked } = await ask<{ asked: Selection }>(`/v1/audiences/${encodeURIComponent(id)}`);
  const { area, ...conditions } = asked;
  setFilters(conditions);
  target.add(await shapesOf(area));
  target.choose();
}

/** An area as shapes of the list, each with the words that the server has for it. */
export async function shapesOf(area: Area): Promise<Typed[]> {
  const all = parts(area);
  const headers = { "Content-Type": "application/json", Accept: "application/geo+json" };
  const body = JSON.stringify({ areas: all.map((part) => part.area) });
  // A circle that holds so many people has no outline before they are counted, and so no words from there.
  const told = await ask<Grounds>("/v1/areas:geojson", { method: "POST", headers, body }).catch(() => null);
  return all.map(({ area: part, isSubtracted }, at) => {
    const sentence = told?.features[at]?.properties.sentence;
    return { area: part, words: sentence === undefined ? wordsOf(part) : asListed(sentence), middle: null, isSubtracted };
  });
}

/** A sentence as a line of the list: "In Monkmoor" is "Monkmoor", "Within 400 m of …" stays. */
function asListed(sentence: string): string {
  if (sentence.startsWith("In ")) return sentence.slice(3);
  return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`;
}
