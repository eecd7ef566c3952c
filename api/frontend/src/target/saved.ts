// Saved areas as shapes of the list.

import { type Area, type Typed, parts, wordsOf } from "./areas";
import { shapesOf } from "./opening";

export interface SavedArea {
  id: string;
  name: string;
  version: number;
  area: Area;
  owner: string;
}

/** The shapes of a saved area, each to be changed by itself, with the server's words where it has some. */
export function shapesOfSaved({ area }: SavedArea): Promise<Typed[]> {
  const plain = parts(area).map(({ area: part, isSubtracted }) => ({ area: part, words: wordsOf(part), middle: null, isSubtracted }));
  // A circle that holds so many people has no outline of its own.
  return shapesOf(area).catch(() => plain);
}
