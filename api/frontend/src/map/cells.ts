// Hotspots on the map: cells by class, areas with their ranks, places where crime recurs as circles.

import L from "leaflet";
import type { FeatureCollection, MultiPolygon, Polygon } from "geojson";
import { thousands } from "../shared/figures";
import { _ } from "../shared/words";
import type { Base } from "./base";
import type { Mark, Row } from "./legend";
import { tellOf, text } from "./outlines";

export interface AreaFacts {
  rank: number;
  key: string | null;
  at: [number, number];
  place?: string;
  name?: string;
  status?: string;
  crimes?: number;
  team_name?: string | null;
}
interface ClassOfCells {
  words: string;
  fill: string;
  edge: string;
  cells: number;
  crimes: number;
}
interface Pattern {
  id: string;
  ground: string;
  marks: string;
  ink: string;
}
interface TableCell {
  text: string;
  value: number | null;
}
export interface Look {
  method: string;
  question: Record<string, unknown>;
  layer: string | null;
  title: string;
  asked: string;
  summary: string;
  how: string[];
  legend: string;
  classes: ClassOfCells[];
  rest: string;
  patterns: Pattern[];
  grounds: FeatureCollection<Polygon | MultiPolygon>;
  left_out: number;
  areas: FeatureCollection<Polygon | MultiPolygon, AreaFacts>;
  more: number;
  table: { caption: string; columns: { heading: string; is_number: boolean }[]; rows: TableCell[][]; nothing: string };
}

const SVG = "http://www.w3.org/2000/svg";
const INK = "#0b0c0c";
const NUMBERED = 20;
// Of few cells the colours are to be seen when the whole force is in view, where a cell is a pixel.
const FEW_CELLS = 1_000;
const CLOSE = 11.5;
// Okabe and Ito (2008), Color Universal Design; the ring says the status as well.
export const STATUSES: Record<string, { words: string; mark: Mark }> = {
  new: { words: _("new"), mark: { shape: "ring", stroke: "#d55e00", fill: "#d55e00", width: 2 } },
  persistent: { words: _("persistent"), mark: { shape: "double", stroke: "#0072b2", fill: "#cfe3f0", width: 1.5 } },
  cooling: { words: _("cooling"), mark: { shape: "dashed", stroke: "#2b7bb0", fill: "#ffffff", width: 2 } },
  closed: { words: _("closed"), mark: { shape: "ring", stroke: "#6f777b", fill: "none", width: 1 } },
};
const LARGEST_PX = 16;
const SMALLEST_PX = 5;

/** What a map shows of one answer at a time. */
export class Hotspots {
  private readonly shown = L.layerGroup();
  private readonly byRank = new Map<number, L.Polygon>();
  private readonly definitions = document.createElementNS(SVG, "defs");
  private grounds: L.GeoJSON | null = null;
  private outlines: L.GeoJSON | null = null;
  private cells = 0;

  constructor(private readonly base: Base) {
    const { map } = base;
    map.createPane("hotspots").classList.add("hotspots-pane");
    map.createPane("ranks").classList.add("ranks-pane");
    const holder = document.createElementNS(SVG, "svg");
    holder.setAttribute("class", "patterns");
    holder.setAttribute("aria-hidden", "true");
    holder.append(this.definitions);
    map.getContainer().append(holder);
    this.shown.addTo(map);
    map.on("zoomend", () => this.thicken());
  }

  /** Show an answer in the place of the one before; without one, none. */
  show(look: Look | null): void {
    this.shown.clearLayers();
    this.byRank.clear();
    [this.grounds, this.outlines] = [null, null];
    if (look === null) {
      this.base.legend.hide("hotspots");
      this.base.legend.tell("hotspots", "");
      return;
    }
    this.definitions.replaceChildren(...look.patterns.map(patternOf));
    if (look.method === "repeats") this.showPlaces(look);
    else this.showCells(look);
    this.base.legend.show("hotspots", { title: titleOf(look), rows: rowsOf(look), ...noteOf(look) });
    this.base.legend.tell("hotspots", look.asked);
  }

  /** Bring the area of a rank into view, and point at it. */
  zoomTo(rank: number): void {
    const outline = this.byRank.get(rank);
    if (outline === undefined) return;
    this.base.map.fitBounds(outline.getBounds(), { maxZoom: 15, padding: [40, 40] });
    outline.openTooltip();
  }

  private showCells(look: Look): void {
    const { classes } = look;
    this.cells = classes.reduce((sum, { cells }) => sum + cells, 0);
    const styleOf = (place: number): L.PathOptions => {
      const { fill = "none", edge = "none" } = classes[place] ?? {};
      return { pane: "hotspots", fillColor: fill, fillOpacity: 0.85, color: edge, opacity: 0.85 };
    };
    this.grounds = L.geoJSON(look.grounds, {
      ...({ smoothFactor: 0 } as L.PolylineOptions),
      interactive: false,
      style: (feature) => styleOf(Number(feature?.id ?? 0)),
      pmIgnore: true,
    }).addTo(this.shown);
    this.outlines = this.showAreas(look, { color: INK, weight: 1, fill: true, fillOpacity: 0 });
    this.thicken();
    for (const { properties } of look.areas.features) if (properties.rank <= NUMBERED) this.number(properties);
  }

