// The box over the map: a combobox (ARIA APG) whose list is what the server finds for what is typed.

import L from "leaflet";
import { RefusedError, ask } from "../shared/asking";
import { element } from "../shared/elements";
import { distance } from "../shared/figures";
import { _ } from "../shared/words";
import type { Area, Typed } from "./areas";
import { groundOf } from "./geojson";
import type { Target } from "./mount";

interface Place {
  kind: "postcode" | "sector" | "district" | "team" | "area" | "position";
  name: string;
  detail: string;
  longitude: number;
  latitude: number;
  /** West, south, east, north; null of a point. */
  bounds: [number, number, number, number] | null;
  area: Area;
}

interface Found {
  places: Place[];
  note: string | null;
}

const AFTER_MS = 150;
const CLOSE = 16; // zoom at which a postcode is looked at
const STILL = { interactive: false, pmIgnore: true };
const MARK: L.CircleMarkerOptions = { radius: 9, color: "#1d70b8", weight: 3, fill: false, ...STILL };

class Search {
  private readonly field = element("place", HTMLInputElement);
  private readonly list = element("places", HTMLUListElement);
  private readonly told = element("place-told", HTMLElement);
  private readonly form = element("found-place", HTMLFormElement);
  private readonly metres = element("found-metres", HTMLInputElement);
  private places: readonly Place[] = [];
  private active = -1;
  private chosen: Place | null = null;
  private mark: L.Layer | null = null;
  private asking: AbortController | null = null;
  private timer = 0;

  constructor(private readonly target: Target) {
    this.field.addEventListener("input", () => {
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => void this.find(), AFTER_MS);
    });
    this.field.addEventListener("keydown", (event) => this.press(event));
    this.field.addEventListener("blur", () => this.close());
    // Before the field loses the focus, and with it the list.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const item = event.target instanceof Element ? event.target.closest("[role=option]") : null;
      if (item !== null) this.choose([...this.list.children].indexOf(item));
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.add();
    });
    element("found-close", HTMLButtonElement).addEventListener("click", () => {
      this.forget();
      this.field.focus();
    });
  }

  private async find(): Promise<void> {
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    const text = this.field.value.trim();
    if (text.length < 2) {
      this.close();
      return;
    }
    try {
      const found = await ask<Found>(`/v1/places:search?q=${encodeURIComponent(text)}`, { signal: asking.signal });
      if (!asking.signal.aborted) this.show(found);
    } catch (error) {
      if (asking.signal.aborted) return;
      const why = error instanceof RefusedError ? error.message : _("The server does not answer. Try again.");
      this.show({ places: [], note: why });
    }
  }

  private show({ places, note }: Found): void {
    this.places = places;
    this.active = -1;
    const nothing = _("Nothing found. Type a postcode, a sector such as SY1 2, a team or an area by its name, or a position.");
    const why = note === null ? nothing : _("No place on the map: {why}.", { why: note.replace(/\.$/, "") });
    const items = places.length > 0 ? places.map((place, at) => option(place, at)) : [words(why)];
    if (places.length > 0 && note !== null) items.push(words(note));
    this.list.replaceChildren(...items);
    this.open(true);
    this.told.textContent = places.length === 0 ? why : places.length === 1 ? _("1 place found.") : _("{count} places found.", { count: places.length });
  }

  private press(event: KeyboardEvent): void {
    const moves: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const move = moves[event.key];
    if (move !== undefined && this.places.length > 0) {
      event.preventDefault();
      this.open(true);
      const count = this.places.length;
      this.point(this.active < 0 && move < 0 ? count - 1 : (this.active + move + count) % count);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (this.list.hidden) void this.find();
      else if (this.places.length > 0) this.choose(Math.max(this.active, 0));
    } else if (event.key === "Escape") {
      if (this.list.hidden) this.field.value = "";
      this.close();
      event.stopPropagation();
    }
  }

  private point(at: number): void {
    this.active = at;
    [...this.list.children].forEach((item, each) => {
      if (item.getAttribute("role") === "option") item.setAttribute("aria-selected", String(each === at));
    });
    this.field.setAttribute("aria-activedescendant", `place-${at}`);
    document.getElementById(`place-${at}`)?.scrollIntoView({ block: "nearest" });
  }

  private choose(at: number): void {
    const place = this.places[at];
    if (place === undefined) return;
    this.field.value = place.name;
    this.close();
    this.forget();
    this.chosen = place;
    this.look(place);
    element("found-name", HTMLElement).textContent = place.name;
    element("found-size", HTMLElement).hidden = place.area.type !== "radius";
    this.form.hidden = false;
    this.told.textContent = _("{name} is shown on the map. Add it to the target with the button after this box.", { name: place.name });
  }

  private look({ longitude, latitude, bounds, area }: Place): void {
    const { map } = this.target.base;
    if (bounds === null) {
      this.mark = L.circleMarker([latitude, longitude], MARK).addTo(map);
      map.setView([latitude, longitude], Math.max(map.getZoom(), CLOSE));
      return;
    }
    const [west, south, east, north] = bounds;
    map.fitBounds([[south, west], [north, east]], { padding: [24, 24] });
    void groundOf(area).then(
      (ground) => {
        // Another place may have been chosen meanwhile.
        if (ground !== null && this.chosen?.area === area) this.mark = L.geoJSON(ground, { style: { ...MARK, dashArray: "6 6" }, ...STILL }).addTo(map);
      },
      () => undefined,
    );
  }

  private add(): void {
    const { chosen } = this;
    if (chosen === null || !this.metres.reportValidity()) return;
    const isNew = this.target.add([typedOf(chosen, this.metres.valueAsNumber)]) > 0;
    this.forget();
    this.field.value = "";
    this.field.focus();
    this.told.textContent = isNew ? _("{name} is added.", { name: chosen.name }) : _("{name} is in the list already.", { name: chosen.name });
  }

  private forget(): void {
    this.mark?.remove();
    [this.mark, this.chosen] = [null, null];
    this.form.hidden = true;
  }

  private open(isOpen: boolean): void {
    this.list.hidden = !isOpen;
    this.field.setAttribute("aria-expanded", String(isOpen));
  }

  private close(): void {
    this.open(false);
    this.active = -1;
    this.field.removeAttribute("aria-activedescendant");
  }
}

export function mountSearch(target: Target): void {
  new Search(target);
}

/** A place as a shape of the list. */
function typedOf({ area, name, detail, kind, longitude, latitude }: Place, metres: number): Typed {
  if (area.type !== "radius" || !("metres" in area)) {
    return { area, words: kind === "area" ? `${name} (${detail})` : name, middle: null };
  }
  const words = _("within {distance} of {place}", { distance: distance(metres), place: name });
  return { area: { ...area, metres }, words, middle: [latitude, longitude] };
}

function option({ name, detail }: Place, at: number): HTMLLIElement {
  const [item, what] = [document.createElement("li"), document.createElement("span")];
  item.id = `place-${at}`;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  what.className = "secondary";
  what.textContent = detail;
  item.append(name, " ", what);
  return item;
}

/** A line that cannot be chosen. */
function words(text: string): HTMLLIElement {
  const item = document.createElement("li");
  item.className = "nothing";
  item.setAttribute("role", "option");
  item.setAttribute("aria-disabled", "true");
  item.textContent = text;
  return item;
}
