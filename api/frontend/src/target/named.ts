// Areas that have names: teams, areas of other layers, hotspots, saved areas; lists to choose from.

import type { Team } from "../map/base";
import { ask } from "../shared/asking";
import { element } from "../shared/elements";
import { listed } from "../shared/figures";
import { _ } from "../shared/words";
import type { Area, Typed } from "./areas";
import { type Reader, need, text } from "./forms";
import { type SavedArea, shapesOfSaved } from "./saved";

interface Edition {
  id: number;
  layer: string;
  label: string;
  state: string;
}
interface Named {
  code: string;
  name: string;
}
interface HotspotLayer {
  id: string;
  name: string;
}

const MOST_NAMED = 3;
const MOST_METRES = 5_000;
const NOT_OFFERED = new Set(["team"]);

export const readersOfNames: Readonly<Record<string, Reader>> = {
  "type-team": () => {
    const teams = chosen("team");
    need(teams.length > 0, "team", _("Choose a team from the list."));
    return [teamArea(...teams)];
  },
  "type-boundary": (form) => {
    const [layer, areas] = [text(form, "layer"), chosen("boundary")];
    need(layer !== "", "layer", _("Choose a kind of area."));
    need(areas.length > 0, "codes", _("Choose an area from the list."));
    const area: Area = { type: "boundary", layer, codes: areas.map(({ code }) => code), edition: null };
    return [{ area, words: namesOf(areas, layerWords(layer)), middle: null }];
  },
  "type-hotspots": (form) => {
    const [layer, given] = [text(form, "layer"), text(form, "metres")];
    need(layer !== "", "layer", _("Choose a layer of hotspots."));
    const metres = Number(given);
    need(given !== "" && metres >= 0 && metres <= MOST_METRES, "metres", _("Type a distance in metres: 0 to {most}.", { most: MOST_METRES }));
    const [option] = element("hotspots", HTMLSelectElement).selectedOptions;
    return [hotspotsArea({ id: layer, name: option?.label ?? layer }, metres)];
  },
  "type-saved": async (form) => {
    const id = text(form, "saved");
    need(id !== "", "saved", _("Choose a saved area."));
    return shapesOfSaved(await ask<SavedArea>(`/v1/saved-areas/${encodeURIComponent(id)}`));
  },
};

/** Whole teams as one shape. */
export function teamArea(...teams: readonly Team[]): Typed {
  const area: Area = { type: "team", codes: teams.map(({ code }) => code), edition: null };
  return { area, words: namesOf(teams, _("teams")), middle: null };
}

/** The hotspots of a layer with what is round them. */
export function hotspotsArea({ id, name }: HotspotLayer, metres: number): Typed {
  return { area: { type: "hotspots", layer: id, metres }, words: _("round the hotspots “{name}”", { name }), middle: null };
}

/** Fill the list of teams to choose from. */
export function offerTeams(teams: readonly Team[]): void {
  offer("team", teams);
}

/** Fill the other lists when they are first opened. */
export function offerNames(): void {
  whenOpened("type-boundary", offerLayers);
  whenOpened("type-hotspots", async () => {
    const { layers } = await ask<{ layers: HotspotLayer[] }>("/v1/hotspots");
    fill("hotspots", layers.map(({ id, name }) => [id, name]), _("Choose a layer"), _("None are kept yet: make one under Hotspots"));
  });
  whenOpened("type-saved", async () => {
    const { saved_areas: areas } = await ask<{ saved_areas: SavedArea[] }>("/v1/saved-areas");
    fill("saved", areas.map(({ id, name }) => [id, name]), _("Choose a saved area"), _("None are saved yet"));
  });
}

async function offerLayers(): Promise<void> {
  const { editions } = await ask<{ editions: Edition[] }>("/v1/boundaries");
  const active = editions.filter(({ layer, state }) => state === "active" && !NOT_OFFERED.has(layer));
  const layers = element("boundary-layer", HTMLSelectElement);
  fill("boundary-layer", active.map(({ layer }) => [layer, layerWords(layer)]), _("Choose a kind"), _("No others are imported yet: see Boundaries"));
  layers.addEventListener("change", () => {
    const edition = active.find(({ layer }) => layer === layers.value);
    offer("boundary", []);
    if (edition === undefined) return;
    ask<{ areas: Named[] }>(`/v1/boundaries/${edition.id}/areas`, { headers: { Accept: "application/json" } }).then(
      ({ areas }) => { if (layers.value === edition.layer) offer("boundary", areas); },
      () => { layers.value = ""; },
    );
  });
}

function layerWords(layer: string): string {
  return layer.replaceAll("_", " ");
}

/** What is chosen in a list of names. */
function chosen(id: string): Named[] {
  return [...element(id, HTMLSelectElement).selectedOptions].map(({ value, label }) => ({ code: value, name: label.replace(` (${value})`, "") }));
}

function offer(id: string, areas: readonly Named[]): void {
  const options = areas.map(({ code, name }) => new Option(`${name} (${code})`, code));
  element(id, HTMLSelectElement).replaceChildren(...options);
}

function fill(id: string, given: readonly (readonly [string, string])[], first: string, none: string): void {
  const options = given.map(([value, words]) => new Option(words, value));
  element(id, HTMLSelectElement).replaceChildren(new Option(given.length > 0 ? first : none, ""), ...options);
}

function namesOf(areas: readonly Named[], kind: string): string {
  if (areas.length > MOST_NAMED) return `${areas.length} ${kind}`;
  return listed(areas.map(({ name, code }) => name || code));
}

/** Fetch when a form is first looked at; what failed is tried again at the next look. */
function whenOpened(formId: string, load: () => Promise<void>): void {
  const form = element(formId, HTMLFormElement);
  const details = form.closest("details");
  let isAsked = false;
  details?.addEventListener("toggle", () => {
    if (!details.open || isAsked) return;
    isAsked = true;
    load().catch(() => {
      isAsked = false;
      const [select] = form.querySelectorAll("select");
      select?.replaceChildren(new Option(_("Could not be loaded: close this and open it again"), ""));
    });
  });
}
