// The drawing as GeoJSON: the ground of what the server alone knows, files in and files out.

import type { Geometry } from "geojson";
import { ask } from "../shared/asking";
import type { Area } from "./areas";
import type { Target } from "./mount";

interface Grounds {
  features: { geometry: Geometry }[];
}

/** The ground of areas, as the server tells it: of circles the outline, of names what they stand for. */
async function groundsOf(areas: readonly Area[]): Promise<Geometry[]> {
  const headers = { "Content-Type": "application/json", Accept: "application/geo+json" };
  const answer = await ask<Grounds>("/v1/areas:geojson", { method: "POST", headers, body: JSON.stringify({ areas }) });
  return answer.features.map(({ geometry }) => geometry);
}

/** The ground of one area; null where it has none. */
export async function groundOf(area: Area): Promise<Geometry | null> {
  const [ground] = await groundsOf([area]);
  return ground ?? null;
}

export function mountFiles(_target: Target): void {
}
