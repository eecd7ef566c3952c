// The map: outlines of teams, drawing with Geoman, and the shapes of the list on the ground.

import L from "leaflet";
import "@geoman-io/leaflet-geoman-free";
import type { FeatureCollection, MultiPolygon, Polygon } from "geojson";
import { type Area, type Shape, distance } from "./areas";
import { useOurWords } from "./hints";
import { type Named, label } from "./labels";

export interface Team {
  code: string;
  name: string;
}
export type Teams = FeatureCollection<Polygon | MultiPolygon, Team>;
export type Tool = "Polygon" | "Rectangle" | "Circle";
export type Drawn = L.Polygon | L.Circle;

export interface Listener {
  drawn(layer: Drawn): void;
  changing(layer: Drawn): void;
  changed(layer: Drawn): void;
  team(team: Team): void;
  tool(tool: Tool | null): void;
}

const ACCENT = "#1d70b8";
const OUTLINE: L.PathOptions = { color: "#6f777b", weight: 1, fillColor: "#ffffff", fillOpacity: 0.6 };
const ADDED: L.PathOptions = { color: ACCENT, weight: 2, fillColor: ACCENT, fillOpacity: 0.12, dashArray: "" };
const SUBTRACTED: L.PathOptions = { ...ADDED, color: "#0b0c0c", fillColor: "#0b0c0c", dashArray: "6 5" };
const FAULTY: L.PathOptions = { ...ADDED, color: "#d4351c", fillColor: "#d4351c", dashArray: "2 5" };
const DECIMALS = 6; // about 0.1 m

export class Drawing {
  readonly map: L.Map;
  private readonly layers = new Map<number, L.Path>();
  private readonly outlines = new Map<string, L.Polygon>();

  constructor(
    container: HTMLElement,
    private readonly listener: Listener,
  ) {
    // A click chooses a team or sets a corner, so a double click may not move the map as well.
    const still: L.MapOptions = { attributionControl: false, doubleClickZoom: false };
    this.map = L.map(container, { ...still, zoomSnap: 0.5, center: [52.4, -2.6], zoom: 9 });
    useOurWords(this.map);
    L.control.scale().addTo(this.map);
    this.map.pm.setGlobalOptions({
      templineStyle: { color: ACCENT, weight: 2 },
      hintlineStyle: { color: ACCENT, weight: 2, dashArray: "5 5" },
      pathOptions: ADDED,
      finishOnEnter: true,
      finishOn: "dblclick",
      snappable: false,
    });
    this.map.on("pm:create", ({ layer }) => this.finish(layer as Drawn));
    this.map.on("pm:drawstart", ({ workingLayer }) => {
      if (workingLayer instanceof L.Circle) {
        const working = workingLayer;
        working.on("pm:change", () => listener.changing(working));
      }
    });
    this.map.on("pm:drawend", () => listener.tool(null));
  }

  /** Draw the teams' outlines and show them all. */
  showTeams(teams: Teams): void {
    // Leaflet passes these on to each outline: simplified one by one, neighbours would come apart.
    const seamless: L.PolylineOptions = { smoothFactor: 0 };
    const named: Named[] = [];
    const layer = L.geoJSON<Team, Polygon | MultiPolygon>(teams, {
      ...seamless,
      style: OUTLINE,
      onEachFeature: ({ properties }, each) => {
        const label = document.createElement("span");
        label.textContent = `${properties.name} (${properties.code})`;
        each.bindTooltip(label, { sticky: true, opacity: 1 });
        each.on("click", () => {
          if (!this.map.pm.globalDrawModeEnabled()) this.listener.team(properties);
        });
        const outline = each as L.Polygon;
        this.outlines.set(properties.code, outline);
        named.push({ ...properties, outline });
      },
      pmIgnore: true,
    }).addTo(this.map);
    if (teams.features.length > 0) this.map.fitBounds(layer.getBounds(), { padding: [12, 12] });
    label(this.map, named);
  }

  start(tool: Tool): void {
    this.map.pm.enableDraw(tool);
    this.listener.tool(tool);
  }

  stop(): void {
    this.map.pm.disableDraw();
  }

  /** Put a drawn layer under the number of its shape, with handles to change it. */
  adopt(id: number, layer: Drawn): void {
    this.layers.set(id, layer);
    layer.on("pm:change", () => this.listener.changing(layer));
    layer.on("pm:edit", () => this.listener.changed(layer));
    layer.pm.enable({ allowSelfIntersection: true });
  }

  /** Draw a shape that was typed; what has no place on the map (a list of postcodes) is left out. */
  show({ id, area }: Shape, middle: L.LatLngExpression | null): void {
    if (area.type === "radius" && middle !== null) {
      this.keep(id, L.circle(middle, { radius: area.metres, interactive: false, pmIgnore: true }));
    }
    if (area.type === "team") {
      const rings = area.codes.map((code) => this.outlines.get(code)?.getLatLngs() ?? []);
      this.keep(id, L.polygon(rings as L.LatLng[][], { interactive: false, pmIgnore: true }));
    }
  }

  /** Show which shapes add, which take away and which do not count. */
  restyle(shapes: readonly Shape[]): void {
    for (const { id, isSubtracted, fault } of shapes) {
      const style = isSubtracted ? SUBTRACTED : ADDED;
      this.layers.get(id)?.setStyle(fault === null ? style : FAULTY);
    }
  }

  remove(id: number): void {
    this.layers.get(id)?.remove();
    this.layers.delete(id);
  }

  /** Bring a shape into view. */
  zoomTo(id: number): void {
    const layer = this.layers.get(id);
    if (layer instanceof L.Circle || layer instanceof L.Polygon) {
      this.map.fitBounds(layer.getBounds(), { padding: [40, 40], maxZoom: 15 });
    }
  }

  has(id: number): boolean {
    return this.layers.has(id);
  }

  idOf(layer: Drawn): number | null {
    for (const [id, each] of this.layers) if (each === layer) return id;
    return null;
  }

  private keep(id: number, layer: L.Polygon | L.Circle): void {
    this.layers.set(id, layer.setStyle(ADDED).addTo(this.map));
  }

  private finish(layer: Drawn): void {
    this.stop();
    this.listener.drawn(layer);
  }
}

/** A drawn layer as a target area; none while a circle or a rectangle has no size. */
export function areaOf(layer: Drawn): Area | null {
  if (layer instanceof L.Circle) {
    const { lng, lat } = layer.getLatLng();
    const metres = Math.round(layer.getRadius() * 10) / 10;
    if (!(metres > 0)) return null;
    const centre = { longitude: rounded(lng), latitude: rounded(lat) };
    return { type: "radius", centre, metres };
  }
  const bounds = layer.getBounds();
  if (bounds.isValid() && bounds.getSouthWest().equals(bounds.getNorthEast())) return null;
  return { type: "polygon", geometry: layer.toGeoJSON(DECIMALS).geometry as Polygon };
}

/** What a drawn layer is, in words. */
export function wordsOf(layer: Drawn): string {
  if (layer instanceof L.Circle) return `a circle of ${distance(layer.getRadius())}`;
  return layer instanceof L.Rectangle ? "a rectangle" : "a polygon";
}

function rounded(degrees: number): number {
  return Number(degrees.toFixed(DECIMALS));
}
