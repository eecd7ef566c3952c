// Outlines of a layer, as detailed as the zoom shows: simplified by the server as one, without cracks.

import L from "leaflet";
import type { Feature, FeatureCollection, MultiPolygon, Polygon } from "geojson";
import { ask } from "../shared/asking";
import { _ } from "../shared/words";

export type Outlined<P> = FeatureCollection<Polygon | MultiPolygon, P>;
interface Area {
  code: string;
  name: string;
}

// How coarse the server can give them, metres; see geo_alerts/places/simplified.py.
const STEPS = [256, 64, 16, 4, 0];
// Where pixels are finer than this, every vertex is shown.
const FINE_M = 3;
const GEOJSON = { headers: { Accept: "application/geo+json" } };

/** The outlines of one layer of areas; the same polygons stay while their detail changes. */
export class Outlines<P extends Area> {
  readonly byCode = new Map<string, L.Polygon>();
  /** What is shown first; fails as `ask` does. */
  readonly ready: Promise<Outlined<P>>;
  private readonly steps = new Map<number, Promise<Outlined<P>>>();
  private shown: number;

  constructor(
    private readonly map: L.Map,
    private readonly address: string,
  ) {
    this.shown = this.wanted();
    this.ready = this.at(this.shown);
  }

  /** Draw them; from then on they follow the zoom. */
  show(areas: Outlined<P>, options: L.GeoJSONOptions<P, Polygon | MultiPolygon>): L.GeoJSON {
    // Leaflet passes these on to each outline: simplified one by one, neighbours would come apart.
    const seamless: L.PolylineOptions = { smoothFactor: 0 };
    const layer = L.geoJSON<P, Polygon | MultiPolygon>(areas, {
      ...seamless,
      pmIgnore: true,
      ...options,
      onEachFeature: (feature: Feature<Polygon | MultiPolygon, P>, each) => {
        this.byCode.set(feature.properties.code, each as L.Polygon);
        options.onEachFeature?.(feature, each);
      },
    });
    this.map.on("zoomend", () => void this.follow());
    void this.follow();
    return layer;
  }

  /** Every vertex as it is kept, for what must lie on the outlines exactly. */
  exact(): Promise<Outlined<P>> {
    return this.at(0);
  }

  private wanted(): number {
    const { lat } = this.map.getCenter();
    const metres = (L.CRS.EPSG3857.scale(this.map.getZoom()) / 40_075_017) ** -1 * Math.cos((lat * Math.PI) / 180);
    return metres < FINE_M ? 0 : (STEPS.find((step) => step <= metres) ?? 0);
  }

  private at(step: number): Promise<Outlined<P>> {
    const known = this.steps.get(step);
    if (known !== undefined) return known;
    const joined = this.address.includes("?") ? "&" : "?";
    const asked = ask<Outlined<P>>(`${this.address}${joined}simplify_m=${step}`, GEOJSON);
    this.steps.set(step, asked);
    asked.catch(() => this.steps.delete(step));
    return asked;
  }

  private async follow(): Promise<void> {
    const step = this.wanted();
    if (step === this.shown) return;
    // Without an answer the outlines stay as they are, until the next zoom.
    const areas = await this.at(step).catch(() => null);
    if (areas === null || step !== this.wanted()) return;
    this.shown = step;
    for (const { geometry, properties } of areas.features) {
      this.byCode.get(properties.code)?.setLatLngs(corners(geometry));
    }
    this.map.fire("outlines");
  }
}

/** A geometry's corners as Leaflet's polygons take them. */
export function corners(geometry: Polygon | MultiPolygon): L.LatLng[][] | L.LatLng[][][] {
  return geometry.type === "Polygon"
    ? (L.GeoJSON.coordsToLatLngs(geometry.coordinates, 1) as L.LatLng[][])
    : (L.GeoJSON.coordsToLatLngs(geometry.coordinates, 2) as L.LatLng[][][]);
}

/** Words as an element: what a name holds is never read as markup. */
export function text(words: string): HTMLElement {
  const element = document.createElement("span");
  element.textContent = words;
  return element;
}

/**
 * Say what an area is where the pointer rests on it.
 *
 * Browsers would make each of them a stop of the Tab key, scores of them before the next control. The map is one
 * stop, and what is said stands in a list or a table beside it, where the keyboard has it too.
 */
export function tellOf(area: L.Layer, words: HTMLElement | (() => HTMLElement), options: L.TooltipOptions = { sticky: true }): void {
  area.bindTooltip(words, { opacity: 1, ...options });
  area.on("add", () => (area as L.Path).getElement()?.setAttribute("tabindex", "-1"));
}

/** An area's name with its code. */
export function named({ code, name }: Area): string {
  return _("{name} ({code})", { name, code });
}