  private showAreas(look: Look, style: L.PathOptions): L.GeoJSON {
    return L.geoJSON<AreaFacts, Polygon | MultiPolygon>(look.areas, {
      style: { pane: "hotspots", ...style },
      onEachFeature: ({ properties }, each) => {
        tellOf(each, text(wordsOf(properties)));
        this.byRank.set(properties.rank, each as L.Polygon);
      },
      pmIgnore: true,
    }).addTo(this.shown);
  }

  private showPlaces(look: Look): void {
    this.showAreas(look, { color: INK, weight: 1, fill: true, fillOpacity: 0, opacity: 0.6 });
    const most = Math.max(1, ...look.areas.features.map(({ properties }) => properties.crimes ?? 0));
    // The lowest ranks first, so that the highest lie on top.
    for (const { properties } of [...look.areas.features].reverse()) {
      const { at: [longitude, latitude], crimes = 0, status = "" } = properties;
      const radius = Math.max(SMALLEST_PX, LARGEST_PX * Math.sqrt(crimes / most));
      for (const ring of ringsOf(status, radius)) {
        const circle = L.circleMarker([latitude, longitude], { ...ring, pane: "hotspots", pmIgnore: true });
        tellOf(circle, text(wordsOf(properties)), {});
        circle.addTo(this.shown);
      }
      if (properties.rank <= NUMBERED) this.number(properties, "rank-plain");
    }
  }

  private number({ at: [longitude, latitude], rank }: AreaFacts, kind = "rank"): void {
    const icon = L.divIcon({ className: kind, html: text(String(rank)), iconSize: [17, 17] });
    const still: L.MarkerOptions = { icon, pane: "ranks", interactive: false, keyboard: false };
    L.marker([latitude, longitude], { ...still, zIndexOffset: -rank, pmIgnore: true }).addTo(this.shown);
  }

  private thicken(): void {
    const isFar = this.base.map.getZoom() < CLOSE;
    this.grounds?.setStyle({ weight: isFar ? (this.cells <= FEW_CELLS ? 3 : 1) : 0.5 });
    // From afar an outline would be all that is seen of an area.
    this.outlines?.setStyle({ opacity: isFar ? 0 : 1 });
  }
}

function wordsOf({ rank, place, name, crimes, status, team_name }: AreaFacts): string {
  const parts = [`${rank}. ${place ?? name ?? ""}`.trimEnd()];
  if (crimes !== undefined) parts.push(crimes === 1 ? _("1 crime") : _("{count} crimes", { count: thousands(crimes) }));
  if (status !== undefined) parts.push(STATUSES[status]?.words ?? status);
  if (team_name != null) parts.push(team_name);
  return parts.join(", ");
}

function ringsOf(status: string, radius: number): L.CircleMarkerOptions[] {
  const { mark } = STATUSES[status] ?? { mark: { shape: "ring", stroke: INK } as Mark };
  const ring: L.CircleMarkerOptions = { radius, color: mark.stroke ?? INK, weight: mark.width ?? 1, fillColor: mark.fill ?? "#fff", fillOpacity: mark.fill === "none" ? 0 : 0.55 };
  if (mark.shape === "dashed") return [{ ...ring, dashArray: "4 3" }];
  if (mark.shape === "double") return [ring, { ...ring, radius: radius - 3.5, fillOpacity: 0, interactive: false }];
  return [ring];
}

function titleOf({ method, legend }: Look): string {
  return method === "repeats" ? _("Repeat locations, larger with more crimes") : legend;
}

function rowsOf({ method, classes, rest, areas }: Look): Row[] {
  if (method === "repeats") {
    const there = areas.features.map(({ properties }) => properties.status);
    return Object.entries(STATUSES).map(([status, { words, mark }]) => {
      return { mark, words: `${words} (${thousands(there.filter((one) => one === status).length)})` };
    });
  }
  // A class without cells stands there, too, so that nothing jumps from month to month.
  const marks = classes.map(({ fill, edge, words, cells }) => {
    const count = cells === 1 ? _("1 cell") : _("{count} cells", { count: thousands(cells) });
    return { mark: { shape: "area" as const, fill, stroke: edge }, words: `${words} (${count})` };
  });
  return [{ mark: { shape: "area", fill: "#ffffff", stroke: "#b1b4b6" }, words: rest }, ...marks];
}

function noteOf({ method, left_out, more, areas }: Look): { note?: string } {
  const said = [];
  if (areas.features.length > 0) said.push(method === "repeats" ? _("Numbers are the ranks of repeat locations.") : _("Numbers are ranks of this map’s hotspots, not of repeat locations."));
  if (left_out > 0) said.push(_("The lowest classes have too many cells to be drawn here; a layer that is kept shows them."));
  if (more > 0) said.push(_("The first areas by rank are drawn; {count} more are in a layer that is kept.", { count: thousands(more) }));
  return said.length > 0 ? { note: said.join(" ") } : {};
}

function patternOf({ id, ground, marks, ink }: Pattern): SVGElement {
  const pattern = document.createElementNS(SVG, "pattern");
  const square = document.createElementNS(SVG, "rect");
  const lines = document.createElementNS(SVG, "path");
  const set = (element: Element, values: Record<string, string>) => {
    for (const [name, value] of Object.entries(values)) element.setAttribute(name, value);
  };
  set(pattern, { id, width: "8", height: "8", patternUnits: "userSpaceOnUse" });
  set(square, { width: "8", height: "8", fill: ground });
  set(lines, { d: marks, stroke: ink, "stroke-width": "1.2", fill: "none" });
  pattern.append(square, lines);
  return pattern;
}
