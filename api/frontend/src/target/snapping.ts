// Drawing along teams' boundaries: corners are taken from their outlines as these are.

import type L from "leaflet";
import type { Base } from "../map/base";

const NEAR_PX = 15;

export class Snapping {
  constructor(private readonly base: Base) {}

  /** Take corners that come near a boundary from it, or leave them where the hand puts them. */
  turn(isOn: boolean): void {
    // Geoman leaves out what it may not change, unless that is said to be snapped to.
    for (const outline of this.base.outlines.values()) (outline.options as L.PolylineOptions).snapIgnore = !isOn;
    this.base.map.pm.setGlobalOptions({ snappable: isOn, snapDistance: NEAR_PX, snapSegment: true, snapVertex: true });
  }
}
