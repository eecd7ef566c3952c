// Everything that can be drawn can be typed: the forms under the list of shapes.

import type { Area, Typed } from "./areas";
import type { Team } from "../map/base";
import { RefusedError, ask } from "../shared/asking";
import { distance, listed, thousands } from "../shared/figures";
import { type Unit, askPreview } from "./asking";
import { element } from "../shared/elements";

// What the server takes.
const MOST_METRES = 200_000;
const MOST_PEOPLE = 100_000_000;
const MOST_TO_A_SIDE = 20_000;

// What a postcode begins with: a district, on its own or with the rest of a unit behind it.
const OUTWARD = /^[A-Z]{1,2}\d[A-Z\d]?(\d[A-Z]{2})?$/i;
// Eastings and northings in Great Britain, but for the edge of the sea; degrees stay far below.
const LEAST_GRID_METRES = 1000;
const GRID_POSITION = /^\d{4,7}(\.\d+)?[\s,;]+\d{4,7}(\.\d+)?$/;
const GRID_NOT_WANTED = "That looks like metres on the National Grid (an easting or northing).";

type Reader = (form: HTMLFormElement) => Typed | Promise<Typed>;

/** Connect the forms that the page has; what it gives back takes away what any of them told. */
export function connectForms(
  addresses: { postcodes: string; preview: string },
  add: (typed: Typed) => boolean,
): () => void {
  const readers: Record<string, Reader> = {
    "type-circle": (form) => circle(form, addresses.postcodes),
    "type-rectangle": (form) => rectangle(form, addresses.preview),
    "type-line": (form) => line(form, addresses.postcodes),
    "type-team": team,
    "type-postcodes": (form) => postcodes(form, addresses.preview),
  };
  const forms = Object.entries(readers).map(([id, read]) => {
    const form = element(id, HTMLFormElement);
    connect(form, read, add);
    return form;
  });
  return () => forms.forEach(forgive);
}

/** Fill the list of teams to choose from. */
export function offerTeams(teams: readonly Team[]): void {
  const options = teams.map(({ code, name }) => new Option(`${name} (${code})`, code));
  element("team", HTMLSelectElement).replaceChildren(new Option("Choose a team", ""), ...options);
}

function connect(form: HTMLFormElement, read: Reader, add: (typed: Typed) => boolean): void {
  faultOf(form).id = `${form.id}-fault`;
  form.addEventListener("input", () => forgive(form));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void (async () => {
      try {
        const typed = await read(form);
        if (!add(typed)) throw new RefusedError("That is in the list already.", 409);
        form.reset();
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        mark(form, error instanceof RefusedError ? error.field : null);
        faultOf(form).textContent = error instanceof RefusedError ? error.message : "The server does not answer. Try again.";
      }
    })();
  });
}

function faultOf(form: HTMLFormElement): HTMLElement {
  const fault = form.querySelector<HTMLElement>(".error");
  if (fault === null) throw new Error(`${form.id} has no place for what is wrong`);
  return fault;
}

/** Take away what a form told: it is about something that is there no more. */
function forgive(form: HTMLFormElement): void {
  mark(form, null);
  faultOf(form).textContent = "";
}

/** Mark the field at fault, and go there; none takes the mark away. */
function mark(form: HTMLFormElement, name: string | null): void {
  for (const field of form.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input, select")) {
    field.toggleAttribute("aria-invalid", false);
    field.removeAttribute("aria-describedby");
    if (field.name === name) {
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", `${form.id}-fault`);
      field.focus();
    }
  }
}

function text(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === "string" ? value.trim() : "";
}

function need(isGiven: boolean, field: string, what: string): void {
  if (!isGiven) throw new RefusedError(what, 422, field);
}

async function circle(form: HTMLFormElement, address: string): Promise<Typed> {
  const [postcode, size, isPeople] = [text(form, "postcode"), Number(text(form, "size")), text(form, "of") === "people"];
  need(postcode !== "", "postcode", "Type a postcode.");
  need(!GRID_POSITION.test(postcode), "postcode", `${GRID_NOT_WANTED} Type a postcode.`);
  if (isPeople) {
    const isNumber = Number.isInteger(size) && size > 0 && size <= MOST_PEOPLE;
    need(isNumber, "size", `Type a number of people: a whole one, more than 0, at most ${thousands(MOST_PEOPLE)}.`);
  } else {
    need(size > 0 && size <= MOST_METRES, "size", `Type a distance in metres: more than 0, at most ${thousands(MOST_METRES)}.`);
  }
  const { position, name } = await placed(postcode, address, "postcode");
  const centre = { postcode: name };
  const people = `${thousands(size)} ${size === 1 ? "person" : "people"}`;
  return {
    area: isPeople ? { type: "radius", centre, holding: size } : { type: "radius", centre, metres: size },
    words: isPeople ? `the smallest circle round ${name} that holds ${people}` : `within ${distance(size)} of ${name}`,
    middle: position,
  };
}

