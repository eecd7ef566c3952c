// The forms that add shapes: each is read by its own reader, and what is wrong is told at its field.

import { RefusedError } from "../shared/asking";
import { element } from "../shared/elements";
import { _ } from "../shared/words";
import type { Typed } from "./areas";

/** What a form gives: shapes to add, or a refusal at one of its fields. */
export type Reader = (form: HTMLFormElement) => readonly Typed[] | Promise<readonly Typed[]>;

/** Connect forms by their ids; what is given back takes away what any of them told. */
export function connectForms(readers: Readonly<Record<string, Reader>>, add: (typed: readonly Typed[]) => number): () => void {
  const forms = Object.entries(readers).map(([id, read]) => {
    const form = element(id, HTMLFormElement);
    connect(form, read, add);
    return form;
  });
  return () => forms.forEach(forgive);
}

function connect(form: HTMLFormElement, read: Reader, add: (typed: readonly Typed[]) => number): void {
  faultOf(form).id = `${form.id}-fault`;
  form.addEventListener("input", () => forgive(form));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void (async () => {
      try {
        const typed = await read(form);
        if (typed.length > 0 && add(typed) === 0) throw new RefusedError(_("That is in the list already."), 409);
        if (typed.length > 0) {
          form.reset();
          tell(form);
        }
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        mark(form, error instanceof RefusedError ? error.field : null);
        faultOf(form).textContent = error instanceof RefusedError ? error.message : _("The server does not answer. Try again.");
      }
    })();
  });
}

/** On a phone the figures are far off from the form: what it did stands below its button. */
function tell(form: HTMLFormElement): void {
  const added = element("added", HTMLElement);
  form.append(added);
  added.hidden = false;
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
  const fields = form.querySelectorAll<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>("input, select, textarea");
  for (const field of fields) {
    field.toggleAttribute("aria-invalid", false);
    field.removeAttribute("aria-describedby");
    if (name === null || field.name !== name) continue;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", `${form.id}-fault`);
    field.focus();
  }
}

/** What a field of a form holds. */
export function text(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === "string" ? value.trim() : "";
}

/** Refuse what a field holds, unless it is given. */
export function need(isGiven: boolean, field: string, what: string): void {
  if (!isGiven) throw new RefusedError(what, 422, field);
}

/** An answer of the server; what it refuses about the area is told at a field. */
export async function at<T>(field: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof RefusedError) || !error.isAboutTheArea) throw error;
    throw new RefusedError(error.message, error.status, field, error.more);
  }
}
