// Paper: the target page's map shows the whole target, and the sheet says who printed it and when.

import type L from "leaflet";
import { element } from "../shared/elements";
import { fitOnPaper } from "../shared/printing";
import { _ } from "../shared/words";
import type { Target } from "./mount";

/** Print by the page's button or the browser's own command. */
export function mountPrinting({ base: { map } }: Target, bounds: () => L.LatLngBounds): void {
  const told = element("printed-at", HTMLElement);
  element("print-target", HTMLButtonElement).addEventListener("click", () => window.print());
  const before = () => {
    const at = new Date().toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "Europe/London" });
    told.textContent = _("Printed {at} by {who}.", { at, who: told.dataset["by"] ?? "" });
  };
  fitOnPaper({ map, bounds, padding: 24, before });
}
