// The list of shapes beside the map: the same things as on the map, each with buttons and fields.

import { distance } from "../shared/figures";
import { _ } from "../shared/words";
import type { Area, Shape } from "./areas";
import { element } from "../shared/elements";
import { Corners } from "./vertices";

export interface ShapeActs {
  remove(shape: Shape): void;
  repair(shape: Shape): void;
  change(shape: Shape, area: Area, gesture?: string): void;
  turn(shape: Shape): void;
  zoomTo(shape: Shape): void;
  isOnMap(shape: Shape): boolean;
  /** Show a corner on the map. */
  point(position: readonly number[] | null): void;
}

// What the server takes.
const WIDEST: Partial<Record<Area["type"], number>> = { corridor: 20_000, radius: 200_000, hotspots: 5_000 };

export class Listing {
  private readonly list = element("shapes", HTMLUListElement);
  private readonly corners: Corners;
  private shown: readonly Shape[] = [];

  constructor(private readonly acts: ShapeActs) {
    this.corners = new Corners(acts, () => this.show(this.shown));
  }

  show(shapes: readonly Shape[]): void {
    this.shown = shapes;
    const kept = keepFocus();
    this.list.replaceChildren(...shapes.map((shape) => this.line(shape)));
    kept();
    element("no-shapes", HTMLElement).hidden = shapes.length > 0;
    element("order-of-shapes", HTMLElement).hidden = !shapes.some(({ isSubtracted }) => isSubtracted);
  }

  private line(shape: Shape): HTMLLIElement {
    const { acts } = this;
    const item = document.createElement("li");
    item.classList.toggle("taken", shape.isSubtracted);
    const text = document.createElement("span");
    text.textContent = shape.isSubtracted ? _("without {shape}", { shape: wordsFor(shape) }) : wordsFor(shape);
    item.append(text);
    if (shape.fault !== null) {
      const fault = document.createElement("span");
      fault.className = "error";
      fault.textContent = _("Does not count. {why}", { why: shape.fault });
      item.append(fault);
    }
    const buttons: [string, string, () => void][] = [];
    if (shape.repaired !== null) buttons.push(["repair", _("Use the repaired shape"), () => acts.repair(shape)]);
    if (acts.isOnMap(shape)) buttons.push(["show", _("Show"), () => acts.zoomTo(shape)]);
    buttons.push(["turn", shape.isSubtracted ? _("Add instead") : _("Take away instead"), () => acts.turn(shape)]);
    buttons.push(["remove", _("Remove"), () => acts.remove(shape)]);
    item.append(...buttons.map(([act, name, onClick]) => button(shape, act, name, onClick)));
    item.append(...this.corners.of(shape), ...size(shape, acts));
    return item;
  }
}

function button(shape: Shape, act: string, name: string, onClick: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "link";
  made.id = `shape-${shape.id}-${act}`;
  made.textContent = name;
  made.setAttribute("aria-label", `${name}: ${shape.words}`);
  made.addEventListener("click", onClick);
  return made;
}

/** What a shape is, in words, with what is known of it only since it was counted. */
export function wordsFor({ words, found }: Shape): string {
  return found === null ? words : `${words}: ${distance(found)}`;
}

/** A field for how far a shape reaches, where that is a number of metres. */
function size(shape: Shape, acts: ShapeActs): HTMLElement[] {
  const { area } = shape;
  const most = WIDEST[area.type];
  if (most === undefined || !("metres" in area)) return [];
  const [label, field] = [document.createElement("label"), document.createElement("input")];
  field.type = "number";
  field.id = `shape-${shape.id}-width`;
  [field.min, field.max, field.step] = [area.type === "hotspots" ? "0" : "1", String(most), "any"];
  field.value = String(area.metres);
  field.required = true;
  field.addEventListener("change", () => {
    if (field.reportValidity()) acts.change(shape, { ...area, metres: Number(field.value) });
  });
  label.className = "width";
  const words = { corridor: _("metres to each side"), radius: _("metres from the middle"), hotspots: _("metres round them") };
  label.append(field, words[area.type as keyof typeof words]);
  return [label];
}

/** Remember where the keyboard is and what is half typed there; what is given back puts both back. */
function keepFocus(): () => void {
  const { activeElement } = document;
  const id = activeElement?.id ?? "";
  const typed = activeElement instanceof HTMLInputElement && activeElement.closest("#shapes") !== null ? activeElement.value : null;
  return () => {
    if (id === "" || document.activeElement?.id === id) return;
    const again = document.getElementById(id);
    again?.focus();
    if (again instanceof HTMLInputElement && typed !== null && again.value !== typed) again.value = typed;
  };
}
