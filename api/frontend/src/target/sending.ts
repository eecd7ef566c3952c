// Forms that ask the server: what is wrong is told under them, at the field that holds it.

import { RefusedError } from "../shared/asking";
import { _ } from "../shared/words";

/** What is refused until something was looked at, which a link leads to. */
export class LookFirstError extends RefusedError {
  constructor(message: string, readonly link: HTMLAnchorElement) {
    super(message, 409);
  }
}

/** Do an act when a form is sent, one at a time; where it fails, say why. */
export function connected(form: HTMLFormElement, act: () => Promise<void>): void {
  const fault = form.querySelector<HTMLElement>(".error");
  const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
  if (fault === null || button === null) throw new Error(`${form.id} lacks its fault or its button`);
  fault.id = `${form.id}-fault`;
  const forgive = () => {
    fault.textContent = "";
    for (const field of fieldsOf(form)) {
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-describedby");
    }
  };
  let isUnderWay = false;
  form.addEventListener("input", forgive);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (isUnderWay) return;
    isUnderWay = true;
    forgive();
    act()
      .catch((error: unknown) => {
        const refused = error instanceof RefusedError ? error : null;
        fault.textContent = refused?.message ?? _("The server does not answer. Try again.");
        if (error instanceof LookFirstError) fault.append(" ", error.link);
        const field = fieldsOf(form).find(({ name }) => name !== "" && name === refused?.field);
        field?.setAttribute("aria-invalid", "true");
        field?.setAttribute("aria-describedby", fault.id);
        field?.focus();
      })
      .finally(() => { isUnderWay = false; });
  });
}

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

function fieldsOf(form: HTMLFormElement): Field[] {
  return [...form.querySelectorAll<Field>("input, select, textarea")];
}

/** Refuse what a field holds. */
export function need(isFine: boolean, field: string, message: string): asserts isFine {
  if (!isFine) throw new RefusedError(message, 422, field);
}
