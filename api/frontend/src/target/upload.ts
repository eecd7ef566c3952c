// A list of postcodes from a file: what can be used is a shape, what cannot is told row by row.

import { RefusedError, ask } from "../shared/asking";
import { element } from "../shared/elements";
import { thousands } from "../shared/figures";
import { _ } from "../shared/words";
import type { Area } from "./areas";
import { connected } from "./sending";
import type { Target } from "./mount";

interface Rejected {
  row: number;
  value: string;
  reason: string;
}

interface Listed {
  area: Area & { type: "postcodes" };
  rejected: Rejected[];
  rejected_count: number;
  repeated_count: number;
  blank_count: number;
}

// What spreadsheets begin with: a ZIP archive, or the older compound document.
const SPREADSHEETS = [[0x50, 0x4b, 0x03, 0x04], [0xd0, 0xcf, 0x11, 0xe0]];
const FORMULA = /^\s*[=+\-@\t]/;

export function mountUpload(target: Target): void {
  const form = element("upload-postcodes", HTMLFormElement);
  const field = element("postcode-file", HTMLInputElement);
  const told = element("uploaded", HTMLElement);
  let rejected: readonly Rejected[] = [];
  connected(form, async () => {
    told.textContent = "";
    rejected = [];
    show(rejected, 0);
    const [file] = field.files ?? [];
    if (file === undefined) throw new RefusedError(_("Choose a file first."), 422, field.name);
    const content = await file.arrayBuffer();
    if (isSpreadsheet(content)) {
      throw new RefusedError(_("This is a spreadsheet. Save it as CSV there (File, Save as), and choose that file."), 415, field.name);
    }
    const headers = { "Content-Type": "text/csv" };
    const listed = await ask<Listed>("/v1/areas:from-postcodes", { method: "POST", headers, body: content });
    const { postcodes } = listed.area;
    const words = postcodes.length === 1 ? (postcodes[0] ?? "") : _("{count} postcodes from {file}", { count: thousands(postcodes.length), file: file.name });
    const isNew = target.add([{ area: listed.area, words, middle: null }]) > 0;
    const repeated = listed.repeated_count > 0 ? _(" {count} stood there more than once.", { count: thousands(listed.repeated_count) }) : "";
    const done = postcodes.length === 1 ? _("1 postcode is added.") : _("{count} postcodes are added.", { count: thousands(postcodes.length) });
    told.textContent = `${isNew ? done : _("That list is there already.")}${repeated}${blankRows(listed.blank_count)}`;
    rejected = listed.rejected;
    show(rejected, listed.rejected_count);
    form.reset();
  });
  element("save-rejected", HTMLButtonElement).addEventListener("click", () => save(rejected));
}

/** Rows without a postcode, so that the rows of the file add up. */
function blankRows(count: number): string {
  if (count === 0) return "";
  return count === 1 ? _(" 1 blank row was passed over.") : _(" {count} blank rows were passed over.", { count: thousands(count) });
}

function isSpreadsheet(content: ArrayBuffer): boolean {
  const first = new Uint8Array(content.slice(0, 4));
  return SPREADSHEETS.some((sign) => sign.every((byte, at) => first[at] === byte));
}

function show(rejected: readonly Rejected[], count: number): void {
  const box = element("rejected", HTMLDetailsElement);
  box.hidden = count === 0;
  box.open = count > 0;
  const more = count > rejected.length ? _(" The first {shown} are listed.", { shown: thousands(rejected.length) }) : "";
  element("rejected-summary", HTMLElement).textContent =
    (count === 1 ? _("1 row was left out.") : _("{count} rows were left out.", { count: thousands(count) })) + more;
  const rows = rejected.map(({ row, value, reason }) => {
    const [line, number] = [document.createElement("tr"), document.createElement("th")];
    [number.scope, number.className, number.textContent] = ["row", "number", String(row)];
    line.append(number, ...[value, reason].map((text) => {
      const cell = document.createElement("td");
      cell.textContent = text;
      return cell;
    }));
    return line;
  });
  box.querySelector("tbody")?.replaceChildren(...rows);
}

/** Save as a file that spreadsheets open, and in which nothing is a formula. */
function save(rejected: readonly Rejected[]): void {
  const cell = (text: string) => `"${(FORMULA.test(text) ? "'" : "") + text.replaceAll('"', '""')}"`;
  const lines = [["row", "value", "reason"], ...rejected.map(({ row, value, reason }) => [String(row), value, reason])];
  const text = lines.map((line) => line.map(cell).join(",")).join("\r\n");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff", text, "\r\n"], { type: "text/csv" }));
  link.download = "rows-left-out.csv";
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
