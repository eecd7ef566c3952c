// The shapes of the target: what was done to them, step by step, and what is known of each.

import type { MultiPolygon, Polygon } from "geojson";
import { _ } from "../shared/words";
import { type Area, type Made, type Shape, type Typed, wordsAfter } from "./areas";
import { History } from "./history";
import { holeIn } from "./rings";

interface Fault {
  readonly message: string;
  readonly repaired: Polygon | MultiPolygon | null;
}

const NONE: readonly Made[] = [];

export class Shapes {
  private readonly history = new History<readonly Made[]>({ state: NONE, done: "" });
  /** Of areas that the server refused: the same area is refused again, wherever history goes. */
  private readonly faults = new WeakMap<Area, Fault>();
  private readonly found = new Map<number, number>();
  private lastId = 0;

  /** The list as it is, each shape with what is known of it. */
  get all(): readonly Shape[] {
    return this.history.now.map((made) => this.known(made));
  }

  get undoable(): string | null {
    return this.history.undoable;
  }

  get redoable(): string | null {
    return this.history.redoable;
  }

  /** Add shapes in one step; those that are in the list already are left out. */
  add(typed: readonly Typed[]): Shape[] {
    const values = new Set(this.history.now.map(({ area }) => JSON.stringify(area)));
    const added = typed
      .filter(({ area }) => !values.has(JSON.stringify(area)))
      .map((one): Made => ({ isSubtracted: false, ...one, id: (this.lastId += 1) }));
    const [first] = added;
    if (first === undefined) return [];
    const many = _("adding {count} shapes", { count: added.length });
    const done = added.length > 1 ? many : _("adding {shape}", { shape: first.words });
    this.history.push([...this.history.now, ...added], done);
    return added.map((made) => this.known(made));
  }

  /** Give a shape another area; steps of one gesture are undone together. */
  change(id: number, area: Area, gesture: string | null = null): void {
    const shape = this.history.now.find((made) => made.id === id);
    if (shape === undefined || JSON.stringify(shape.area) === JSON.stringify(area)) return;
    const changed = { ...shape, area, words: wordsAfter(shape, area) };
    this.put([changed], _("changing {shape}", { shape: shape.words }), gesture);
  }

  /** Add a shape that was taken away, or take away one that was added. */
  turn(id: number): void {
    const turned = this.history.now.filter((made) => made.id === id);
    const [shape] = turned;
    if (shape === undefined) return;
    const words = { shape: shape.words };
    const done = shape.isSubtracted ? _("adding {shape}", words) : _("taking away {shape}", words);
    this.put(turned.map((made) => ({ ...made, isSubtracted: !made.isSubtracted })), done);
  }

  /** Cut a hole into the shape that it lies in; what lies in none is taken away from all. */
  cut(hole: Polygon): void {
    const inside = holeIn(this.all, hole);
    if (inside === null) {
      this.add([{ area: { type: "polygon", geometry: hole }, words: _("a hole"), middle: null, isSubtracted: true }]);
      return;
    }
    const { shape, area } = inside;
    const words = shape.area.type === "rectangle" ? _("a rectangle with a hole") : shape.words;
    this.put([{ ...shape, area, words }], _("cutting a hole into {shape}", { shape: shape.words }));
  }

  remove(ids: readonly number[]): void {
    const gone = this.history.now.filter(({ id }) => ids.includes(id));
    const [first] = gone;
    if (first === undefined) return;
    const many = _("removing {count} shapes", { count: gone.length });
    const done = gone.length > 1 ? many : _("removing {shape}", { shape: first.words });
    this.history.push(this.history.now.filter((made) => !gone.includes(made)), done);
  }

  /** Put the repaired outlines in the place of those that cannot be used. */
  repair(ids: readonly number[]): void {
    const mended = this.all.flatMap(({ fault: _fault, repaired, found: _found, ...made }) =>
      repaired !== null && ids.includes(made.id) ? [{ ...made, area: { type: "polygon" as const, geometry: repaired } }] : [],
    );
    if (mended.length > 0) this.put(mended, _("using the repaired shape"));
  }

  /** A hand was taken off: what it does next is a step of its own. */
  settle(): void {
    this.history.settle();
  }

  undo(): string | null {
    return this.history.undo();
  }

  redo(): string | null {
    return this.history.redo();
  }

  /** The server refuses the area, and may offer another; tell whether a shape of the list has it. */
  refuse(area: Area, message: string, repaired: Polygon | MultiPolygon | null): boolean {
    this.faults.set(area, { message, repaired });
    return this.history.now.some((made) => made.area === area);
  }

  /** How wide a circle is that holds so many people; tell whether that is new. */
  widen(id: number, metres: number): boolean {
    const isNew = this.found.get(id) !== metres;
    this.found.set(id, metres);
    return isNew;
  }

  /** No circle is known any more to hold so many people; tell whether one was. */
  forget(): boolean {
    const wereKnown = this.found.size > 0;
    this.found.clear();
    return wereKnown;
  }

  private put(changed: readonly Made[], done: string, gesture: string | null = null): void {
    const byId = new Map(changed.map((made) => [made.id, made]));
    this.history.push(this.history.now.map((made) => byId.get(made.id) ?? made), done, gesture);
  }

  private known(made: Made): Shape {
    const fault = this.faults.get(made.area);
    const found = "holding" in made.area && fault === undefined ? this.found.get(made.id) : undefined;
    return { ...made, fault: fault?.message ?? null, repaired: fault?.repaired ?? null, found: found ?? null };
  }
}

/** A shape that is not in the list yet: it is counted while the hand still draws it. */
export function passing(area: Area, isSubtracted = false): Shape {
  return { id: 0, area, words: "", isSubtracted, middle: null, fault: null, repaired: null, found: null };
}
