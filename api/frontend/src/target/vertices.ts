// Corners by keyboard: a list of a shape's positions, each moved by arrow keys, typed or removed.

import { _ } from "../shared/words";
import type { Area, Shape } from "./areas";
import { type Corner, cornersOf, moved, wholeOf } from "./corners";
import type { ShapeActs } from "./listing";
import { element } from "../shared/elements";

const STEP_M = 10;
const WIDE_STEP_M = 100;
/** More would make the page slow; a file is the better place for such outlines. */
const MOST_SHOWN = 60;
const FEWEST: Partial<Record<Area["type"], number>> = { polygon: 3, corridor: 2 };

const ARROWS: Record<string, [number, number, string]> = {
  ArrowUp: [0, 1, _("north")],
  ArrowDown: [0, -1, _("south")],
  ArrowLeft: [-1, 0, _("west")],
  ArrowRight: [1, 0, _("east")],
};

type Acts = Pick<ShapeActs, "change" | "point">;

export class Corners {
  private readonly open = new Set<number>();

  constructor(
    private readonly acts: Acts,
    private readonly again: () => void,
  ) {}

  /** A button that opens the list of a shape's corners, and the list while it is open; nothing for a shape without. */
  of(shape: Shape): HTMLElement[] {
    const corners = cornersOf(shape.area);
    if (corners.length === 0) return [];
    const isOpen = this.open.has(shape.id);
    const toggle = document.createElement("button");
    toggle.type = "button";
    toggle.className = "link";
    toggle.id = `shape-${shape.id}-corners`;
    toggle.textContent = _("Corners");
    toggle.setAttribute("aria-label", _("Corners: {shape}", { shape: shape.words }));
    toggle.setAttribute("aria-expanded", String(isOpen));
    toggle.addEventListener("click", () => {
      if (isOpen) this.open.delete(shape.id);
      else this.open.add(shape.id);
      this.again();
    });
    return isOpen ? [toggle, this.listOf(shape, corners)] : [toggle];
  }

  private listOf(shape: Shape, corners: readonly Corner[]): HTMLElement {
    const box = document.createElement("div");
    box.className = "corners";
    const hint = document.createElement("p");
    hint.className = "small";
    hint.textContent = _("With the keyboard on Move, arrow keys move a corner by 10 m, with Shift by 100 m.");
    const list = document.createElement("ul");
    const whole = wholeOf(shape.area);
    if (whole !== null) list.append(this.row(shape, whole, "all"));
    corners.slice(0, MOST_SHOWN).forEach((corner, index) => list.append(this.row(shape, corner, String(index))));
    box.append(hint, list);
    if (corners.length > MOST_SHOWN) box.append(small(_("Of {count} corners the first {shown} are listed: drag the others on the map, or change the shape in a file.", { count: corners.length, shown: MOST_SHOWN })));
    return box;
  }

  private row(shape: Shape, corner: Corner, key: string): HTMLLIElement {
    const row = document.createElement("li");
    const id = `shape-${shape.id}-corner-${key}`;
    const names = { corner: corner.name };
    const name = document.createElement("b");
    name.textContent = corner.name;
    const mover = button(id, _("Move"), _("Move {corner} with the arrow keys", names));
    mover.addEventListener("keydown", (event) => this.press(event, shape, corner));
    mover.addEventListener("focus", () => this.acts.point(corner.at));
    mover.addEventListener("blur", () => this.acts.point(null));
    row.append(name, mover);
    const fewest = key === "all" ? undefined : FEWEST[shape.area.type];
    if (fewest !== undefined && corner.among > fewest) {
      const remove = button(`${id}-remove`, _("Remove"), _("Remove {corner}", names));
      remove.addEventListener("click", () => this.acts.change(shape, corner.with([])));
      row.append(remove);
    }
    const { after } = corner;
    if (after !== undefined) {
      const more = button(`${id}-add`, _("Add after"), _("Add after {corner}", names));
      more.addEventListener("click", () => this.acts.change(shape, corner.with([corner.at, after])));
      row.append(more);
    }
    row.append(this.field(shape, corner, `${id}-1`, 1), this.field(shape, corner, `${id}-0`, 0));
    return row;
  }

  private field(shape: Shape, corner: Corner, id: string, axis: 0 | 1): HTMLLabelElement {
    const label = document.createElement("label");
    const field = document.createElement("input");
    [field.type, field.id, field.inputMode, field.autocomplete] = ["text", id, "decimal", "off"];
    field.value = String(corner.at[axis] ?? "");
    const names = { corner: corner.name };
    field.setAttribute("aria-label", axis === 1 ? _("Latitude of {corner}", names) : _("Longitude of {corner}", names));
    field.addEventListener("change", () => {
      const degrees = Number(field.value);
      const isDegrees = field.value.trim() !== "" && Number.isFinite(degrees) && Math.abs(degrees) <= 90;
      field.setCustomValidity(isDegrees ? "" : _("Type degrees, such as 52.71."));
      if (!field.reportValidity()) return;
      const at = [...corner.at];
      at[axis] = degrees;
      this.acts.change(shape, corner.with([at]));
    });
    label.append(axis === 1 ? _("Latitude") : _("Longitude"), field);
    return label;
  }

  private press(event: KeyboardEvent, shape: Shape, corner: Corner): void {
    const arrow = ARROWS[event.key];
    if (arrow === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const [east, north, way] = arrow;
    const metres = event.shiftKey ? WIDE_STEP_M : STEP_M;
    const at = moved(corner.at, east * metres, north * metres);
    this.acts.change(shape, corner.with([at]), `${shape.id} ${corner.name}`);
    this.acts.point(at);
    const said = { corner: corner.name, metres, way, latitude: at[1] ?? 0, longitude: at[0] ?? 0 };
    element("moved", HTMLElement).textContent = _("{corner}: {metres} m {way}, at latitude {latitude}, longitude {longitude}.", said);
  }
}

function button(id: string, words: string, label: string): HTMLButtonElement {
  const made = document.createElement("button");
  [made.type, made.className, made.id, made.textContent] = ["button", "link", id, words];
  made.setAttribute("aria-label", label);
  return made;
}

function small(words: string): HTMLElement {
  const made = document.createElement("p");
  made.className = "small";
  made.textContent = words;
  return made;
}
