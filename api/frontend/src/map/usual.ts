// The layers that every map offers beside its own: other areas, coverage, stored hotspots, saved areas.

import L from "leaflet";
import type { Feature, FeatureCollection, MultiPolygon, Polygon } from "geojson";
import { ask } from "../shared/asking";
import { capitalised } from "../shared/figures";
import { _ } from "../shared/words";
import type { Base } from "./base";
import type { Made } from "./layers";
import { Outlines, tellOf, text } from "./outlines";
import { coverage } from "./shading";

interface Edition {
  id: number;
  layer: string;
  label: string;
  state: string;
}
interface Stored {
  id: string;
  name: string;
}
type Grounds = FeatureCollection<Polygon | MultiPolygon, { rank?: number }>;

const GREY = "#505a5f";
const HOT: L.PathOptions = { color: "#b30000", weight: 1.5, fillColor: "#fc8d59", fillOpacity: 0.35 };
const SAVED: L.PathOptions = { color: "#0b0c0c", weight: 2, dashArray: "8 4", fill: false };
const LOCAL_POLICING_AREA = "local_policing_area";

/** Offer them; of what cannot be listed now nothing is offered. */
export async function offerUsual(base: Base): Promise<void> {
  const none = <T>(value: T) => () => value;
  const [{ editions }, { layers: hotspots }, { saved_areas: saved }] = await Promise.all([
    ask<{ editions: Edition[] }>("/v1/boundaries").catch(none({ editions: [] })),
    ask<{ layers: Stored[] }>("/v1/hotspots").catch(none({ layers: [] })),
    ask<{ saved_areas: Stored[] }>("/v1/saved-areas").catch(none({ saved_areas: [] })),
  ]);
  const teams = editions.find(({ layer, state }) => layer === "team" && state === "active");
  for (const edition of editions) if (edition.state === "active" && edition !== teams) offerAreas(base, edition);
  if (teams !== undefined) offerCoverage(base);
  offerHotspots(base, hotspots);
  offerSaved(base, saved);
}

function offerAreas(base: Base, { id, layer: name, label }: Edition): void {
  const isWide = name === LOCAL_POLICING_AREA;
  const words = isWide ? _("Local policing areas") : _("Areas: {layer}", { layer: name.replaceAll("_", " ") });
  const style = { color: GREY, weight: isWide ? 2 : 1, ...(isWide ? {} : { dashArray: "4 3" }), fill: false };
  base.layers.offer({
    name,
    words,
    isOn: isWide,
    make: async () => {
      const outlines = new Outlines<{ code: string; name: string }>(base.map, `/v1/boundaries/${id}/areas`);
      const areas = await outlines.ready;
      const shown: L.GeoJSONOptions = { style, interactive: false };
      return {
        layer: outlines.show(areas, shown),
        entry: { title: words, rows: [{ mark: { shape: "line", stroke: GREY, width: style.weight }, words: _("outline") }] },
        asOf: _("{layer}: {edition}.", { layer: words, edition: label }),
      };
    },
  });
}

function offerCoverage(base: Base): void {
  const team = () => coverage(base, "team", "/v1/teams");
  base.layers.offer({ name: "coverage", words: _("Coverage by team"), make: team });
  const sector = () => coverage(base, "sector", "/map/sectors");
  base.layers.offer({ name: "sectors", words: _("Coverage by postcode sector"), make: sector });
}

function offerHotspots(base: Base, stored: readonly Stored[]): void {
  if (stored.length === 0) return;
  base.layers.offer({
    name: "stored",
    words: _("Stored hotspots"),
    options: stored.map(({ id, name }) => ({ value: id, words: name || id })),
    make: async (id): Promise<Made> => {
      const found = await ask<Grounds>(`/v1/hotspots/${id}/areas`);
      const name = stored.find((one) => one.id === id)?.name ?? id;
      return {
        layer: L.geoJSON(found, { style: HOT, pmIgnore: true, onEachFeature: tellRank }),
        entry: {
          title: _("Stored hotspots"),
          rows: [{ mark: { shape: "area", stroke: HOT.color ?? "", fill: "#fdcbb0" }, words: name }],
          more: { address: `/hotspots/${id}`, words: _("About this layer") },
        },
      };
    },
  });
}

function tellRank({ properties }: Feature<Polygon | MultiPolygon, { rank?: number }>, layer: L.Layer): void {
  tellOf(layer, text(_("Hotspot, rank {rank}", { rank: properties.rank ?? "" })));
}

function offerSaved(base: Base, saved: readonly Stored[]): void {
  if (saved.length === 0) return;
  base.layers.offer({
    name: "saved",
    words: _("Saved areas"),
    options: saved.map(({ id, name }) => ({ value: id, words: name })),
    make: async (id): Promise<Made> => {
      const body = JSON.stringify({ areas: [{ type: "saved", id, version: null }] });
      const headers = { Accept: "application/geo+json", "Content-Type": "application/json" };
      const found = await ask<Grounds>("/v1/areas:geojson", { method: "POST", headers, body });
      const layer = L.geoJSON(found, { style: SAVED, interactive: false, pmIgnore: true } as L.GeoJSONOptions);
      const name = saved.find((one) => one.id === id)?.name ?? id;
      return {
        layer,
        entry: {
          title: _("Saved area"),
          rows: [{ mark: { shape: "dashes", stroke: SAVED.color ?? "", width: 2 }, words: capitalised(name) }],
          more: { address: `/areas/${id}`, words: _("About this area") },
        },
        turned: (isOn) => {
          const bounds = layer.getBounds();
          if (isOn && bounds.isValid() && !base.map.getBounds().intersects(bounds)) base.map.fitBounds(bounds);
        },
      };
    },
  });
}
