// States one after another: what was done can be undone, and what was undone done again.

interface Step<T> {
  readonly state: T;
  /** What was done to come here, in words. */
  readonly done: string;
}

export class History<T> {
  private readonly past: Step<T>[] = [];
  private future: Step<T>[] = [];
  private gesture: string | null = null;

  constructor(private present: Step<T>) {}

  get now(): T {
    return this.present.state;
  }

  /** What would be undone next, in words; null where nothing would. */
  get undoable(): string | null {
    return this.past.length > 0 ? this.present.done : null;
  }

  /** What would be done again next, in words; null where nothing would. */
  get redoable(): string | null {
    return this.future.at(-1)?.done ?? null;
  }

  /**
   * Go on to a new state; what was undone is gone.
   *
   * Steps of one gesture, such as a drag or presses of one arrow key, are one step until it ends.
   */
  push(state: T, done: string, gesture: string | null = null): void {
    if (gesture === null || gesture !== this.gesture) this.past.push(this.present);
    this.gesture = gesture;
    this.present = { state, done };
    this.future = [];
  }

  /** The gesture has ended: the next step is one of its own. */
  settle(): void {
    this.gesture = null;
  }

  /** Go back one step; what it had done, null where there is none. */
  undo(): string | null {
    const before = this.past.pop();
    if (before === undefined) return null;
    const { done } = this.present;
    this.future.push(this.present);
    this.present = before;
    this.settle();
    return done;
  }

  /** Go forth one step; what it does, null where there is none. */
  redo(): string | null {
    const after = this.future.pop();
    if (after === undefined) return null;
    this.past.push(this.present);
    this.present = after;
    this.settle();
    return after.done;
  }
}
