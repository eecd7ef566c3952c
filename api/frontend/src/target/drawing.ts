// The map: drawing and changing with Geoman, and the shapes of the list on the ground.

import L from "leaflet";
import "@geoman-io/leaflet-geoman-free";
import type { Geometry, Polygon } from "geojson";
import { type Base, type Options, type Team, type Teams, baseMap } from "../map/base";
import type { Area, Shape } from "./areas";
import { Bands } from "./bands";
import { type Drawn, type Line, USUAL_WIDTH, areaOf, circle, isNamed, isOfTheHand, layerOf, unfinished } from "./ground";
import { Pressing } from "./pressing";
import { Snapping } from "./snapping";

export type Tool = "Polygon" | "Rectangle" | "Circle" | "Line" | "Hole" | "Move";

export interface Listener {
  /** A shape was drawn. */
  drawn(area: Area): void;
  /** A hole was drawn. */
  cut(hole: Polygon): void;
  /** Something is being drawn that is not a shape yet. */
  drawing(area: Area, isHole: boolean): void;
  /** A shape of the list moves under the hand. */
  changing(id: number, area: Area): void;
  /** The hand was taken off. */
  settled(): void;
  team(team: Team): void;
  tool(tool: Tool | null): void;
  /** The ground of an area is wanted that only the server knows. */
  ground(area: Area): void;
}

interface OnMap {
  readonly layer: Drawn | null;
  readonly area: Area;
}

const ACCENT = "#1d70b8";
const INK = "#0b0c0c";
const ADDED: L.PathOptions = { color: ACCENT, weight: 2, fillColor: ACCENT, fillOpacity: 0.12, dashArray: "" };
// The page's template has the pattern: slanted lines, as the legend of shapes says.
const SUBTRACTED: L.PathOptions = { ...ADDED, color: INK, fillColor: "url(#taken-away)", fillOpacity: 1, dashArray: "6 5" };
const FAULTY: L.PathOptions = { ...ADDED, color: "#d4351c", fillColor: "#d4351c", dashArray: "2 5" };
const GEOMAN: Record<Exclude<Tool, "Move">, L.PM.SUPPORTED_SHAPES> = {
  Polygon: "Polygon", Rectangle: "Rectangle", Circle: "Circle", Line: "Line", Hole: "Polygon",
};
const POINTED: L.CircleMarkerOptions = { radius: 11, color: INK, weight: 3, fillColor: "#ffdd00", fillOpacity: 0.6, interactive: false, pmIgnore: true };
// Handles of long outlines: those nearest to the pointer.
const MOST_HANDLES = 150;
// What is smaller on the screen is looked at more closely when it is added.
const LEAST_PX = 40;

export class Drawing {
  readonly map: L.Map;
  readonly base: Base;
  readonly snapping: Snapping;
  /** The radius that the next circle has; null for one that the hand gives. */
  radius: number | null = null;
  /** How far the next line reaches to each side. */
  width = USUAL_WIDTH;
  private readonly drawn = new Map<number, OnMap>();
  private readonly grounds = new Map<string, Geometry>();
  private readonly middles = new Map<string, [number, number]>();
  private readonly bands: Bands;
  private tool: Tool | null = null;
  private working: L.Layer | null = null;
  private centre: L.LatLng | null = null;
  /** Whether a place of what is drawn has been given. */
  private isBegun = false;
  private readonly pressing: Pressing;
  private pointer: L.CircleMarker | null = null;

  constructor(container: HTMLElement, options: Options, private readonly listener: Listener) {
    this.base = baseMap(container, { ...options, choose: (team) => this.choose(team) });
    this.map = this.base.map;
    this.bands = new Bands(this.map);
    this.snapping = new Snapping(this.base);
    // Handles of shapes can only be dragged: the keyboard has the list, and would stop at each for nothing.
    L.Marker.mergeOptions({ keyboard: false });
    this.map.pm.setGlobalOptions({
      templineStyle: { color: ACCENT, weight: 2 },
      hintlineStyle: { color: ACCENT, weight: 2, dashArray: "5 5" },
      pathOptions: ADDED,
      finishOnEnter: true,
      finishOn: "dblclick",
      snappable: false,
      // What to do next stands above the map: at the pointer it would be cut off at the map's edge.
      tooltips: false,
    });
    this.pressing = new Pressing(this.map, {
      isAny: () => this.tool !== null,
      hasTwoPlaces: () => this.tool === "Circle" || this.tool === "Rectangle",
      // A circle whose radius was typed is whole with its middle.
      wantsFirst: () => !this.isBegun && (this.tool === "Rectangle" || this.radius === null),
    });
    this.map.on("click", () => { this.isBegun = true; });
    this.map.on("pm:create", ({ layer }) => this.finish(layer as Drawn));
    this.map.on("pm:drawstart", ({ workingLayer }) => this.begin(workingLayer));
    this.map.on("pm:drawend", () => this.end());
    this.map.on("mousemove", ({ latlng }) => this.trail(latlng));
  }

