// Postcodes as a light grey under everything else: where people live, without any tile.

import L from "leaflet";

/** Unpacked points, from west to east; see geo_alerts/places/packed_points.py. */
export interface Points {
  count: number;
  /** Position in the square of the world (Web Mercator), 0 to 1 from the west and from the north. */
  x: Float64Array;
  y: Float64Array;
}

const HEADER_BYTES = 40;
const STEPS = 65535;

export function unpack(bytes: ArrayBuffer): Points {
  const view = new DataView(bytes);
  const count = view.getUint32(0, true);
  const [west, south, east, north] = [8, 16, 24, 32].map((at) => view.getFloat64(at, true)) as [number, number, number, number];
  const [x, y] = [new Float64Array(count), new Float64Array(count)];
  for (let index = 0; index < count; index += 1) {
    const along = view.getUint16(HEADER_BYTES + 2 * index, true) / STEPS;
    const up = view.getUint16(HEADER_BYTES + 2 * (count + index), true) / STEPS;
    x[index] = (west + along * (east - west) + 180) / 360;
    const sine = Math.sin(((south + up * (north - south)) * Math.PI) / 180);
    y[index] = 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  }
  return { count, x, y };
}

/** How dark a square of the canvas is, by how many postcodes it holds: fewer than the first number … */
export const CLASSES: readonly { below: number; colour: string }[] = [
  { below: 2, colour: "#e9e4da" },
  { below: 6, colour: "#dcd4c5" },
  { below: Infinity, colour: "#c8bda8" },
];
const SIDE = 3; // pixels of a square
const CLOSE = 13; // from this zoom on each postcode is a dot that can be told from the next
const AROUND = 0.3; // of the view is drawn beyond each edge, so that a pan finds it there

/** A canvas under the outlines with the points in view. */
export class PointsLayer extends L.Layer {
  private readonly canvas = L.DomUtil.create("canvas", "points leaflet-zoom-hide");
  private frame = 0;

  constructor(private readonly points: Points) {
    super({ pane: "points" });
    this.canvas.setAttribute("aria-hidden", "true");
  }

  override onAdd(map: L.Map): this {
    const pane = map.getPane("points") ?? map.createPane("points");
    pane.classList.add("points-pane");
    pane.append(this.canvas);
    this.draw();
    return this;
  }

  override onRemove(): this {
    cancelAnimationFrame(this.frame);
    this.canvas.remove();
    return this;
  }

  override getEvents(): Record<string, L.LeafletEventHandlerFn> {
    const later = () => {
      cancelAnimationFrame(this.frame);
      this.frame = requestAnimationFrame(() => this.draw());
    };
    const now = () => {
      cancelAnimationFrame(this.frame);
      this.draw();
    };
    // A sheet of paper is laid out before there is another frame.
    return { moveend: later, zoomend: later, resize: later, paper: now };
  }

  private draw(): void {
    const map = this._map;
    const size = map.getSize();
    const beyond = size.multiplyBy(AROUND).round();
    const [width, height] = [size.x + 2 * beyond.x, size.y + 2 * beyond.y];
    const corner = map.containerPointToLayerPoint([0, 0]).subtract(beyond);
    const density = window.devicePixelRatio || 1;
    [this.canvas.width, this.canvas.height] = [width * density, height * density];
    [this.canvas.style.width, this.canvas.style.height] = [`${width}px`, `${height}px`];
    L.DomUtil.setPosition(this.canvas, corner);
    const context = this.canvas.getContext("2d");
    if (context === null) return;
    context.scale(density, density);
    const origin = map.getPixelOrigin().add(corner);
    const world = map.options.crs?.scale(map.getZoom()) ?? 0;
    if (map.getZoom() >= CLOSE) this.dots(context, origin, world, width, height);
    else this.squares(context, origin, world, width, height);
  }

  private dots(context: CanvasRenderingContext2D, origin: L.Point, world: number, width: number, height: number): void {
    context.fillStyle = CLASSES[2]?.colour ?? "";
    const radius = Math.min(1.5 + (this._map.getZoom() - CLOSE) / 2, 3);
    context.beginPath();
    for (const [x, y] of this.within(origin, world, width, height)) {
      context.moveTo(x + radius, y);
      context.arc(x, y, radius, 0, 2 * Math.PI);
    }
    context.fill();
  }

  private squares(context: CanvasRenderingContext2D, origin: L.Point, world: number, width: number, height: number): void {
    const [columns, rows] = [Math.ceil(width / SIDE), Math.ceil(height / SIDE)];
    const counts = new Uint16Array(columns * rows);
    for (const [x, y] of this.within(origin, world, width, height)) {
      const at = Math.floor(y / SIDE) * columns + Math.floor(x / SIDE);
      counts[at] = (counts[at] ?? 0) + 1;
    }
    for (const [place, { below, colour }] of CLASSES.entries()) {
      const least = CLASSES[place - 1]?.below ?? 1;
      context.fillStyle = colour;
      counts.forEach((count, at) => {
        if (count < least || count >= below) return;
        context.fillRect((at % columns) * SIDE, Math.floor(at / columns) * SIDE, SIDE, SIDE);
      });
    }
  }

  /** Points of the canvas, in its pixels; the first in view is found by halving, as they are sorted. */
  private *within(origin: L.Point, world: number, width: number, height: number): Generator<[number, number]> {
    const { x, y, count } = this.points;
    const east = (origin.x + width) / world;
    for (let at = firstFrom(x, origin.x / world); at < count && (x[at] ?? 1) < east; at += 1) {
      const down = (y[at] ?? 0) * world - origin.y;
      if (down >= 0 && down < height) yield [(x[at] ?? 0) * world - origin.x, down];
    }
  }
}

function firstFrom(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
