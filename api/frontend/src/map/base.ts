// The map that pages build on: land, outlines of teams with their names, scale, layers and legend.

import L from "leaflet";
import "leaflet/dist/leaflet.css";
import "./map.css";
import type { FeatureCollection, MultiPolygon, Polygon } from "geojson";
import { ask } from "../shared/asking";
import { type Named, label } from "./labels";
import { Layers } from "./layers";
import { Legend } from "./legend";

export interface Team {
  code: string;
  name: string;
}
export type Teams = FeatureCollection<Polygon | MultiPolygon, Team>;

/** Pictures of a base map, as a page names them: only what an administrator has set. */
export interface Tiles {
  address: string;
  attribution: string;
}

export interface Options {
  /** Where the teams' outlines are, as GeoJSON. */
  teams: string;
  /** Where the postcode units of the density are; without it there is none to choose. */
  units?: string;
  tiles?: Tiles | null;
  /** Where the button "Layers" goes; on the map, if nowhere else. */
  layersIn?: HTMLElement;
  /** A team was clicked on. */
  choose?: (team: Team) => void;
}

export interface Base {
  readonly map: L.Map;
  /** What is drawn of each team, by code; empty until `ready`. */
  readonly outlines: ReadonlyMap<string, L.Polygon>;
  readonly layers: Layers;
  readonly legend: Legend;
  /** The teams as they are shown first; fails as `ask` does. */
  readonly ready: Promise<Teams>;
}

const OUTLINE: L.PathOptions = { color: "#6f777b", weight: 1, fillColor: "#ffffff", fillOpacity: 0.6 };

/** Make a map in an element; outlines come when they have been fetched. */
export function baseMap(container: HTMLElement, options: Options): Base {
  // A click chooses a team or sets a corner, so a double click may not move the map as well.
  const still: L.MapOptions = { attributionControl: false, doubleClickZoom: false };
  const map = L.map(container, { ...still, zoomSnap: 0.5, center: [52.4, -2.6], zoom: 9 });
  L.control.scale({ position: "bottomleft", imperial: false }).addTo(map);
  const legend = new Legend(container);
  if (options.tiles != null) showTiles(map, options.tiles, legend);
  const layers = new Layers(map, legend, options.layersIn ?? null);
  const outlines = new Map<string, L.Polygon>();
  const ready = ask<Teams>(options.teams, { headers: { Accept: "application/geo+json" } }).then((teams) => {
    showTeams(map, outlines, teams, options.choose);
    return teams;
  });
  return { map, outlines, layers, legend, ready };
}

/** Draw the teams' outlines and show them all. */
function showTeams(map: L.Map, outlines: Map<string, L.Polygon>, teams: Teams, choose: Options["choose"]): void {
  // Leaflet passes these on to each outline: simplified one by one, neighbours would come apart.
  const seamless: L.PolylineOptions = { smoothFactor: 0 };
  const named: Named[] = [];
  const layer = L.geoJSON<Team, Polygon | MultiPolygon>(teams, {
    ...seamless,
    style: OUTLINE,
    onEachFeature: ({ properties }, each) => {
      each.bindTooltip(text(`${properties.name} (${properties.code})`), { sticky: true, opacity: 1 });
      if (choose !== undefined) each.on("click", () => choose(properties));
      const outline = each as L.Polygon;
      outlines.set(properties.code, outline);
      named.push({ ...properties, outline });
    },
    pmIgnore: true,
  }).addTo(map);
  if (teams.features.length > 0) map.fitBounds(layer.getBounds(), { padding: [12, 12] });
  label(map, named);
}

function showTiles(map: L.Map, { address, attribution }: Tiles, legend: Legend): void {
  L.tileLayer(address, { pane: "tilePane" }).addTo(map);
  legend.tell("tiles", attribution);
}

/** Words as an element: what a name holds is never read as markup. */
export function text(words: string): HTMLElement {
  const element = document.createElement("span");
  element.textContent = words;
  return element;
}
