// What the page's address says to begin with: a saved area, a team, a layer of hotspots, a position.

import { ask } from "../shared/asking";
import { _ } from "../shared/words";
import type { Typed } from "./areas";
import { readText } from "./geojson";
import { hotspotsArea, teamArea } from "./named";
import { type SavedArea, shapesOfSaved } from "./saved";

/** What the page begins with: shapes, and the saved area that they are, where they are one. */
export interface Begun {
  readonly typed: readonly Typed[];
  readonly saved: SavedArea | null;
}

/** The shapes that the page's address names: a saved area, a team, a layer of hotspots, what is round a position. */
export async function begun(query: URLSearchParams): Promise<Begun> {
  const [id, team, layer, around] = [query.get("area"), query.get("team"), query.get("layer"), query.get("around")];
  const metres = Number(query.get("metres") ?? 0);
  if (id !== null) {
    const version = query.get("version");
    const saved = await ask<SavedArea>(`/v1/saved-areas/${encodeURIComponent(id)}${version === null ? "" : `?version=${version}`}`);
    return { typed: await shapesOfSaved(saved), saved };
  }
  if (team !== null) {
    const { name } = await ask<{ name: string }>(`/v1/teams/${encodeURIComponent(team)}`);
    return { typed: [teamArea({ code: team, name })], saved: null };
  }
  if (layer !== null) {
    const { name } = await ask<{ name: string }>(`/v1/hotspots/${encodeURIComponent(layer)}`);
    return { typed: [hotspotsArea({ id: layer, name: name || _("without a name") }, metres)], saved: null };
  }
  if (around !== null) return { typed: await readText(around, "circle", metres), saved: null };
  return { typed: [], saved: null };
}
