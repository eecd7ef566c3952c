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

interface Label {
  readonly spot: Spot;
  readonly plates: readonly Plate[];
}

const LETTERS_A_LINE = 14;
const LETTER = { width: 6.8, height: 14 };
// Where the middle is looked for: so many places across and down, against so many points of outline.
const LATTICE = 20;
const POINTS = 240;
const ZOOM = 12;
// Room for names is looked for in pieces, so that nobody's click waits for it; a frame has 16 ms.
const AT_ONCE_MS = 8;

/** Names for a map, as many as have room at each zoom, and none over another. */
export function label(map: L.Map, teams: readonly Named[]): L.LayerGroup {
  const pane = map.createPane("names");
  pane.setAttribute("aria-hidden", "true"); // outlines and the list say the same
  pane.classList.add("names");
  const group = L.layerGroup();
  let labels: readonly Label[] = [];
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
  void labelled(map, teams).then((found) => {
    labels = found;
    show();
  });
  return group;
}

async function labelled(map: L.Map, teams: readonly Named[]): Promise<Label[]> {
  const labels: Label[] = [];
  let until = performance.now() + AT_ONCE_MS;
  for (const { code, name, outline } of teams) {
    if (performance.now() > until) {
      await new Promise((resolve) => void window.setTimeout(resolve));
      until = performance.now() + AT_ONCE_MS;
    }
    const spot = widest(map, outline);
    labels.push({ spot, plates: [name, code].map((text) => plate(text, spot.at)) });
  }
  // The widest first: where two want the same place, the larger team has it.
  return labels.sort((a, b) => b.spot.room - a.spot.room);
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
      const inside = squareInside(rings, at, room);
      if (inside > room) [best, room] = [at, inside];
    }
  }
  return { at: map.unproject(best, ZOOM), room: Math.sqrt(room) / map.getZoomScale(ZOOM, 0) };
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

/**
 * The square of how far a point is from the nearest edge; 0 outside, by the rule of even and odd crossings, and where
 * an edge is nearer than is wanted. Without points that are made and thrown away: a force has millions of such pairs.
 */
function squareInside(rings: readonly L.Point[][], at: L.Point, wanted: number): number {
  let isInside = false;
  let nearest = Infinity;
  for (const ring of rings) {
    let from = ring.at(-1);
    for (const to of ring) {
      if (from === undefined) continue;
      const along = to.x - from.x;
      const up = to.y - from.y;
      const length = along * along + up * up;
      const part = length > 0 ? ((at.x - from.x) * along + (at.y - from.y) * up) / length : 0;
      const kept = part < 0 ? 0 : part > 1 ? 1 : part;
      const aside = at.x - from.x - kept * along;
      const apart = at.y - from.y - kept * up;
      const square = aside * aside + apart * apart;
      if (square <= wanted) return 0;
      if (square < nearest) nearest = square;
      const crosses = from.y > at.y !== to.y > at.y;
      if (crosses && at.x < ((from.x - to.x) * (at.y - to.y)) / (from.y - to.y) + to.x) isInside = !isInside;
      from = to;
    }
  }
  return isInside ? nearest : 0;
}
