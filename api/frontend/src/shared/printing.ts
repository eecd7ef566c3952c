// Paper: while a page is printed its map has the room of the sheet, and shows what it is about as a whole.

import type L from "leaflet";

export interface OnPaper {
  map: L.Map;
  /** What is to be seen on paper. */
  bounds: () => L.LatLngBounds;
  padding: number;
  /** Something else that is done before the page is laid out for paper. */
  before?: () => void;
}

/**
 * Fit a map while the page is printed, and put it back; the page's CSS gives it its room in `body.printing`.
 *
 * The map fires "paper" for layers that are drawn later than they are moved.
 */
export function fitOnPaper({ map, bounds, padding, before }: OnPaper): void {
  let held: { center: L.LatLng; zoom: number } | null = null;
  let isFitting = false;
  const fit = () => {
    isFitting = true;
    const whole = bounds();
    const { zoomSnap } = map.options;
    map.options.zoomSnap = 0; // the room of a sheet is used whole
    if (whole.isValid()) map.fitBounds(whole, { animate: false, padding: [padding, padding], maxZoom: 16 });
    map.options.zoomSnap = zoomSnap ?? 1;
    map.fire("paper");
    isFitting = false;
  };
  // A zoom that was under way when the paper was asked for goes to its own end.
  map.on("moveend", () => {
    if (held !== null && !isFitting) fit();
  });
  const begin = () => {
    if (held !== null) return;
    const seen = { center: map.getCenter(), zoom: map.getZoom() };
    before?.();
    document.body.classList.add("printing");
    map.invalidateSize({ animate: false });
    held = seen;
    fit();
  };
  const end = () => {
    if (held === null) return;
    document.body.classList.remove("printing");
    const { center, zoom } = held;
    held = null;
    map.invalidateSize({ animate: false });
    map.setView(center, zoom, { animate: false });
  };
  window.addEventListener("beforeprint", begin);
  window.addEventListener("afterprint", end);
  // Some browsers lay a page out for paper without the events.
  const paper = window.matchMedia("print");
  paper.addEventListener("change", () => { if (paper.matches) begin(); else end(); });
}
