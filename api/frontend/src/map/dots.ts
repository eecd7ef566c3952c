// Many like dots as one path: light to draw and to move, and on paper as on the screen.
// (A canvas over other layers hides them on paper: printed, it has no clear ground.)

import L from "leaflet";

type Position = readonly [longitude: number, latitude: number];

// What Leaflet asks of its paths, and does not tell.
interface Renderer {
  _bounds: L.Bounds;
  _setPath(layer: L.Path, path: string): void;
}

export class Dots extends L.Path {
  private declare readonly _renderer: Renderer;
  private points: L.Point[] = [];
  private radius = 0;

  /** Dots whose radius in pixels follows the zoom; `options` name an SVG renderer. */
  constructor(private readonly positions: readonly Position[], private readonly radiusAt: (zoom: number) => number, options: L.PathOptions) {
    super();
    L.setOptions(this, options);
  }

  /** Leaflet: the zoom is another. */
  _project(): void {
    this.radius = this.radiusAt(this._map.getZoom());
    this.points = this.positions.map(([longitude, latitude]) => this._map.latLngToLayerPoint([latitude, longitude]));
  }

  /** Leaflet: other ground is in view. */
  _update(): void {
    const { _bounds: view } = this._renderer;
    const [r, d] = [this.radius, 2 * this.radius];
    const drawn = this.points.filter((at) => view.contains(at));
    this._renderer._setPath(this, drawn.map(({ x, y }) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${d} 0a${r} ${r} 0 1 0-${d} 0`).join("") || "M0 0");
  }
}
