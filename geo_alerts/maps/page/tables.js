// Tables of the class "sortable" sort by a click on a heading, on pages and in maps alike.

(() => {
  /** @param {HTMLTableElement} table */
  function sortable(table) {
    const headings = [...(table.tHead?.rows[0]?.cells ?? [])];
    const body = /** @type {HTMLTableSectionElement} */ (table.tBodies[0]);
    for (const [index, heading] of headings.entries()) {
      // Of small charts there is no order.
      if (heading.classList.contains("as-is")) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = heading.textContent;
      heading.replaceChildren(button);
      button.addEventListener("click", () => {
        const isRising = heading.getAttribute("aria-sort") !== "ascending";
        for (const each of headings) each.removeAttribute("aria-sort");
        heading.setAttribute("aria-sort", isRising ? "ascending" : "descending");
        const rows = [...body.rows].sort((a, b) => compare(a.cells[index], b.cells[index], isRising ? 1 : -1));
        body.append(...rows);
      });
    }
  }

  /** Numbers by size, text by the alphabet; what has no number comes last either way. */
  function compare(/** @type {HTMLTableCellElement | undefined} */ a, /** @type {HTMLTableCellElement | undefined} */ b, /** @type {number} */ sign) {
    const [first, second] = [a?.dataset["value"], b?.dataset["value"]];
    const isNumber = a?.classList.contains("number");
    if (!isNumber) return sign * (a?.textContent ?? "").localeCompare(b?.textContent ?? "", "en-GB", { numeric: true });
    if (first === undefined || second === undefined) return Number(first === undefined) - Number(second === undefined);
    return sign * (Number(first) - Number(second));
  }

  for (const table of document.querySelectorAll("table")) if (table.classList.contains("sortable")) sortable(table);
})();
