// Areas shaded by class, under the outlines of teams: coverage by team and by postcode sector.

import L from "leaflet";
import type { MultiPolygon, Polygon } from "geojson";
import { ask } from "../shared/asking";
import { thousands } from "../shared/figures";
import { _ } from "../shared/words";
import type { Base } from "./base";
import type { Made } from "./layers";
import type { Row } from "./legend";
import { Outlines } from "./outlines";
import { NO_DATA, UNSURE, usePatterns } from "./patterns";

interface AreaCoverage {
  code: string;
  name: string;
  people: number;
  error: number | null;
  households: number;
  per_1000: number | null;
  low: number | null;
  high: number | null;
  class_index: number | null;
}
interface Coverage {
  areas: AreaCoverage[];
  classes: { words: string; colour: string }[];
  inputs: { subscribers_as_of: string | null };
}

const PANE = "shading";

/** A layer of coverage, its areas as fine as the zoom shows. */
export async function coverage(base: Base, by: "team" | "sector", grounds: string): Promise<Made> {
  usePatterns();
  paneOf(base.map);
  const outlines = new Outlines<{ code: string; name: string }>(base.map, grounds);
  const [told, areas] = await Promise.all([ask<Coverage>(`/v1/coverage?by=${by}`), outlines.ready]);
  const byCode = new Map(told.areas.map((area) => [area.code, area]));
  const layer = outlines.show(areas, {
    pane: PANE,
    interactive: false,
    style: (feature) => {
      const area = byCode.get((feature?.properties as AreaCoverage | undefined)?.code ?? "");
      const fill = fillOf(area, told);
      return { stroke: true, color: fill.startsWith("url") ? "#b1b4b6" : fill, weight: 0.5, fillColor: fill, fillOpacity: 0.85 };
    },
  } as L.GeoJSONOptions<{ code: string; name: string }, Polygon | MultiPolygon>);
  const isEstimate = told.areas.some(({ error }) => error !== null);
  const title = by === "team" ? _("People who get alerts per 1\u202f000 households") : _("People who get alerts per 1\u202f000 households, by postcode sector");
  return {
    layer,
    entry: {
      title,
      rows: rowsOf(told),
      note: isEstimate ? _("Estimated, so that nobody can be singled out.") : "",
      more: { address: by === "team" ? "/coverage" : "/coverage/sectors", words: _("The same as a table") },
    },
    asOf: told.inputs.subscribers_as_of === null ? "" : _("Subscribers as of {day}.", { day: dayOf(told.inputs.subscribers_as_of) }),
    turned: (isOn) => {
      if (by === "team") base.facts("coverage", isOn ? (code) => factsOf(byCode.get(code)) : null);
    },
  };
}

function fillOf(area: AreaCoverage | undefined, { classes }: Coverage): string {
  if (area === undefined || area.per_1000 === null) return NO_DATA;
  return area.class_index === null ? UNSURE : (classes[area.class_index]?.colour ?? NO_DATA);
}

function rowsOf({ classes, areas }: Coverage): Row[] {
  const rows: Row[] = classes.map(({ words, colour }) => ({ mark: { shape: "area", fill: colour }, words }));
  if (areas.some((area) => area.per_1000 !== null && area.class_index === null)) {
    rows.push({ mark: { shape: "dotted", fill: "#f3f2f1" }, words: _("too few people to say") });
  }
  if (areas.some((area) => area.per_1000 === null)) {
    rows.push({ mark: { shape: "hatched", fill: "#f3f2f1" }, words: _("no households") });
  }
  return rows;
}

function factsOf(area: AreaCoverage | undefined): string {
  if (area === undefined || area.per_1000 === null) return _("no households");
  const figures = { rate: area.per_1000.toFixed(1), people: thousands(area.people), error: area.error ?? 0 };
  return area.error === null
    ? _("{people} people get alerts, {rate} per 1\u202f000 households", figures)
    : _("≈ {people} people get alerts (± {error}), ≈ {rate} per 1\u202f000 households", figures);
}

function dayOf(moment: string): string {
  const months: Intl.DateTimeFormatOptions = { day: "numeric", month: "long", year: "numeric", timeZone: "Europe/London" };
  return new Date(moment).toLocaleDateString(document.documentElement.lang || "en-GB", months);
}

function paneOf(map: L.Map): void {
  if (map.getPane(PANE) !== undefined) return;
  map.createPane(PANE).classList.add("shading-pane");
}
