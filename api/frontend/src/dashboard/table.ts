// The facts of the map as a table, as the server writes it before any script runs.

import type { Look } from "../map/cells";
import { thousands } from "../shared/figures";
import { _ } from "../shared/words";

const SHOWN = 10;

type Row = Look["table"]["rows"][number];

/** What the table is opened by. */
export function tableWords({ method, table, more }: Look): string {
  const count = table.rows.length + more;
  if (count === 1) return _("The same as a table: 1 place");
  const said = { count: thousands(count) };
  return method === "repeats" || method === "change"
    ? _("The same as a table: {count} places", said)
    : _("The same as a table: {count} hotspots", said);
}

/** Write the table; the first cell of a row shows its area on the map. */
export function showTable(place: HTMLElement, { table, more }: Look, zoomTo: (rank: number) => void): void {
  if (table.rows.length === 0) {
    const nothing = document.createElement("p");
    nothing.textContent = table.nothing;
    place.replaceChildren(nothing);
    return;
  }
  const parts: HTMLElement[] = [framed(table, table.rows.slice(0, SHOWN), 0, zoomTo)];
  const rest = table.rows.slice(SHOWN);
  if (rest.length > 0) {
    const [folded, said] = [document.createElement("details"), document.createElement("summary")];
    said.textContent = _("{count} more", { count: rest.length });
    folded.append(said, framed(table, rest, SHOWN, zoomTo));
    parts.push(folded);
  }
  if (more > 0) {
    const hint = document.createElement("p");
    hint.className = "hint";
    hint.textContent = _("{count} more are in the layer when it is kept.", { count: more });
    parts.push(hint);
  }
  place.replaceChildren(...parts);
}

function framed(table: Look["table"], rows: readonly Row[], before: number, zoomTo: (rank: number) => void): HTMLElement {
  const frame = document.createElement("div");
  const made = document.createElement("table");
  const id = `areas-${before}`;
  frame.className = "table-frame";
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-labelledby", id);
  frame.tabIndex = 0;
  made.className = "areas";
  const caption = made.createCaption();
  caption.id = id;
  const words = document.createElement("span");
  words.textContent = before === 0 ? table.caption : _("{caption}: the rest", { caption: table.caption });
  caption.append(words);
  const head = made.createTHead().insertRow();
  for (const { heading, is_number } of table.columns) head.append(headed(heading, is_number));
  const body = made.createTBody();
  rows.forEach((row, place) => {
    const line = body.insertRow();
    row.forEach(({ text }, column) => {
      if (column === 0) line.append(first(text, before + place + 1, zoomTo));
      else {
        const cell = line.insertCell();
        cell.textContent = text;
        if (table.columns[column]?.is_number === true) cell.className = "number";
      }
    });
  });
  frame.append(made);
  return frame;
}

function headed(words: string, isNumber: boolean): HTMLElement {
  const cell = document.createElement("th");
  cell.scope = "col";
  cell.textContent = words;
  if (isNumber) cell.className = "number";
  return cell;
}

function first(words: string, rank: number, zoomTo: (rank: number) => void): HTMLElement {
  const [cell, button] = [document.createElement("th"), document.createElement("button")];
  cell.scope = "row";
  cell.className = "prose";
  button.type = "button";
  button.className = "link";
  button.textContent = words;
  button.addEventListener("click", () => zoomTo(rank));
  cell.append(button);
  return cell;
}