/** A rectangle; one that the server cannot use is told here, before it is in the list. */
async function rectangle(form: HTMLFormElement, address: string): Promise<Typed> {
  const [west = NaN, south = NaN, east = NaN, north = NaN] = ["west", "south", "east", "north"].map((name) => {
    const [given, isAlong] = [text(form, name), name === "west" || name === "east"];
    const wanted = `Type the ${name} in degrees, such as ${isAlong ? "-2.75" : "52.71"}.`;
    need(given !== "" && Number.isFinite(Number(given)), name, wanted);
    need(Math.abs(Number(given)) < LEAST_GRID_METRES, name, `${GRID_NOT_WANTED} ${wanted}`);
    return Number(given);
  });
  need(west < east, "east", "The east must be more than the west: both are degrees, negative west of Greenwich.");
  need(south < north, "north", "The north must be more than the south.");
  const area: Area = { type: "rectangle", west, south, east, north };
  await tried(area, address, "west");
  return {
    area,
    words: `a rectangle from ${west}, ${south} to ${east}, ${north}`,
    middle: null,
  };
}

async function line(form: HTMLFormElement, address: string): Promise<Typed> {
  const [given, metres] = [separated(text(form, "along")), Number(text(form, "metres"))];
  needCommas(given, "along");
  need(given.length > 1, "along", "Type at least two postcodes, in the order of the way.");
  need(metres > 0 && metres <= MOST_TO_A_SIDE, "metres", `Type a distance in metres: more than 0, at most ${thousands(MOST_TO_A_SIDE)}.`);
  const places = [];
  for (const postcode of given) places.push(await placed(postcode, address, "along"));
  const [first, last] = [places[0]?.name ?? "", places.at(-1)?.name ?? ""];
  const coordinates = places.map(({ position: [latitude, longitude] }) => [longitude, latitude]);
  return {
    area: { type: "corridor", line: { type: "LineString", coordinates }, metres },
    words: `along a line from ${first} to ${last}`,
    middle: null,
  };
}

/** A postcode's name and place; one without a place is refused. */
async function placed(postcode: string, address: string, field: string): Promise<{ name: string; position: [number, number] }> {
  const { longitude, latitude, postcode: name, reason } = await found(postcode, address, field);
  if (longitude === null || latitude === null) {
    throw new RefusedError(`${name} has no place on the map: ${reason ?? "nobody knows where it is"}.`, 422, field);
  }
  return { name, position: [latitude, longitude] };
}

/** What the directory knows of a postcode; one that it does not know is refused, by its name. */
async function found(postcode: string, address: string, field: string): Promise<Unit> {
  try {
    return await ask<Unit>(`${address}/${encodeURIComponent(postcode)}`);
  } catch (error) {
    if (!(error instanceof RefusedError) || !error.isAboutTheArea) throw error;
    throw new RefusedError(`${postcode.toUpperCase()} was not found. ${error.message}`, error.status, field);
  }
}

/** Have the server judge an area; why it cannot be used is told at the field. */
async function tried(area: Area, address: string, field: string): Promise<void> {
  try {
    await askPreview(address, { area });
  } catch (error) {
    if (!(error instanceof RefusedError) || !error.isAboutTheArea) throw error;
    throw new RefusedError(error.message, error.status, field);
  }
}

/** Refuse several postcodes, sectors or districts in one part of a list. */
function needCommas(parts: readonly string[], field: string): void {
  const several = parts.find((part) => part.split(/\s+/).filter((word) => OUTWARD.test(word)).length > 1);
  need(several === undefined, field, `There is more than one in “${several?.toUpperCase()}”: put commas between them.`);
}

function separated(given: string): string[] {
  return given.split(/[,;\n]+/).map((part) => part.trim()).filter(Boolean);
}

function team(form: HTMLFormElement): Typed {
  const code = text(form, "team");
  need(code !== "", "team", "Choose a team from the list.");
  const select = element("team", HTMLSelectElement);
  return teamArea({ code, name: select.selectedOptions[0]?.label.replace(` (${code})`, "") ?? code });
}

/** A whole team as a shape. */
export function teamArea({ code, name }: Team): Typed {
  return { area: { type: "team", codes: [code] }, words: name, middle: null };
}

/** A list of postcodes; one that the server cannot use is told here, before it is in the list. */
async function postcodes(form: HTMLFormElement, address: string): Promise<Typed> {
  const parts = separated(text(form, "postcodes"));
  need(parts.length > 0, "postcodes", "Type at least one postcode, sector or district.");
  needCommas(parts, "postcodes");
  const area: Area = { type: "postcodes", postcodes: parts };
  await tried(area, address, "postcodes");
  const named = listed(parts.map((part) => part.toUpperCase()), "and");
  const words = parts.length > 3 ? `${parts.length} postcodes, sectors or districts` : named;
  return { area, words, middle: null };
}
