// Everything that can be drawn can be typed: the forms under the list of shapes.

import type { Area } from "./areas";
import { distance, listed, thousands } from "./areas";
import { RefusedError, type Unit, ask, askPreview } from "./asking";
import type { Team } from "./drawing";
import { element } from "./panel";

export interface Typed {
  area: Area;
  words: string;
  /** Latitude and longitude of a circle's middle, where it is known. */
  middle: [number, number] | null;
}

const MOST_METRES = 200_000; // what the server takes

type Reader = (form: HTMLFormElement) => Typed | Promise<Typed>;

/** Connect the forms that the page has; which ones depends on the role. */
export function connectForms(
  addresses: { postcodes: string; preview: string },
  add: (typed: Typed) => boolean,
): void {
  const readers: Record<string, Reader> = {
    "type-circle": (form) => circle(form, addresses.postcodes),
    "type-team": team,
    "type-postcodes": (form) => postcodes(form, addresses.preview),
  };
  for (const [id, read] of Object.entries(readers)) {
    const form = document.getElementById(id);
    if (form instanceof HTMLFormElement) connect(form, read, add);
  }
}

/** Fill the list of teams to choose from. */
export function offerTeams(teams: readonly Team[]): void {
  const options = teams.map(({ code, name }) => new Option(`${name} (${code})`, code));
  element("team", HTMLSelectElement).replaceChildren(new Option("Choose a team", ""), ...options);
}

function connect(form: HTMLFormElement, read: Reader, add: (typed: Typed) => boolean): void {
  const fault = form.querySelector<HTMLElement>(".error");
  if (fault !== null) fault.id = `${form.id}-fault`;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void (async () => {
      try {
        const typed = await read(form);
        if (!add(typed)) throw new RefusedError("That is in the list already.", 409);
        mark(form, null);
        if (fault !== null) fault.textContent = "";
        form.reset();
      } catch (error) {
        if (!(error instanceof Error) || fault === null) throw error;
        mark(form, error instanceof RefusedError ? error.field : null);
        fault.textContent = error instanceof RefusedError ? error.message : "The server does not answer. Try again.";
      }
    })();
  });
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
  const [postcode, metres] = [text(form, "postcode"), Number(text(form, "metres"))];
  need(postcode !== "", "postcode", "Type a postcode.");
  const isDistance = metres > 0 && metres <= MOST_METRES;
  need(isDistance, "metres", `Type a distance in metres: more than 0, at most ${thousands(MOST_METRES)}.`);
  const unit = await found(postcode, address);
  const { longitude, latitude, postcode: centre } = unit;
  if (longitude === null || latitude === null) {
    throw new RefusedError(`${centre} has no place on the map: ${unit.reason ?? "nobody knows where it is"}.`, 422, "postcode");
  }
  return {
    area: { type: "radius", centre: { postcode: centre }, metres },
    words: `within ${distance(metres)} of ${centre}`,
    middle: [latitude, longitude],
  };
}

/** What the directory knows of a postcode; one that it does not know is refused, by its name. */
async function found(postcode: string, address: string): Promise<Unit> {
  try {
    return await ask<Unit>(`${address}/${encodeURIComponent(postcode)}`);
  } catch (error) {
    if (!(error instanceof RefusedError) || !error.isAboutTheArea) throw error;
    throw new RefusedError(`${postcode.toUpperCase()} was not found. ${error.message}`, error.status, "postcode");
  }
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
  const parts = text(form, "postcodes").split(/[,;\n]+/).map((part) => part.trim()).filter(Boolean);
  need(parts.length > 0, "postcodes", "Type at least one postcode, sector or district.");
  const area: Area = { type: "postcodes", postcodes: parts };
  await askPreview(address, { area });
  const named = listed(parts.map((part) => part.toUpperCase()), "and");
  const words = parts.length > 3 ? `${parts.length} postcodes, sectors or districts` : named;
  return { area, words, middle: null };
}
