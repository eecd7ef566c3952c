// The map: outlines of teams, drawing with Geoman, and the shapes of the list on the ground.

import L from "leaflet";
import "@geoman-io/leaflet-geoman-free";
import type { LineString, MultiPolygon, Polygon } from "geojson";
import { type Base, type Options, type Team, type Teams, baseMap } from "../map/base";
import { distance } from "../shared/figures";
import { type Area, type Shape } from "./areas";
import { Bands } from "./bands";
import { useOurWords } from "./hints";

export type Tool = "Polygon" | "Rectangle" | "Circle" | "Line";
export type Drawn = L.Polygon | L.Circle | L.Polyline;

export interface Listener {
  drawn(layer: Drawn): void;
  changing(layer: Drawn): void;
  changed(layer: Drawn): void;
  team(team: Team): void;
  tool(tool: Tool | null): void;
}

const ACCENT = "#1d70b8";
/** How far a line that is drawn reaches to each side, until another width is typed. */
const USUAL_WIDTH = 100;
const ADDED: L.PathOptions = { color: ACCENT, weight: 2, fillColor: ACCENT, fillOpacity: 0.12, dashArray: "" };
const SUBTRACTED: L.PathOptions = { ...ADDED, color: "#0b0c0c", fillColor: "#0b0c0c", dashArray: "6 5" };
const FAULTY: L.PathOptions = { ...ADDED, color: "#d4351c", fillColor: "#d4351c", dashArray: "2 5" };
const DECIMALS = 6; // about 0.1 m

export class Drawing {
  readonly map: L.Map;
  private readonly layers = new Map<number, L.Path>();
  private readonly base: Base;
  private readonly bands: Bands;

  constructor(
    container: HTMLElement,
    options: Options,
    private readonly listener: Listener,
  ) {
    this.base = baseMap(container, { ...options, choose: (team) => this.choose(team) });
    this.map = this.base.map;
    this.bands = new Bands(this.map);
    // Handles of shapes can only be dragged: the keyboard has the panel, and would stop at each for nothing.
    L.Marker.mergeOptions({ keyboard: false });
    useOurWords(this.map);
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
      if (workingLayer instanceof L.Circle || workingLayer instanceof L.Rectangle) {
        const working = workingLayer;
        working.on("pm:change", () => listener.changing(working));
      }
    });
    this.map.on("pm:drawend", () => listener.tool(null));
  }

  /** The teams, when their outlines are on the map. */
  get teams(): Promise<Teams> {
    return this.base.ready;
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

  /** Put another outline in the place of a shape's, with handles to change it. */
  replace(id: number, geometry: Polygon | MultiPolygon): void {
    this.remove(id);
    const [layer] = L.geoJSON(geometry, { style: ADDED }).getLayers();
    if (layer instanceof L.Polygon) this.adopt(id, layer.addTo(this.map));
  }

  /** Draw a shape that was typed; what has no place on the map (a list of postcodes) is left out. */
  show({ id, area, found }: Shape, middle: L.LatLngExpression | null): void {
    const typed = { interactive: false, pmIgnore: true };
    if (area.type === "radius" && middle !== null) {
      const radius = "metres" in area ? area.metres : (found ?? 0);
      this.keep(id, L.circle(middle, { radius, ...typed }));
    }
    if (area.type === "team") {
      const rings = area.codes.map((code) => this.base.outlines.get(code)?.getLatLngs() ?? []);
      this.keep(id, L.polygon(rings as L.LatLng[][], typed));
    }
    if (area.type === "rectangle") {
      this.keep(id, L.rectangle([[area.south, area.west], [area.north, area.east]], typed));
    }
    if (area.type === "corridor") {
      const line = area.line.coordinates.map(([longitude = 0, latitude = 0]) => L.latLng(latitude, longitude));
      this.keep(id, L.polyline<LineString>(line, typed));
    }
  }

  /** Give a circle that holds so many people its width; tell whether it was another before. */
  widen(id: number, metres: number): boolean {
    const circle = this.layers.get(id);
    if (!(circle instanceof L.Circle) || circle.getRadius() === metres) return false;
    circle.setRadius(metres);
    return true;
  }

  /** Show which shapes add, which take away and which do not count. */
  restyle(shapes: readonly Shape[]): void {
    for (const { id, area, isSubtracted, fault } of shapes) {
      const layer = this.layers.get(id);
      const style = fault !== null ? FAULTY : isSubtracted ? SUBTRACTED : ADDED;
      layer?.setStyle(area.type === "corridor" ? { ...style, fill: false } : style);
      if (area.type === "corridor" && layer instanceof L.Polyline) this.bands.show(id, layer, area.metres, style);
    }
  }

  remove(id: number): void {
    this.layers.get(id)?.remove();
    this.layers.delete(id);
    this.bands.remove(id);
  }

  /** Bring a shape into view. */
  zoomTo(id: number): void {
    const layer = this.layers.get(id);
    if (layer instanceof L.Circle || layer instanceof L.Polyline) {
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

  private keep(id: number, layer: Drawn): void {
    this.layers.set(id, layer.setStyle(ADDED).addTo(this.map));
  }

  private choose(team: Team): void {
    if (!this.map.pm.globalDrawModeEnabled()) this.listener.team(team);
  }

  private finish(layer: Drawn): void {
    this.stop();
    this.listener.drawn(layer);
  }
}

/**
 * A drawn layer as a target area; none while it has no size.
 *
 * A line keeps the width that it had.
 */
export function areaOf(layer: Drawn, before: Area | null = null): Area | null {
  if (layer instanceof L.Circle) {
    const { lng, lat } = layer.getLatLng();
    const metres = Math.round(layer.getRadius() * 10) / 10;
    if (!(metres > 0)) return null;
    const centre = { longitude: rounded(lng), latitude: rounded(lat) };
    return { type: "radius", centre, metres };
  }
  const bounds = layer.getBounds();
  if (bounds.isValid() && bounds.getSouthWest().equals(bounds.getNorthEast())) return null;
  if (layer instanceof L.Rectangle) {
    const [west, south] = [rounded(bounds.getWest()), rounded(bounds.getSouth())];
    const [east, north] = [rounded(bounds.getEast()), rounded(bounds.getNorth())];
    return west < east && south < north ? { type: "rectangle", west, south, east, north } : null;
  }
  const { geometry } = layer.toGeoJSON(DECIMALS);
  if (geometry.type === "LineString") {
    const metres = before?.type === "corridor" ? before.metres : USUAL_WIDTH;
    return { type: "corridor", line: geometry, metres };
  }
  return { type: "polygon", geometry: geometry as Polygon | MultiPolygon };
}

/** What a drawn layer is, in words. */
export function wordsOf(layer: Drawn): string {
  if (layer instanceof L.Circle) return `a circle of ${distance(layer.getRadius())}`;
  if (layer instanceof L.Rectangle) return "a rectangle";
  return layer instanceof L.Polygon ? "a polygon" : "along a line";
}

function rounded(degrees: number): number {
  return Number(degrees.toFixed(DECIMALS));
}
