// The line of tools over the map, and their keys.

import { _ } from "../shared/words";
import { type Drawing, type Tool } from "./drawing";
import { HINTS } from "./hints";
import { element } from "../shared/elements";

export interface Stepping {
  undo(): string | null;
  redo(): string | null;
}

const MOST_RADIUS = 200_000;
const MOST_WIDTH = 20_000;
const TYPED_IN = "input:not([type=checkbox]):not([type=radio]), textarea, select";

export class Tools {
  private readonly hint = element("hint", HTMLElement);
  private readonly idle = this.hint.textContent ?? "";
  private readonly stop = element("stop-drawing", HTMLButtonElement);
  private readonly undo = element("undo", HTMLButtonElement);
  private readonly redo = element("redo", HTMLButtonElement);
  private readonly size = element("tool-size", HTMLFormElement);
  private readonly buttons = [...document.querySelectorAll<HTMLButtonElement>("#tools button[data-tool]")];

  constructor(private readonly drawing: () => Drawing, private readonly steps: Stepping) {
    const opener = element("show-tools", HTMLButtonElement);
    for (const button of this.buttons) {
      const tool = button.dataset["tool"] as Tool;
      button.addEventListener("click", () => {
        if (button.getAttribute("aria-pressed") === "true") drawing().stop();
        else drawing().start(tool);
        // On a phone the map may lie below what is seen; what is drawn with stays in sight above it.
        if (opener.offsetParent !== null) drawing().map.getContainer().scrollIntoView({ block: "nearest" });
      });
    }
    opener.addEventListener("click", () => {
      opener.setAttribute("aria-expanded", String(opener.getAttribute("aria-expanded") !== "true"));
    });
    this.stop.addEventListener("click", () => drawing().stop());
    this.undo.addEventListener("click", () => this.step("undo"));
    this.redo.addEventListener("click", () => this.step("redo"));
    const snap = element("snap", HTMLInputElement);
    snap.addEventListener("change", () => {
      drawing().snapping.turn(snap.checked).catch(() => {
        snap.checked = false;
        this.hint.textContent = _("The boundaries could not be loaded. Tick it again to try once more.");
      });
    });
    this.connectSize();
    document.addEventListener("keydown", (event) => this.press(event));
  }

  /** Show which tool is at work; null for none. */
  show(tool: Tool | null): void {
    for (const button of this.buttons) button.setAttribute("aria-pressed", String(button.dataset["tool"] === tool));
    this.stop.hidden = tool === null;
    this.hint.textContent = tool === null ? this.idle : HINTS[tool];
    element("size-of-circle", HTMLElement).hidden = tool !== "Circle";
    element("size-of-line", HTMLElement).hidden = tool !== "Line";
  }

  /** Show whether there is a step to undo, or to do again, and which. */
  showSteps(undoable: string | null, redoable: string | null): void {
    for (const [button, name, done] of [[this.undo, _("Undo"), undoable], [this.redo, _("Redo"), redoable]] as const) {
      // A button that vanished under the finger would take the focus along.
      button.setAttribute("aria-disabled", String(done === null));
      button.title = done === null ? "" : `${name}: ${done}`;
    }
  }

  private connectSize(): void {
    const radius = element("tool-radius", HTMLInputElement);
    const width = element("tool-width", HTMLInputElement);
    radius.addEventListener("input", () => { this.drawing().radius = within(radius, MOST_RADIUS); });
    width.addEventListener("input", () => { this.drawing().width = within(width, MOST_WIDTH) ?? this.drawing().width; });
    this.size.addEventListener("submit", (event) => {
      event.preventDefault();
      if (element("size-of-circle", HTMLElement).hidden) return;
      if (within(radius, MOST_RADIUS) === null) radius.focus();
      else this.drawing().place();
    });
  }

  private step(act: "undo" | "redo"): void {
    if (act === "undo" && this.drawing().takeBack()) return;
    const done = this.steps[act]();
    if (done === null) return;
    const told = act === "undo" ? _("Undone: {what}.", { what: done }) : _("Done again: {what}.", { what: done });
    this.hint.textContent = told;
  }

  private press(event: KeyboardEvent): void {
    if (event.key === "Escape") this.drawing().stop();
    const isTyped = event.target instanceof Element && event.target.matches(TYPED_IN);
    if (isTyped || event.altKey || !(event.ctrlKey || event.metaKey)) return;
    const key = event.key.toLowerCase();
    const act = key === "y" || (key === "z" && event.shiftKey) ? "redo" : key === "z" ? "undo" : null;
    if (act === null) return;
    event.preventDefault();
    this.step(act);
  }
}

/** The number in a field, where it is one that can be used. */
function within(field: HTMLInputElement, most: number): number | null {
  const metres = Number(field.value);
  return metres > 0 && metres <= most ? metres : null;
}