  /** The teams, when their outlines are on the map. */
  get teams(): Promise<Teams> {
    return this.base.ready;
  }

  start(tool: Tool): void {
    this.stop();
    this.tool = tool;
    this.map.getContainer().classList.add("drawing");
    if (tool === "Move") this.eachOfTheHand((layer) => layer.pm.enableLayerDrag());
    else this.map.pm.enableDraw(GEOMAN[tool]);
    this.listener.tool(tool);
  }

  stop(): void {
    if (this.tool === "Move") {
      this.eachOfTheHand((layer) => layer.pm.disableLayerDrag());
      this.eachOfTheHand(handles);
      this.end();
    } else {
      this.map.pm.disableDraw();
    }
  }

  /** Take back the last corner of what is being drawn; tell whether there was one. */
  takeBack(): boolean {
    if (!(this.working instanceof L.Polyline) || this.working instanceof L.Rectangle) return false;
    if (this.working.getLatLngs().length === 0) return false;
    // Geoman's own button for it, which has no other name.
    const kinds = this.map.pm.Draw as unknown as Record<string, { _removeLastVertex(): void }>;
    kinds[this.tool === "Line" ? "Line" : "Polygon"]?._removeLastVertex();
    return true;
  }

  /** Finish the circle that is being drawn with the radius that was typed, where its middle is or the map's. */
  place(): void {
    if (this.radius === null) return;
    const area = circle(this.centre ?? this.map.getCenter(), this.radius);
    this.stop();
    if (area !== null) this.listener.drawn(area);
  }

  /** Show these shapes, and no others. */
  sync(shapes: readonly Shape[]): void {
    const ids = new Set(shapes.map(({ id }) => id));
    for (const id of [...this.drawn.keys()]) if (!ids.has(id)) this.remove(id);
    for (const shape of shapes) {
      const known = this.drawn.get(shape.id);
      if (known?.area !== shape.area || known.layer === null) this.put(shape);
      this.restyle(shape);
    }
  }

  /** The ground of an area is known now. */
  know(area: Area, ground: Geometry): void {
    this.grounds.set(JSON.stringify(area), ground);
  }

  /** Latitude and longitude of a postcode are known now. */
  knowMiddle(postcode: string, middle: [number, number]): void {
    this.middles.set(postcode, middle);
  }

  /** Give a circle that holds so many people its width; tell whether it was another before. */
  widen(id: number, metres: number): boolean {
    const circle = this.drawn.get(id)?.layer;
    if (!(circle instanceof L.Circle) || circle.getRadius() === metres) return false;
    circle.setRadius(metres);
    return true;
  }

  /** Bring a shape into view. */
  zoomTo(id: number): void {
    const layer = this.drawn.get(id)?.layer;
    if (layer != null) this.map.fitBounds(layer.getBounds(), { padding: [40, 40], maxZoom: 15 });
  }

  /** Whether all of a shape is in view, and large enough to be seen. */
  isInView(id: number): boolean {
    const layer = this.drawn.get(id)?.layer;
    if (layer == null) return true;
    const bounds = layer.getBounds();
    const [corner, opposite] = [bounds.getNorthWest(), bounds.getSouthEast()].map((at) => this.map.latLngToContainerPoint(at));
    const size = corner === undefined || opposite === undefined ? 0 : corner.distanceTo(opposite);
    return this.map.getBounds().contains(bounds) && size >= LEAST_PX;
  }

  /** The box round all shapes that are on the map; not valid while none is. */
  bounds(): L.LatLngBounds {
    const boxes = [...this.drawn.values()].flatMap(({ layer }) => (layer == null ? [] : [layer.getBounds()]));
    return boxes.reduce((all, box) => all.extend(box), L.latLngBounds([]));
  }

  /** Bring all shapes into view. */
  showAll(): void {
    const bounds = this.bounds();
    if (bounds.isValid()) this.map.fitBounds(bounds, { padding: [40, 40], maxZoom: 15 });
  }

  /** Show a position, until another is shown or none. */
  point(position: readonly number[] | null): void {
    this.pointer?.remove();
    if (position === null) return;
    const [longitude = 0, latitude = 0] = position;
    this.pointer = L.circleMarker([latitude, longitude], POINTED).addTo(this.map);
  }

