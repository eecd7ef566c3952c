// Names on the map, so that one knows where one is: each team's name, or its code, where there is room.

import L from "leaflet";

export interface Named {
  code: string;
  name: string;
  outline: L.Polygon;
}

interface Spot {
  at: L.LatLng;
  /** Radius of a circle round it inside the outline, pixels at zoom 0. */
  room: number;
}

interface Plate {
  readonly half: L.Point;
  readonly marker: L.Marker;
}

const LETTERS_A_LINE = 14;
const LETTER = { width: 6.8, height: 14 };
// Where the middle is looked for: so many places across and down, against so many points of outline.
const LATTICE = 20;
const POINTS = 240;
const ZOOM = 12;

/** Names for a map, as many as have room at each zoom, and none over another. */
export function label(map: L.Map, teams: readonly Named[]): L.LayerGroup {
  const pane = map.createPane("names");
  pane.setAttribute("aria-hidden", "true"); // outlines and the list say the same
  pane.classList.add("names");
  const group = L.layerGroup();
  const labels = teams.map(({ code, name, outline }) => {
    const spot = widest(map, outline);
    return { spot, plates: [name, code].map((text) => plate(text, spot.at)) };
  });
  // The widest first: where two want the same place, the larger team has it.
  labels.sort((a, b) => b.spot.room - a.spot.room);
  const show = () => {
    const placed: L.Bounds[] = [];
    for (const { spot, plates } of labels) {
      const room = spot.room * map.getZoomScale(map.getZoom(), 0);
      const middle = map.project(spot.at, map.getZoom());
      let isNamed = false;
      for (const { half, marker } of plates) {
        const box = L.bounds(middle.subtract(half), middle.add(half));
        // A name may reach a little past the circle: teams are seldom round.
        const isSmall = Math.max(half.x / 1.5, half.y) <= room;
        const fits: boolean = !isNamed && isSmall && !placed.some((other) => other.overlaps(box));
        if (fits) placed.push(box);
        if (fits) group.addLayer(marker);
        else group.removeLayer(marker);
        isNamed ||= fits;
      }
    }
  };
  map.on("zoomend", show);
  show();
  return group;
}

function plate(text: string, at: L.LatLng): Plate {
  const lines = Math.ceil(text.length / LETTERS_A_LINE);
  const longest = Math.max(text.length / lines, ...text.split(" ").map((word) => word.length));
  const size = L.point(LETTER.width * longest + 8, LETTER.height * lines);
  const html = document.createElement("span");
  html.textContent = text;
  const icon = L.divIcon({ className: "team-name", html, iconSize: size });
  const options: L.MarkerOptions = { icon, pane: "names", interactive: false, keyboard: false };
  return { half: size.divideBy(2), marker: L.marker(at, { ...options, pmIgnore: true }) };
}

/** The middle of the largest circle inside the largest part of an outline, near enough for a name. */
function widest(map: L.Map, outline: L.Polygon): Spot {
  const rings = largestPart(map, outline);
  const box = L.bounds(rings.flat());
  const { min = L.point(0, 0) } = box;
  const step = box.getSize().divideBy(LATTICE);
  let [best, room] = [box.getCenter(), 0];
  for (let column = 0.5; column < LATTICE; column += 1) {
    for (let row = 0.5; row < LATTICE; row += 1) {
      const at = L.point(min.x + column * step.x, min.y + row * step.y);
      const inside = distanceInside(rings, at);
      if (inside > room) [best, room] = [at, inside];
    }
  }
  return { at: map.unproject(best, ZOOM), room: room / map.getZoomScale(ZOOM, 0) };
}

function largestPart(map: L.Map, outline: L.Polygon): L.Point[][] {
  const given = outline.getLatLngs() as L.LatLng[][] | L.LatLng[][][];
  const parts = (given[0]?.[0] instanceof L.LatLng ? [given] : given) as L.LatLng[][][];
  const projected = parts.map((part) => part.map((ring) => thinned(ring).map((at) => map.project(at, ZOOM))));
  const area = (rings: L.Point[][]) => {
    const { x, y } = L.bounds(rings.flat()).getSize();
    return x * y;
  };
  return projected.reduce((a, b) => (area(b) > area(a) ? b : a));
}

function thinned(ring: L.LatLng[]): L.LatLng[] {
  const every = Math.ceil(ring.length / POINTS);
  return ring.filter((_, index) => index % every === 0);
}

/** How far a point is from the nearest edge; 0 outside, by the rule of even and odd crossings. */
function distanceInside(rings: readonly L.Point[][], at: L.Point): number {
  let [isInside, nearest] = [false, Infinity];
  for (const ring of rings) {
    let from = ring.at(-1);
    for (const to of ring) {
      if (from === undefined) continue;
      nearest = Math.min(nearest, L.LineUtil.pointToSegmentDistance(at, from, to));
      const crosses = from.y > at.y !== to.y > at.y;
      if (crosses && at.x < ((from.x - to.x) * (at.y - to.y)) / (from.y - to.y) + to.x) isInside = !isInside;
      from = to;
    }
  }
  return isInside ? nearest : 0;
}
