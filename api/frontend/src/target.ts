// The page on which a target is drawn: shapes in a list and on the map, counted as they change.

import "@geoman-io/leaflet-geoman-free/dist/leaflet-geoman.css";
import type { Team } from "./map/base";
import { RefusedError } from "./shared/asking";
import "./target/target.css";
import { type Shape, combined, pointers, shapeOf } from "./target/areas";
import { CHANNELS, type Channel, type Figures, Preview, type Reach, type Selection, askPreview } from "./target/asking";
import { type Drawn, Drawing, type Tool, areaOf, wordsOf } from "./target/drawing";
import { Filters } from "./target/filters";
import { HINTS } from "./target/hints";
import { Panel, element } from "./target/panel";
import { type Typed, connectForms, offerTeams, teamArea } from "./target/typing";

const page = element("main", HTMLElement);
const addresses = {
  teams: page.dataset["teams"] ?? "",
  preview: page.dataset["preview"] ?? "",
  postcodes: page.dataset["postcodes"] ?? "",
  labels: page.dataset["labels"] ?? "",
};

const panel = new Panel();
const filters = new Filters();
const preview = new Preview(addresses.preview, (answer, those) => {
  if (!(answer instanceof Error)) show(answer, those);
  else if (answer instanceof RefusedError) void refuse(answer, those);
  else refuseAll("The server does not answer. Your shapes are kept; change one to try again.");
});
const drawing = new Drawing(element("map", HTMLElement), { teams: addresses.teams }, {
  drawn: (layer) => addDrawn(layer),
  changing: (layer) => follow(layer),
  changed: (layer) => follow(layer),
  team: (team) => addTyped(teamArea(team)),
  tool: (tool) => showTool(tool),
});

let shapes: Shape[] = [];
let lastId = 0;
const tools = { choosing: element("hint", HTMLElement).textContent ?? "" };

const acts = {
  remove(shape: Shape): void {
    drawing.remove(shape.id);
    shapes = shapes.filter((each) => each !== shape);
    forgive();
    update();
    element("shapes-heading", HTMLElement).focus();
  },
  repair(shape: Shape): void {
    repair(shape);
    update();
    element("shapes-heading", HTMLElement).focus();
  },
  widen(shape: Shape, metres: number): void {
    if (shape.area.type === "corridor") shape.area = { ...shape.area, metres };
    [shape.fault, shape.repaired] = [null, null];
    update();
  },
  turn(shape: Shape): void {
    shape.isSubtracted = !shape.isSubtracted;
    update();
  },
  zoomTo: (shape: Shape): void => drawing.zoomTo(shape.id),
  isOnMap: (shape: Shape): boolean => drawing.has(shape.id),
  repairFaulty(): void {
    shapes.forEach(repair);
    update();
    element("shapes-heading", HTMLElement).focus();
  },
  removeFaulty(): void {
    for (const { id } of shapes.filter(({ fault }) => fault !== null)) drawing.remove(id);
    shapes = shapes.filter(({ fault }) => fault === null);
    update();
    element("shapes-heading", HTMLElement).focus();
  },
};

/** Put the repaired outline in the place of a shape's, where there is one. */
function repair(shape: Shape): void {
  if (shape.repaired === null) return;
  shape.area = { type: "polygon", geometry: shape.repaired };
  drawing.replace(shape.id, shape.repaired);
  [shape.fault, shape.repaired] = [null, null];
}

function addDrawn(layer: Drawn): void {
  const area = areaOf(layer);
  if (area === null) {
    layer.remove();
    return;
  }
  lastId += 1;
  drawing.adopt(lastId, layer);
  shapes.push(shapeOf(lastId, area, wordsOf(layer)));
  forgive();
  update();
}

/** Add what was typed or chosen, and tell whether it was new. */
function addTyped({ area, words, middle }: Typed): boolean {
  const value = JSON.stringify(area);
  if (shapes.some((shape) => JSON.stringify(shape.area) === value)) return false;
  lastId += 1;
  const shape = shapeOf(lastId, area, words);
  shapes.push(shape);
  drawing.show(shape, middle);
  // How wide a circle is that holds so many people is known once they are counted.
  if (area.type !== "team" && !("holding" in area)) drawing.zoomTo(shape.id);
  forgive();
  update();
  return true;
}

/** A layer moves under the hand: count what it covers now, whether it is in the list yet or not. */
function follow(layer: Drawn): void {
  const shape = shapes.find(({ id }) => id === drawing.idOf(layer));
  const area = areaOf(layer, shape?.area);
  if (area === null) return;
  if (shape !== undefined) {
    shape.area = area;
    shape.words = wordsOf(layer);
    [shape.fault, shape.repaired] = [null, null];
    update();
  } else {
    count([...shapes, shapeOf(0, area, "")]);
  }
}

function update(): void {
  drawing.restyle(shapes);
  showShapes();
  count(shapes);
}

function showShapes(): void {
  panel.showShapes(shapes, selectionOf(shapes), acts);
}