  has(id: number): boolean {
    return this.drawn.get(id)?.layer != null;
  }

  private put(shape: Shape): void {
    this.remove(shape.id);
    const { id, area } = shape;
    const layer = layerOf(shape, shape.found, {
      team: (code) => this.base.outlines.get(code),
      middle: (postcode) => this.middles.get(postcode),
      ground: (of) => this.grounds.get(JSON.stringify(of)),
    });
    this.drawn.set(id, { layer, area });
    if (layer === null) {
      if (isNamed(area)) this.listener.ground(area);
      return;
    }
    const isOfHand = isOfTheHand(area);
    // Others' clicks go through to the teams below.
    L.setOptions(layer, { interactive: isOfHand, pmIgnore: !isOfHand, snapIgnore: true, smoothFactor: isOfHand ? 1 : 0.5 });
    layer.addTo(this.map);
    if (isOfHand) this.follow(id, layer);
  }

  /** Give a layer its handles, and tell when they are used. */
  private follow(id: number, layer: Drawn): void {
    const changing = () => {
      const before = this.drawn.get(id)?.area;
      const area = areaOf(layer, before?.type === "corridor" ? before.metres : USUAL_WIDTH);
      if (area === null || JSON.stringify(area) === JSON.stringify(before)) return;
      this.drawn.set(id, { layer, area });
      this.listener.changing(id, area);
    };
    for (const event of ["pm:change", "pm:drag"]) layer.on(event, changing);
    for (const event of ["pm:edit", "pm:dragend"]) {
      layer.on(event, () => {
        changing();
        this.listener.settled();
      });
    }
    if (this.tool === "Move") layer.pm.enableLayerDrag();
    else handles(layer);
  }

  /** Show whether a shape adds, takes away or does not count. */
  private restyle({ id, area, isSubtracted, fault }: Shape): void {
    const layer = this.drawn.get(id)?.layer ?? null;
    const style = fault !== null ? FAULTY : isSubtracted ? SUBTRACTED : ADDED;
    layer?.setStyle(area.type === "corridor" ? { ...style, fill: false } : style);
    if (area.type === "corridor" && layer !== null) this.bands.show(id, layer as Line, area.metres, style);
  }

  private remove(id: number): void {
    const layer = this.drawn.get(id)?.layer;
    layer?.pm?.disable();
    layer?.remove();
    this.drawn.delete(id);
    this.bands.remove(id);
  }

  private eachOfTheHand(act: (layer: Drawn) => void): void {
    for (const { layer, area } of this.drawn.values()) if (layer !== null && isOfTheHand(area)) act(layer);
  }

  private choose(team: Team): void {
    if (this.tool === null && !this.pressing.isOfDrawing) this.listener.team(team);
  }

  private begin(working: L.Layer): void {
    [this.working, this.centre, this.isBegun] = [working, null, false];
    if (working instanceof L.Circle || working instanceof L.Rectangle) {
      working.on("pm:change", () => {
        const area = areaOf(working);
        if (area !== null) this.listener.drawing(area, false);
      });
    }
    working.on("pm:centerplaced", ({ latlng }: { latlng?: L.LatLng }) => {
      this.centre = latlng ?? (working as L.Circle).getLatLng();
      // Geoman is still at work on the click.
      if (this.radius !== null) window.setTimeout(() => this.place());
    });
  }

  /** Polygons and lines grow with the pointer, too. */
  private trail(pointer: L.LatLng): void {
    const { working } = this;
    if (!(working instanceof L.Polyline) || working instanceof L.Rectangle) return;
    const placed = working.getLatLngs() as L.LatLng[];
    const area = placed.length === 0 ? null : unfinished(placed, pointer, this.tool === "Line" ? this.width : null);
    if (area !== null) this.listener.drawing(area, this.tool === "Hole");
  }

  private finish(layer: Drawn): void {
    const isHole = this.tool === "Hole";
    const area = areaOf(layer, this.width);
    layer.remove();
    this.stop();
    if (isHole && area?.type === "polygon") this.listener.cut(area.geometry as Polygon);
    else if (area !== null) this.listener.drawn(area);
  }

  private end(): void {
    [this.tool, this.working, this.centre] = [null, null, null];
    this.pressing.end();
    this.map.getContainer().classList.remove("drawing");
    this.listener.tool(null);
  }
}

/** Give a layer its handles. */
function handles(layer: Drawn): void {
  const corners = layer instanceof L.Circle ? 1 : (layer.getLatLngs() as unknown[]).flat(3).length;
  layer.pm.enable({ allowSelfIntersection: true, limitMarkersToCount: corners > MOST_HANDLES ? MOST_HANDLES : -1 });
}
