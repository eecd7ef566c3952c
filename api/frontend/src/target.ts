// The page on which a target is drawn: shapes in a list and on the map, counted as they change.

import "@geoman-io/leaflet-geoman-free/dist/leaflet-geoman.css";
import type { Team } from "./map/base";
import { RefusedError, ask } from "./shared/asking";
import { _ } from "./shared/words";
import "./target/drawing.css";
import "./target/target.css";
import { type Area, type Shape, combined, pointers, wordsOf } from "./target/areas";
import { type Figures, Preview, type Selection, type Unit, askPreview } from "./target/asking";
import { Drawing } from "./target/drawing";
import { Filters } from "./target/filters";
import { connectForms } from "./target/forms";
import { connectExport, groundOf, mendBy, readersOfFiles } from "./target/geojson";
import { Leaving } from "./target/leaving";
import { Listing } from "./target/listing";
import type { Target } from "./target/mount";
import { offerNames, offerTeams, readersOfNames, teamArea } from "./target/named";
import { Panel } from "./target/panel";
import { element } from "./shared/elements";
import type { SavedArea } from "./target/saved";
import { Shapes, passing } from "./target/shapes";
import { begun } from "./target/start";
import { mountPanel } from "./target/parts";
import { Tools } from "./target/tools";
import { readersOfShapes } from "./target/typing";

const page = element("main", HTMLElement);
const addresses = {
  teams: page.dataset["teams"] ?? "",
  preview: page.dataset["preview"] ?? "",
  postcodes: page.dataset["postcodes"] ?? "",
  labels: page.dataset["labels"] ?? "",
};

const shapes = new Shapes();
const panel = new Panel();
const filters: Filters = new Filters(() => choose());
const watchers: (() => void)[] = [];
const preview = new Preview(addresses.preview, (answer, those) => {
  if (!(answer instanceof Error)) show(answer, those);
  else if (answer instanceof RefusedError) void refuse(answer, those);
  else refuseAll(_("The server does not answer. Your shapes are kept; change one to try again."));
});
const tools: Tools = new Tools(() => drawing, { undo: () => step(shapes.undo()), redo: () => step(shapes.redo()) });
const drawing: Drawing = new Drawing(element("map", HTMLElement), { teams: addresses.teams }, {
  drawn: (area) => target.add([{ area, words: wordsOf(area), middle: null }]),
  cut: (hole) => {
    shapes.cut(hole);
    update();
  },
  drawing: (area, isHole) => count([...shapes.all, passing(area, isHole)]),
  changing: (id, area) => {
    shapes.change(id, area, `hand ${id}`);
    update();
  },
  settled: () => shapes.settle(),
  team: (team) => target.add([teamArea(team)]),
  tool: (tool) => tools.show(tool),
  ground: (area) => void showGround(area),
});

const leaving = new Leaving(() => {
  const area = combined(shapes.all);
  return area === null ? null : JSON.stringify(area);
});

const target: Target = {
  base: drawing.base,
  shapes: () => shapes.all,
  area: () => combined(shapes.all),
  selection: () => selectionOf(shapes.all),
  add(typed) {
    const added = shapes.add(typed);
    if (added.length === 0) return 0;
    forgive();
    update();
    // Who drew it sees it; how wide a circle is that holds so many people is known once they are counted.
    const [first] = added;
    if (first !== undefined && !isInView(first)) drawing.zoomTo(first.id);
    return added.length;
  },
  choose,
  opened: open(),
  keep: () => leaving.keep(),
  watch: (listener) => void watchers.push(listener),
};

const listing = new Listing({
  remove: ({ id }) => edit(() => shapes.remove([id])),
  repair: ({ id }) => edit(() => shapes.repair([id])),
  turn({ id }) {
    shapes.turn(id);
    update();
  },
  change({ id }, area, gesture) {
    shapes.change(id, area, gesture);
    update();
  },
  zoomTo: ({ id }) => drawing.zoomTo(id),
  isOnMap: ({ id }) => drawing.has(id),
  point: (position) => drawing.point(position),
});
const ofFaulty = (): number[] => shapes.all.filter(({ fault }) => fault !== null).map(({ id }) => id);
const faultActs = {
  repairFaulty: () => edit(() => shapes.repair(ofFaulty())),
  removeFaulty: () => edit(() => shapes.remove(ofFaulty())),
};

/** An act takes the button away that it was done with: the keyboard goes to the list's heading. */
function edit(act: () => void): void {
  act();
  forgive();
  update();
  element("shapes-heading", HTMLElement).focus();
}

function step(done: string | null): string | null {
  if (done !== null) update();
  return done;
}

function isInView({ id, area }: Shape): boolean {
  return area.type === "team" || "holding" in area || drawing.isInView(id);
}

function update(): void {
  const { all } = shapes;
  drawing.sync(all);
  listing.show(all);
  panel.showFaults(all, faultActs);
  panel.showValue(selectionOf(all));
  tools.showSteps(shapes.undoable, shapes.redoable);
  count(all);
  for (const tell of watchers) tell();
}

/** Who is asked about has changed, and the shapes have not. */
function choose(): void {
  panel.showValue(target.selection());
  count(shapes.all);
  for (const tell of watchers) tell();
}

/** How often figures were wanted: what is found out about earlier ones is told no more. */
let counted = 0;

