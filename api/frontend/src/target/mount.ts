// What the parts of the page share: each is mounted on this, and none knows of another.

import type { Base } from "../map/base";
import type { Area, Shape, Typed } from "./areas";
import type { Selection } from "./asking";
import type { SavedArea } from "./saved";

export interface Target {
  /** The map under the drawing, with its layers and legend. */
  readonly base: Base;
  shapes(): readonly Shape[];
  /** The whole target; null while nothing is added. */
  area(): Area | null;
  /** The whole target with whom it is for; null while there is none, or no channel is ticked. */
  selection(): Selection | null;
  /** Add shapes in one step, and show them on the map; gives back how many are new. */
  add(typed: readonly Typed[]): number;
  /** Who is asked about has changed, and the shapes have not: count again. */
  choose(): void;
  /** The saved area that the page's address named, once its shapes are in the list; null for none. */
  readonly opened: Promise<SavedArea | null>;
  /** The target as it is now is kept elsewhere, or can be had again: leaving the page loses nothing. */
  keep(): void;
  /** Be told whenever shapes or choices have changed. */
  watch(listener: () => void): void;
}
