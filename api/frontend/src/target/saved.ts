// Saved areas as shapes of the list.

import { type Area, type Typed, parts, wordsOf } from "./areas";

export interface SavedArea {
  id: string;
  name: string;
  version: number;
  area: Area;
  owner: string;
}

/** The shapes of a saved area, each to be changed by itself. */
export function shapesOfSaved({ area }: SavedArea): Typed[] {
  return parts(area).map(({ area: part, isSubtracted }) => ({ area: part, words: wordsOf(part), middle: null, isSubtracted }));
}