/** Ask for the figures of shapes. */
function count(those: readonly Shape[]): void {
  counted += 1;
  const selection = selectionOf(those);
  if (selection !== null) {
    panel.wait();
    preview.ask(selection, [...those]);
    return;
  }
  preview.forget();
  if (combined(those) === null) panel.clear();
  else refuseAll(_("Tick at least one channel."));
}

/** Whom shapes and choices mean; null while no shape counts or no channel is ticked. */
function selectionOf(those: readonly Shape[]): Selection | null {
  const [area, conditions] = [combined(those), filters.chosen()];
  return area === null || conditions === null ? null : { area, ...conditions };
}

/** There are no figures, and so no circle is known to hold so many people. */
function refuseAll(message: string): void {
  const known = shapes.all.filter(({ found }) => found !== null);
  for (const { id } of known) drawing.widen(id, 0);
  if (shapes.forget()) listing.show(shapes.all);
  panel.refuse(message);
}

function show(figures: Figures, those: readonly Shape[]): void {
  panel.show(figures);
  const places = pointers(those);
  let isNew = false;
  for (const { pointer, metres } of figures.distances) {
    const shape = places.get(pointer);
    if (shape === undefined || !shapes.all.some(({ id, area }) => id === shape.id && area === shape.area)) continue;
    isNew = shapes.widen(shape.id, metres) || isNew;
    if (drawing.widen(shape.id, metres)) drawing.zoomTo(shape.id);
  }
  if (isNew) listing.show(shapes.all);
}

/** The server refused the whole: find the shapes that it refuses, so that the others count. */
async function refuse(error: RefusedError, those: readonly Shape[]): Promise<void> {
  // What is still being drawn may cross itself on the way.
  if (error.isAboutTheArea && those.some(({ id }) => id === 0)) return;
  const suspects = error.isAboutTheArea ? those.filter(({ fault }) => fault === null) : [];
  const [asked, found] = [counted, [] as boolean[]];
  for (const { area } of suspects) found.push(await findFault(area));
  if (found.includes(true)) update();
  else if (asked === counted) refuseAll(error.message);
}

async function findFault(area: Area): Promise<boolean> {
  const answer = await askPreview(addresses.preview, { area }).catch((error: unknown) => error);
  if (!(answer instanceof RefusedError && answer.isAboutTheArea)) return false;
  // A shape that was moved since has another area, which is asked about anew.
  return shapes.refuse(area, answer.message, answer.more.repaired ?? null);
}

/** Look up where an area is; tell whether that is known now. */
async function learn(area: Area): Promise<boolean> {
  if (area.type === "radius" && "postcode" in area.centre) {
    const { postcode } = area.centre;
    const { latitude, longitude } = await ask<Unit>(`${addresses.postcodes}/${encodeURIComponent(postcode)}`);
    if (latitude === null || longitude === null) return false;
    drawing.knowMiddle(postcode, [latitude, longitude]);
    return true;
  }
  const ground = await groundOf(area);
  if (ground !== null) drawing.know(area, ground);
  return ground !== null;
}

/** Show the ground of what only the server knows; without it the shape counts, and is in the list. */
async function showGround(area: Area): Promise<void> {
  if (!(await learn(area).catch(() => false))) return;
  drawing.sync(shapes.all);
  listing.show(shapes.all);
  const shape = shapes.all.find((one) => one.area === area);
  if (shape !== undefined && !drawing.isInView(shape.id)) drawing.zoomTo(shape.id);
}

function connectCopy(): void {
  const value = element("selection-value", HTMLTextAreaElement);
  const copied = element("copied", HTMLElement);
  element("copy", HTMLButtonElement).addEventListener("click", () => {
    value.select();
    // Without a secure context there is no clipboard, but what is selected can be copied by hand.
    const isDone = navigator.clipboard?.writeText(value.value) ?? Promise.reject(new Error("no clipboard"));
    isDone.then(
      () => { copied.textContent = _("Copied."); },
      () => { copied.textContent = _("It is selected: copy it with Ctrl+C, or ⌘C on a Mac."); },
    );
  });
}

/** Begin with what the address names; outlines of teams come first, so that they can be shown. */
async function open(): Promise<SavedArea | null> {
  const [{ typed, saved }] = await Promise.all([begun(new URLSearchParams(location.search)), drawing.teams]);
  const isAlone = shapes.all.length === 0;
  if (target.add(typed) > 0) drawing.showAll();
  if (isAlone) leaving.keep();
  return saved;
}

async function showTeams(): Promise<void> {
  const teams = await drawing.teams;
  offerTeams(teams.features.map(({ properties }): Team => properties));
}

connectCopy();
const readers = { ...readersOfShapes(addresses), ...readersOfNames, ...readersOfFiles };
const forgive = connectForms(readers, (typed) => target.add(typed));
mendBy((typed) => target.add(typed));
connectExport(() => shapes.all);
offerNames();
update();
mountPanel(target, filters, { labels: addresses.labels, bounds: () => drawing.bounds(), refuse: (message) => panel.refuse(message) });
target.opened.catch((error: unknown) => {
  panel.refuse(error instanceof RefusedError ? error.message : _("What the address names could not be shown. Load the page again."));
});
showTeams().catch((error: unknown) => {
  panel.refuse(error instanceof RefusedError ? error.message : _("The teams could not be shown. Load the page again."));
});
