// The layers that can be laid over the map: a button that opens their list, each with a box to tick.

import L from "leaflet";
import { _ } from "../shared/words";
import type { Entry, Legend } from "./legend";

/** Something that can be shown on the map or not. */
export interface Choice {
  /** Its name in the page's address and in the legend. */
  name: string;
  words: string;
  /** Fetch and make it, when it is first wanted; what it fails with is told in the list. */
  make(): Promise<Made>;
  isOn?: boolean;
}

export interface Made {
  layer: L.Layer;
  entry: Entry;
  /** Sentence for the foot of the legend. */
  asOf?: string;
}

export class Layers {
  private readonly details = document.createElement("details");
  private readonly list = document.createElement("ul");
  private readonly made = new Map<string, Promise<Made>>();
  private readonly boxes = new Map<string, HTMLInputElement>();

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
    if (place !== null) place.append(this.details);
    else this.onMap();
  }

  /** Offer a layer in the list; it is shown at once if it is on from the beginning. */
  offer(choice: Choice): void {
    const [line, box, label] = [document.createElement("li"), document.createElement("input"), document.createElement("label")];
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    box.type = "checkbox";
    box.checked = choice.isOn ?? false;
    label.className = "choice";
    label.append(box, ` ${choice.words}`);
    line.append(label, said);
    this.list.append(line);
    this.boxes.set(choice.name, box);
    this.details.hidden = false;
    const turn = () => {
      this.turn(choice, box).then(
        () => { said.textContent = ""; },
        (error: unknown) => {
          box.checked = false;
          said.textContent = error instanceof Error ? error.message : _("It could not be shown. Tick it again to try once more.");
        },
      );
    };
    box.addEventListener("change", turn);
    if (box.checked) turn();
  }

  /** Show or hide a layer that was offered, as its box would. */
  set(name: string, isOn: boolean): void {
    const box = this.boxes.get(name);
    if (box === undefined || box.checked === isOn) return;
    box.checked = isOn;
    box.dispatchEvent(new Event("change"));
  }

  private async turn(choice: Choice, box: HTMLInputElement): Promise<void> {
    if (!box.checked && !this.made.has(choice.name)) return;
    const promise = this.made.get(choice.name) ?? choice.make();
    this.made.set(choice.name, promise);
    const made = await promise.catch((error: unknown) => {
      this.made.delete(choice.name); // so that it is tried again
      throw error;
    });
    // It may have been turned again while it was fetched.
    if (box.checked) {
      made.layer.addTo(this.map);
      this.legend.show(choice.name, made.entry, [...this.boxes.keys()].indexOf(choice.name));
      this.legend.tell(choice.name, made.asOf ?? "");
    } else {
      made.layer.remove();
      this.legend.hide(choice.name);
      this.legend.tell(choice.name, "");
    }
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
