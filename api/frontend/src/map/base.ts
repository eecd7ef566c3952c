// The map that pages build on: land, outlines of teams with their names, scale, layers and legend.

import L from "leaflet";
import "leaflet/dist/leaflet.css";
import "./map.css";
import { _ } from "../shared/words";
import { type Named, label } from "./labels";
import { Layers } from "./layers";
import { Legend } from "./legend";
import { type Outlined, Outlines, named, tellOf, text } from "./outlines";
import { CLASSES, PointsLayer, unpack } from "./points";
import { offerUsual } from "./usual";

export interface Team {
  code: string;
  name: string;
}
export interface Inputs {
  boundary_edition: string | null;
  postcode_edition: string | null;
  subscribers_as_of: string | null;
  demonstration: boolean;
}
export type Teams = Outlined<Team> & { inputs?: Inputs };

/** Pictures of a base map, where an administrator has set some. */
export interface Tiles {
  address: string;
  attribution: string;
}

export interface Options {
  /** Where the teams' outlines are, as GeoJSON. */
  teams: string;
  /** Where the postcodes of the density are. */
  units?: string;
  /** What the page's main element names, unless given. */
  tiles?: Tiles | null;
  /** Where the button "Layers" goes; on the map, if nowhere else. */
  layersIn?: HTMLElement;
  /** A team was clicked on. */
  choose?: (team: Team) => void;
}

export interface Base {
  readonly map: L.Map;
  /** What is drawn of each team, by code; empty until `ready`. The map fires "outlines" when their detail changes. */
  readonly outlines: ReadonlyMap<string, L.Polygon>;
  readonly layers: Layers;
  readonly legend: Legend;
  /** The teams as they are shown first; fails as `ask` does. */
  readonly ready: Promise<Teams>;
  /** Say more of each team where the pointer rests on it; null says it no more. */
  facts(name: string, ofTeam: ((code: string) => string) | null): void;
  /** The teams to the vertex, for what must lie on their outlines exactly. */
  exact(): Promise<Teams>;
}

const OUTLINE: L.PathOptions = { color: "#6f777b", weight: 1, fillColor: "#ffffff", fillOpacity: 0.01 };
const UNITS = "/map/units";

/** Make a map in an element; outlines come when they have been fetched. */
export function baseMap(container: HTMLElement, options: Options): Base {
  // A click chooses a team or sets a corner, so a double click may not move the map as well.
  const still: L.MapOptions = { attributionControl: false, doubleClickZoom: false };
  // Far off, so that the outlines that are fetched first are coarse ones, as a whole force wants them.
  const map = L.map(container, { ...still, zoomSnap: 0.5, center: [52.4, -2.6], zoom: 8 });
  L.control.scale({ position: "bottomleft", imperial: false }).addTo(map);
  // Its room changes with the legend under it.
  new ResizeObserver(() => void map.invalidateSize({ pan: false, animate: false })).observe(container);
  const legend = new Legend(container);
  const layers = new Layers(map, legend, options.layersIn ?? null);
  const tiles = options.tiles === undefined ? tilesOfPage() : options.tiles;
  if (tiles !== null) showTiles(map, tiles, legend);
  const outlines = new Outlines<Team>(map, options.teams);
  const facts = new Map<string, (code: string) => string>();
  const told = (team: Team) => text([named(team), ...[...facts.values()].map((of) => of(team.code))].join(". "));
  const ready = outlines.ready.then((teams: Teams) => {
    const layer = outlines.show(teams, {
      style: OUTLINE,
      onEachFeature: ({ properties }, each) => {
        tellOf(each, () => told(properties));
        if (options.choose !== undefined) each.on("click", () => options.choose?.(properties));
      },
    });
    layers.offer({ name: "teams", words: _("Teams"), isOn: true, make: async () => madeOfTeams(map, layer, outlines, teams) });
    void offerUsual(base);
    if (teams.features.length > 0) map.fitBounds(layer.getBounds(), { padding: [12, 12], animate: false });
    return teams;
  });
  offerDensity(layers, options.units ?? UNITS);
  const base: Base = {
    map,
    outlines: outlines.byCode,
    layers,
    legend,
    ready,
    facts: (name, ofTeam) => void (ofTeam === null ? facts.delete(name) : facts.set(name, ofTeam)),
    exact: () => outlines.exact(),
  };
  return base;
}

function madeOfTeams(map: L.Map, layer: L.GeoJSON, outlines: Outlines<Team>, teams: Teams) {
  const places: Named[] = teams.features.flatMap(({ properties }) => {
    const outline = outlines.byCode.get(properties.code);
    return outline === undefined ? [] : [{ ...properties, outline }];
  });
  const names = label(map, places);
  const edition = teams.inputs?.boundary_edition ?? "";
  return {
    layer: L.layerGroup([layer, names]),
    entry: { title: _("Teams"), rows: [{ mark: { shape: "line" as const, stroke: OUTLINE.color ?? "" }, words: _("outline of a team") }] },
    ...(edition === "" ? {} : { asOf: _("Teams: {edition}.", { edition }) }),
  };
}

function offerDensity(layers: Layers, address: string): void {
  const words = [_("one"), _("two to five"), _("six or more in one place")];
  layers.offer({
    name: "postcodes",
    words: _("Postcodes"),
    isOn: true,
    make: async () => {
      const response = await fetch(address, { credentials: "same-origin" });
      if (!response.ok) throw new Error(_("The postcodes could not be fetched. Tick the box to try again."));
      const points = unpack(await response.arrayBuffer());
      const rows = CLASSES.map(({ colour }, place) => ({
        mark: { shape: "area" as const, fill: colour, stroke: colour },
        words: words[place] ?? "",
      }));
      return { layer: new PointsLayer(points), entry: { title: _("Postcodes"), rows } };
    },
  });
}

function tilesOfPage(): Tiles | null {
  const { tiles, tilesAttribution } = document.querySelector("main")?.dataset ?? {};
  return tiles === undefined ? null : { address: tiles, attribution: tilesAttribution ?? "" };
}

function showTiles(map: L.Map, { address, attribution }: Tiles, legend: Legend): void {
  L.tileLayer(address, { maxZoom: 19 }).addTo(map);
  legend.tell("tiles", attribution);
}