/** Who is asked about has changed, and the shapes have not. */
function choose(): void {
  panel.showValue(selectionOf(shapes));
  count(shapes);
}

/** Ask for the figures of shapes. */
function count(those: readonly Shape[]): void {
  const selection = selectionOf(those);
  if (selection !== null) {
    panel.wait();
    preview.ask(selection, [...those]);
    return;
  }
  preview.forget();
  if (combined(those) === null) panel.clear();
  else refuseAll("Tick at least one channel.");
}

/** Whom shapes and choices mean; null while no shape counts or no channel is ticked. */
function selectionOf(those: readonly Shape[]): Selection | null {
  const [area, channels] = [combined(those), chosenChannels()];
  if (area === null || channels?.length === 0) return null;
  return { area, reach: chosenReach(), ...(channels === null ? {} : { channels }), ...filters.chosen() };
}

/** There are no figures, and so no circle is known to hold so many people. */
function refuseAll(message: string): void {
  const known = shapes.filter(({ found }) => found !== null);
  for (const shape of known) {
    shape.found = null;
    drawing.widen(shape.id, 0);
  }
  if (known.length > 0) showShapes();
  panel.refuse(message);
}

function show(figures: Figures, those: readonly Shape[]): void {
  panel.show(figures);
  const places = pointers(those);
  let isNew = false;
  for (const { pointer, metres } of figures.distances) {
    const shape = places.get(pointer);
    if (shape === undefined || !shapes.includes(shape)) continue;
    isNew ||= shape.found !== metres;
    shape.found = metres;
    if (drawing.widen(shape.id, metres)) drawing.zoomTo(shape.id);
  }
  if (isNew) showShapes();
}

/** The server refused the whole: find the shapes that it refuses, so that the others count. */
async function refuse(error: RefusedError, those: readonly Shape[]): Promise<void> {
  const suspects = error.isAboutTheArea ? those.filter(({ fault }) => fault === null) : [];
  let isFound = false;
  for (const shape of suspects) isFound = (await findFault(shape)) || isFound;
  if (isFound) update();
  else refuseAll(error.message);
}

async function findFault(shape: Shape): Promise<boolean> {
  const { area } = shape;
  const answer = await askPreview(addresses.preview, { area }).catch((error: unknown) => error);
  // A shape that was moved since is asked about anew by whoever moved it.
  if (!(answer instanceof RefusedError && answer.isAboutTheArea && shape.area === area)) return false;
  shape.fault = answer.message;
  shape.found = null;
  shape.repaired = answer.more.repaired ?? null;
  return shapes.includes(shape);
}

/** When a postcode counts that is not wholly inside. */
function chosenReach(): Reach {
  const chosen = document.querySelector<HTMLInputElement>("#reach input:checked");
  return (chosen?.value ?? "centre") as Reach;
}

/** The channels ticked; null where all are. */
function chosenChannels(): Channel[] | null {
  const boxes = [...document.querySelectorAll<HTMLInputElement>("#channels input")];
  if (boxes.every((box) => box.checked)) return null;
  return CHANNELS.filter((channel) => boxes.some((box) => box.checked && box.value === channel));
}

function showTool(tool: Tool | null): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("#tools button[data-tool]")) {
    button.setAttribute("aria-pressed", String(button.dataset["tool"] === tool));
  }
  const stop = document.getElementById("stop-drawing");
  if (stop !== null) stop.hidden = tool === null;
  element("hint", HTMLElement).textContent = tool === null ? tools.choosing : HINTS[tool];
}

function connectTools(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("#tools button[data-tool]")) {
    button.addEventListener("click", () => drawing.start(button.dataset["tool"] as Tool));
  }
  document.getElementById("stop-drawing")?.addEventListener("click", () => drawing.stop());
  for (const id of ["channels", "reach", "labels"]) element(id, HTMLElement).addEventListener("change", choose);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") drawing.stop();
  });
}

function connectCopy(): void {
  const value = element("selection-value", HTMLTextAreaElement);
  const copied = element("copied", HTMLElement);
  element("copy", HTMLButtonElement).addEventListener("click", () => {
    value.select();
    // Without a secure context there is no clipboard, but what is selected can be copied by hand.
    const isDone = navigator.clipboard?.writeText(value.value) ?? Promise.reject(new Error("no clipboard"));
    isDone.then(
      () => { copied.textContent = "Copied."; },
      () => { copied.textContent = "It is selected: copy it with Ctrl+C, or ⌘C on a Mac."; },
    );
  });
}

async function showTeams(): Promise<void> {
  const teams = await drawing.teams;
  offerTeams(teams.features.map(({ properties }): Team => properties));
}

connectTools();
connectCopy();
const forgive = connectForms(addresses, addTyped);
showShapes();
// Without these lists everybody is counted, as the page says.
filters.offer(addresses.labels).catch(() => undefined);
showTeams().catch((error: unknown) => {
  panel.refuse(error instanceof RefusedError ? error.message : "The teams could not be shown. Load the page again.");
});
