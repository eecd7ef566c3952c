// The dashboard's hotspot map: a method, a month, and the same facts in a table.

import L from "leaflet";
import { type Base, baseMap } from "./map/base";
import { Hotspots, type Look } from "./map/cells";
import "./map/cells.css";
import "./dashboard/map.css";
import { Looks } from "./dashboard/looks";
import { MonthSlider } from "./dashboard/months";
import { showTable, tableWords } from "./dashboard/table";
import { element } from "./shared/elements";
import { fitOnPaper } from "./shared/printing";
import { _ } from "./shared/words";

const place = element("hotspot-map", HTMLElement);
const form = element("choices", HTMLFormElement);
const method = element("method", HTMLSelectElement);
const summary = element("map-summary", HTMLElement);
const { teams = "", looks: address = "", month = "", chosen = "[]" } = place.dataset;
// Codes of the teams that the page is of; none for the whole force.
const codes = JSON.parse(chosen) as string[];

const base: Base = baseMap(place, { teams });
const hotspots = new Hotspots(base);
const looks = new Looks(address);
const slider = new MonthSlider(place.dataset, () => void look());

element("map-show", HTMLElement).hidden = true;
method.addEventListener("change", () => void look());
place.addEventListener("keydown", (event) => { if (event.key === "Escape") slider.stop(); });
looks.prepare([query()]); // while the outlines that it is laid over are fetched
base.layers.set("postcodes", false); // its tints are near those of the cells
base.ready.then(fitChosen).then(() => look(), () => look());
fitOnPaper({ map: base.map, bounds: ground, padding: 4 });

/** Of the chosen teams, or of all: paper shows them as a whole however near the screen was. */
function ground(): L.LatLngBounds {
  const some = boundsOf(codes);
  return some.isValid() ? some : boundsOf(base.outlines.keys());
}

function boundsOf(teamCodes: Iterable<string>): L.LatLngBounds {
  const whole = L.latLngBounds([]);
  for (const code of teamCodes) {
    const outline = base.outlines.get(code);
    if (outline !== undefined) whole.extend(outline.getBounds());
  }
  return whole;
}

function fitChosen(): void {
  const some = boundsOf(codes);
  if (some.isValid()) base.map.fitBounds(some, { padding: [12, 12], animate: false });
}

/** The state of the form with the method and the month of the map. */
function query(): URLSearchParams {
  const given = new FormData(form);
  const said = new URLSearchParams();
  for (const [name, value] of given) if (typeof value === "string" && value !== "") said.set(name, value);
  said.set("method", method.value);
  said.set("month", slider.month);
  return said;
}

/** Show what the map is set to; keep it in the page's address, so that it can be sent on. */
async function look(): Promise<void> {
  const asked = query();
  history.replaceState(null, "", `?${asked}${location.hash}`);
  place.setAttribute("aria-busy", "true");
  tellOther(asked);
  if (slider.isMissing) return refuse(_("{month} is not imported: a month that is missing is no month without crime.", { month: slider.words }));
  const waiting = window.setTimeout(() => { summary.textContent = _("Working it out …"); }, 600);
  const answer = await looks.get(asked);
  window.clearTimeout(waiting);
  if (answer === null) return; // a later choice came first
  if (answer instanceof Error) return refuse(answer.message);
  show(answer, asked);
  looks.prepare(slider.following().map((text) => { const next = query(); next.set("month", text); return next; }));
}

function show(answer: Look, asked: URLSearchParams): void {
  place.setAttribute("aria-busy", "false");
  summary.className = "";
  summary.textContent = answer.summary;
  element("map-asked", HTMLElement).textContent = answer.asked;
  element("keep-question", HTMLInputElement).value = JSON.stringify(answer.question);
  element("map-csv", HTMLAnchorElement).href = `/dashboard/map.csv?${asked}`;
  element("map-how-said", HTMLElement).replaceChildren(...answer.how.map(paragraph));
  hotspots.show(answer);
  element("map-table-said", HTMLElement).textContent = tableWords(answer);
  showTable(element("map-table", HTMLElement), answer, (rank) => {
    hotspots.zoomTo(rank);
    place.scrollIntoView({ block: "nearest" });
  });
  setActs(false);
}

function refuse(words: string): void {
  place.setAttribute("aria-busy", "false");
  slider.stop();
  summary.className = "refused";
  summary.textContent = words;
  element("map-asked", HTMLElement).textContent = "";
  hotspots.show(null);
  setActs(true);
}

function setActs(isHidden: boolean): void {
  element("map-csv", HTMLElement).hidden = isHidden;
  element("keep", HTMLElement).hidden = isHidden;
  element("map-facts", HTMLElement).hidden = isHidden;
}

/** Where the map shows another month than the figures around it, say so. */
function tellOther(asked: URLSearchParams): void {
  const other = element("map-other", HTMLElement);
  other.hidden = slider.month === month;
  element("map-other-said", HTMLElement).textContent = _("The map shows {month}; the figures of the page are of {other}.", { month: slider.words, other: slider.wordsOf(month) });
  element("map-other-link", HTMLAnchorElement).href = `/dashboard?${asked}`;
}

function paragraph(words: string): HTMLElement {
  const made = document.createElement("p");
  made.textContent = words;
  return made;
}
