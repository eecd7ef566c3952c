// Circles and rectangles by one gesture: pressed where they begin, dragged, released where they end.

import type L from "leaflet";

/** What is being drawn. */
export interface Work {
  isAny(): boolean;
  /** Whether it is given by two places, so that dragging draws it and does not move the map. */
  hasTwoPlaces(): boolean;
  /** Whether the first of them is still to be given, by a press. */
  wantsFirst(): boolean;
}

// A hand that clicks moves less than this between press and release.
const LEAST_DRAG_PX = 6;

/**
 * Geoman takes clicks only. A press of the mouse is passed on to it as the first of its two clicks;
 * the browser's own click, which comes with the release, is the second one if the mouse was dragged,
 * and is kept from it if not: then a second click follows. Fingers move the map, as ever.
 */
export class Pressing {
  /** Whether the last press fell into a drawing, which the click that follows may have ended. */
  isOfDrawing = false;
  private pressed: { x: number; y: number } | null = null;

  constructor(private readonly map: L.Map, private readonly work: Work) {
    const container = map.getContainer();
    // Before Leaflet hears of it.
    container.addEventListener("pointerdown", (event) => this.press(event), { capture: true });
    container.addEventListener("click", (event) => this.click(event), { capture: true });
  }

  /** Nothing is drawn any more. */
  end(): void {
    this.map.dragging.enable();
  }

  private press(event: PointerEvent): void {
    const { map, work } = this;
    const isOnControl = event.target instanceof Element && event.target.closest(".leaflet-control") !== null;
    this.isOfDrawing = work.isAny();
    this.pressed = null;
    if (!work.hasTwoPlaces() || isOnControl) return;
    if (event.pointerType !== "mouse") {
      map.dragging.enable();
      return;
    }
    map.dragging.disable();
    if (event.button !== 0 || event.shiftKey || !work.wantsFirst()) return;
    this.pressed = { x: event.clientX, y: event.clientY };
    map.fire("click", {
      latlng: map.mouseEventToLatLng(event),
      layerPoint: map.mouseEventToLayerPoint(event),
      containerPoint: map.mouseEventToContainerPoint(event),
      originalEvent: event,
    });
  }

  private click(event: MouseEvent): void {
    const { pressed } = this;
    this.pressed = null;
    if (pressed === null) return;
    const moved = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y);
    if (moved < LEAST_DRAG_PX) event.stopPropagation();
  }
}
