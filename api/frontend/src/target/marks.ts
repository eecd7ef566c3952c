// The postcodes of the target, as the map that is a file has them: filled inside, hollow on the edge.

import L from "leaflet";
import { Dots } from "../map/dots";
import { askWhenReady } from "../shared/asking";
import { thousands } from "../shared/figures";
import { _ } from "../shared/words";
import type { Reach } from "./asking";
import type { Target } from "./mount";

interface Some {
  count: number;
  /** Longitude and latitude of each; null where they are too many to be told apart. */
  positions: [number, number][] | null;
}

interface Found {
  inside: Some;
  on_edge: Some;
}

const NAME = "marks";
const ACCENT = "#1d70b8";
// Figures come first: these are asked for when a shape has lain still for so long.
const SETTLED_MS = 400;
// While others have their turn the server asks to wait; the target may have changed by then, and is asked about anew.
const MOST_AGAIN = 2;
const POST = { method: "POST", headers: { "Content-Type": "application/json" } };
// From this zoom on so many pixels, else the last.
const RADII: readonly (readonly [number, number])[] = [[15, 3.5], [13, 2.5], [0, 2]];

/** Offer them as a layer that follows the target. */
export function mountMarks(target: Target, reach: () => Reach): void {
  const marks = new Marks(target, reach);
  target.base.layers.offer({
    name: NAME,
    words: _("Postcodes of the target"),
    isOn: true,
    make: async () => ({ layer: marks.layer, turned: (isOn) => marks.turn(isOn) }),
  });
  target.watch(() => marks.follow());
}

class Marks {
  readonly layer = L.layerGroup();
  private readonly renderer: L.SVG;
  private isOn = false;
  private asked = "";
  private waiting = 0;
  private current: AbortController | null = null;
  /** What the legend tells; undefined while it has no line. */
  private explained: Found | null | undefined;

  constructor(private readonly target: Target, private readonly reach: () => Reach) {
    target.base.map.createPane(NAME).classList.add("marks-pane");
    this.renderer = L.svg({ pane: NAME });
  }

  turn(isOn: boolean): void {
    this.isOn = isOn;
    this.asked = "";
    this.drop();
    if (isOn) this.follow();
    else {
      this.target.base.legend.hide(NAME);
      this.explained = undefined;
    }
  }

  /** The target has changed, or may have: what is drawn of another is taken away at once. */
  follow(): void {
    const area = this.target.area();
    const asked = area === null ? "" : JSON.stringify({ area, reach: this.reach() });
    if (!this.isOn || (asked === this.asked && asked !== "")) return;
    this.asked = asked;
    this.drop();
    if (area !== null) this.waiting = window.setTimeout(() => void this.show(asked), SETTLED_MS);
  }

  private drop(): void {
    window.clearTimeout(this.waiting);
    this.current?.abort();
    this.layer.clearLayers();
    this.explain(null);
  }

  private async show(asked: string): Promise<void> {
    const current = new AbortController();
    this.current = current;
    // What is wrong with the target the figures tell; without an answer nothing is marked.
    const init = { ...POST, body: asked, signal: current.signal };
    const found = await askWhenReady<Found>("/v1/areas:postcodes", init, MOST_AGAIN).catch(() => null);
    if (current.signal.aborted || found === null) return;
    this.put(found.inside, ACCENT);
    this.put(found.on_edge, "#ffffff");
    this.explain(found);
  }

  private put({ positions }: Some, fillColor: string): void {
    const look: L.PathOptions = { color: ACCENT, weight: 1.5, fill: true, fillColor, fillOpacity: 1 };
    const options = { ...look, renderer: this.renderer, pane: NAME, interactive: false, pmIgnore: true };
    if (positions !== null) new Dots(positions, radiusAt, options).addTo(this.layer);
  }

  /** The line of the legend stays, so that nothing moves; numbers come when they are known. */
  private explain(found: Found | null): void {
    if (!this.isOn || (found === null && this.explained === null)) return;
    this.explained = found;
    this.target.base.legend.show(NAME, {
      title: _("Postcodes of the target"),
      rows: [
        { mark: { shape: "dot", stroke: ACCENT, fill: ACCENT }, words: inside(found?.inside) },
        { mark: { shape: "dot", stroke: ACCENT, fill: "#ffffff", width: 1.5 }, words: onTheEdge(found?.on_edge) },
      ],
    });
  }
}

function inside(some: Some | undefined): string {
  if (some === undefined) return _("inside");
  const told = { count: thousands(some.count) };
  return some.positions === null ? _("inside: {count}, too many to draw", told) : _("inside: {count}", told);
}

function onTheEdge(some: Some | undefined): string {
  if (some === undefined) return _("on the edge");
  const told = { count: thousands(some.count) };
  return some.positions === null ? _("on the edge: {count}, too many to draw", told) : _("on the edge: {count}", told);
}

function radiusAt(zoom: number): number {
  return RADII.find(([from]) => zoom >= from)?.[1] ?? 2;
}
