// The parts of the panel that stand on the target: search, a list from a file, keeping, asking, paper.

import type L from "leaflet";
import { RefusedError } from "../shared/asking";
import { _ } from "../shared/words";
import type { Filters } from "./filters";
import { mountMarks } from "./marks";
import type { Target } from "./mount";
import { openAudience } from "./opening";
import { mountPrinting } from "./printing";
import { mountRequest } from "./requesting";
import { mountSaving } from "./saving";
import { mountSearch } from "./search";
import { mountUpload } from "./upload";

interface Given {
  /** Where groups and topics are. */
  readonly labels: string;
  /** The box round what is on the map. */
  readonly bounds: () => L.LatLngBounds;
  /** Tell that there are no figures, and why. */
  readonly refuse: (message: string) => void;
}

export function mountPanel(target: Target, filters: Filters, { labels, bounds, refuse }: Given): void {
  mountSearch(target);
  mountUpload(target);
  mountSaving(target);
  mountRequest(target);
  mountPrinting(target, bounds);
  mountMarks(target, () => filters.reach());
  // Without these lists everybody is counted, as the page says.
  const offered = filters.offer(labels).catch(() => undefined);
  const audience = new URLSearchParams(location.search).get("audience");
  if (audience === null) return;
  offered
    .then(() => openAudience(audience, target, (conditions) => filters.set(conditions)))
    .catch((error: unknown) => {
      refuse(error instanceof RefusedError ? error.message : _("The audience could not be shown. Load the page again."));
    });
}
