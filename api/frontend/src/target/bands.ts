// The ground along lines: a stroke as wide as it is on the ground, whatever the zoom.

import L from "leaflet";
import type { Line } from "./ground";

const BAND: L.PathOptions = { opacity: 0.16, lineCap: "round", lineJoin: "round", dashArray: "" };
const AROUND_THE_EARTH_M = 40_075_016.7;

interface Band {
  readonly stroke: L.Polyline;
  metres: number;
}

export class Bands {
  private readonly bands = new Map<number, Band>();

  constructor(private readonly map: L.Map) {
    map.on("zoomend", () => this.bands.forEach((band) => this.fit(band)));
  }

  /** Lay the band of a line, so many metres to each side, or move the one that it has. */
  show(id: number, line: Line, metres: number, { color = "" }: L.PathOptions): void {
    const known = this.bands.get(id);
    const still = { interactive: false, pmIgnore: true, smoothFactor: 0 };
    const band = known ?? { stroke: L.polyline([], still).addTo(this.map), metres };
    band.metres = metres;
    band.stroke.setLatLngs(line.getLatLngs() as L.LatLng[]).setStyle({ ...BAND, color });
    this.bands.set(id, band);
    this.fit(band);
  }

  remove(id: number): void {
    this.bands.get(id)?.stroke.remove();
    this.bands.delete(id);
  }

  /** As wide in pixels as the ground is there: Mercator's scale grows with the latitude. */
  private fit({ stroke, metres }: Band): void {
    const latitude = (stroke.getBounds().getCenter().lat * Math.PI) / 180;
    const pixels = L.CRS.EPSG3857.scale(this.map.getZoom()) / (AROUND_THE_EARTH_M * Math.cos(latitude));
    stroke.setStyle({ weight: 2 * metres * pixels });
  }
}
