// Paper: while the page is printed the map is as wide as the sheet and shows the whole target.

import type L from "leaflet";
import { element } from "../shared/elements";
import { _ } from "../shared/words";
import type { Target } from "./mount";

/** Print by the page's button or the browser's own command. */
export function mountPrinting({ base: { map } }: Target, boundsOf: () => L.LatLngBounds): void {
  const told = element("printed-at", HTMLElement);
  let before: { center: L.LatLng; zoom: number } | null = null;
  element("print-target", HTMLButtonElement).addEventListener("click", () => window.print());
  window.addEventListener("beforeprint", () => {
    before ??= { center: map.getCenter(), zoom: map.getZoom() };
    const at = new Date().toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "Europe/London" });
    told.textContent = _("Printed {at} by {who}.", { at, who: told.dataset["by"] ?? "" });
    document.body.classList.add("printing");
    map.invalidateSize({ animate: false });
    const bounds = boundsOf();
    if (bounds.isValid()) map.fitBounds(bounds, { animate: false, padding: [24, 24], maxZoom: 16 });
  });
  window.addEventListener("afterprint", () => {
    document.body.classList.remove("printing");
    map.invalidateSize({ animate: false });
    if (before !== null) map.setView(before.center, before.zoom, { animate: false });
    before = null;
  });
}
