// Drawing along teams' boundaries: corners that come near one are taken from it, to the vertex.

import L from "leaflet";
import type { Position } from "geojson";
import type { Base, Teams } from "../map/base";

const NEAR_PX = 15;

/** Sides of all outlines: from longitude and latitude to longitude and latitude, four numbers each. */
type Sides = Float64Array;

/**
 * Geoman snaps to layers, and looks at every vertex of each at every move: with outlines as they are
 * kept that is slow, and as they are drawn it is not exact. It is given one side instead, the nearest
 * one, just before it looks.
 */
export class Snapping {
  private readonly near = L.polyline([[0, 0], [0, 0]], { opacity: 0, interactive: false, pmIgnore: true, snapIgnore: false });
  private sides: Sides | null = null;

  constructor(private readonly base: Base) {
    base.map.on("mousemove", ({ latlng }) => this.look(latlng));
  }

  /** Take corners from boundaries that are near, or leave them where the hand puts them. */
  async turn(isOn: boolean): Promise<void> {
    const { map } = this.base;
    if (isOn) this.sides ??= sidesOf(await this.base.exact());
    if (isOn) this.near.addTo(map);
    else this.near.remove();
    map.pm.setGlobalOptions({ snappable: isOn, snapDistance: NEAR_PX, snapSegment: true, snapVertex: true });
  }

  private look({ lat, lng }: L.LatLng): void {
    const { sides, near } = this;
    if (sides === null || !this.base.map.hasLayer(near)) return;
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = sides.subarray(nearest(sides, lng, lat));
    near.setLatLngs([[y1, x1], [y2, x2]]);
  }
}

/** Where the side begins that is nearest to a position, on ground that is flat round it. */
function nearest(sides: Sides, longitude: number, latitude: number): number {
  const narrow = Math.cos((latitude * Math.PI) / 180);
  let [best, least] = [0, Infinity];
  for (let at = 0; at < sides.length; at += 4) {
    const x1 = ((sides[at] ?? 0) - longitude) * narrow;
    const y1 = (sides[at + 1] ?? 0) - latitude;
    const along = ((sides[at + 2] ?? 0) - longitude) * narrow - x1;
    const up = (sides[at + 3] ?? 0) - latitude - y1;
    const length = along * along + up * up;
    const part = length === 0 ? 0 : Math.min(1, Math.max(0, -(x1 * along + y1 * up) / length));
    const [x, y] = [x1 + part * along, y1 + part * up];
    const distance = x * x + y * y;
    if (distance < least) [best, least] = [at, distance];
  }
  return best;
}

function sidesOf(teams: Teams): Sides {
  const found: number[] = [];
  for (const { geometry } of teams.features) {
    const parts = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    for (const ring of parts.flat()) addSides(ring, found);
  }
  return Float64Array.from(found);
}

function addSides(ring: readonly Position[], to: number[]): void {
  let [before] = ring;
  for (const position of ring.slice(1)) {
    to.push(before?.[0] ?? 0, before?.[1] ?? 0, position[0] ?? 0, position[1] ?? 0);
    before = position;
  }
}
