// The small map of a repeat location: its outline among the teams.

import type { Feature, MultiPolygon, Polygon } from "geojson";
import L from "leaflet";
import { baseMap } from "./map/base";
import { element } from "./shared/elements";
import { _ } from "./shared/words";

const place = element("place-map", HTMLElement);
const { teams = "", place: shape = "" } = place.dataset;
const OUTLINE: L.PathOptions = { color: "#1d70b8", weight: 2, fillColor: "#1d70b8", fillOpacity: 0.12 };

const base = baseMap(place, { teams });
const outline = L.geoJSON(JSON.parse(shape) as Feature<Polygon | MultiPolygon>, { style: OUTLINE, interactive: false });
const show = () => {
  outline.addTo(base.map);
  base.map.fitBounds(outline.getBounds(), { maxZoom: 15, padding: [60, 60], animate: false });
  base.legend.show("place", { title: _("The place"), rows: [{ mark: { shape: "area", stroke: "#1d70b8", fill: "#d2e2f1", width: 2 }, words: _("hull of its points with a margin of 50 m") }] });
};
base.ready.then(show, show);
