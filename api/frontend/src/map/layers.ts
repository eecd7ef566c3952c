// The layers that can be laid over the map: a button that opens their list, each with a box to tick.

import L from "leaflet";
import { _ } from "../shared/words";
import type { Entry, Legend } from "./legend";

/** Something that can be shown on the map or not. */
export interface Choice {
  /** Its name in the legend and for `set`. */
  name: string;
  words: string;
  isOn?: boolean;
  /** One of these at a time; without them there is one only. */
  options?: readonly { value: string; words: string }[];
  /** Fetch and make it, when it is first wanted; what it fails with is told in the list. */
  make(value: string): Promise<Made>;
}

export interface Made {
  layer: L.Layer;
  /** What its marks mean; none where the layer keeps its own entry of the legend. */
  entry?: Entry;
  /** Sentence for the foot of the legend. */
  asOf?: string;
  /** Called when it is on the map, and when it is no more. */
  turned?: (isOn: boolean) => void;
}

interface Line {
  readonly choice: Choice;
  readonly place: number;
  readonly box: HTMLInputElement;
  readonly select: HTMLSelectElement | null;
  readonly said: HTMLElement;
  readonly made: Map<string, Promise<Made>>;
  shown: Made | null;
}

export class Layers {
  private readonly details = document.createElement("details");
  private readonly list = document.createElement("ul");
  private readonly lines = new Map<string, Line>();

  constructor(
    private readonly map: L.Map,
    private readonly legend: Legend,
    place: HTMLElement | null,
  ) {
    const summary = document.createElement("summary");
    summary.textContent = _("Layers");
    this.details.className = "layers";
    this.details.hidden = true;
    this.details.append(summary, this.list);
    this.details.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.details.open) return;
      event.stopPropagation(); // it closes the list, and stops no drawing
      this.details.open = false;
      summary.focus();
    });
    map.getContainer().addEventListener("pointerdown", (event) => {
      if (!this.details.contains(event.target as Node)) this.details.open = false;
    });
    if (place !== null) place.append(this.details);
    else this.onMap();
  }

  /** Offer a layer in the list; it is shown at once if it is on from the beginning. */
  offer(choice: Choice): void {
    const line = lineOf(choice, this.lines.size);
    this.list.append(itemOf(line));
    this.lines.set(choice.name, line);
    this.details.hidden = false;
    line.box.addEventListener("change", () => void this.turn(line));
    line.select?.addEventListener("change", () => {
      line.box.checked = true; // who picks one wants to see it
      void this.turn(line);
    });
    if (line.box.checked) void this.turn(line);
  }

  /** Show or hide a layer that was offered, as its box would. */
  set(name: string, isOn: boolean): void {
    const line = this.lines.get(name);
    if (line === undefined || line.box.checked === isOn) return;
    line.box.checked = isOn;
    void this.turn(line);
  }

  isOn(name: string): boolean {
    return this.lines.get(name)?.box.checked ?? false;
  }

  /** Bring the map to what the box and the choice of a line say. */
  private async turn(line: Line): Promise<void> {
    const { box, said } = line;
    const value = line.select?.value ?? "";
    const isWanted = () => box.checked && value === (line.select?.value ?? "");
    said.textContent = "";
    if (!box.checked) {
      this.take(line);
      return;
    }
    const waits = window.setTimeout(() => { said.textContent = _("Loading…"); }, 300);
    try {
      const made = await this.makingOf(line, value);
      if (isWanted()) this.put(line, made);
      said.textContent = "";
    } catch (error) {
      if (isWanted()) box.checked = false;
      this.take(line);
      said.textContent = error instanceof Error ? error.message : _("It could not be shown. Tick the box to try again.");
    } finally {
      window.clearTimeout(waits);
    }
  }

  private makingOf(line: Line, value: string): Promise<Made> {
    const known = line.made.get(value);
    if (known !== undefined) return known;
    const making = line.choice.make(value);
    line.made.set(value, making);
    making.catch(() => line.made.delete(value)); // so that it can be tried again
    return making;
  }

  private put(line: Line, made: Made): void {
    if (line.shown === made) return;
    this.take(line);
    line.shown = made;
    made.layer.addTo(this.map);
    if (made.entry !== undefined) this.legend.show(line.choice.name, made.entry, line.place);
    this.legend.tell(line.choice.name, made.asOf ?? "");
    made.turned?.(true);
  }

  private take(line: Line): void {
    const { shown } = line;
    if (shown === null) return;
    line.shown = null;
    shown.layer.remove();
    this.legend.hide(line.choice.name);
    this.legend.tell(line.choice.name, "");
    shown.turned?.(false);
  }

  private onMap(): void {
    const control = new L.Control({ position: "topright" });
    control.onAdd = () => {
      L.DomEvent.disableClickPropagation(this.details);
      L.DomEvent.disableScrollPropagation(this.details);
      return this.details;
    };
    control.addTo(this.map);
  }
}

function lineOf(choice: Choice, place: number): Line {
  const [box, said] = [document.createElement("input"), document.createElement("span")];
  box.type = "checkbox";
  box.checked = choice.isOn ?? false;
  said.className = "layer-said";
  said.setAttribute("role", "status");
  const select = choice.options === undefined ? null : document.createElement("select");
  for (const { value, words } of choice.options ?? []) select?.add(new Option(words, value));
  select?.setAttribute("aria-label", _("{layer}: which", { layer: choice.words }));
  return { choice, place, box, select, said, made: new Map(), shown: null };
}

function itemOf({ choice, box, select, said }: Line): HTMLElement {
  const [item, label] = [document.createElement("li"), document.createElement("label")];
  label.className = "choice";
  label.append(box, ` ${choice.words}`);
  item.append(label, ...(select === null ? [] : [select]), said);
  return item;
}
