// Words that scripts show, in the language of the page.

// What gettext's catalogue says, by what stands in the source; the page brings it unless it is English.
const catalogue = readCatalogue();

/**
 * The text in the language of the page, `{name}` replaced by its value.
 *
 * Called `_` so that the tool that gathers texts for translators finds it.
 */
export function _(text: string, values: Record<string, string | number> = {}): string {
  const said = catalogue[text] ?? text;
  return said.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

function readCatalogue(): Partial<Record<string, string>> {
  const given = document.getElementById("catalogue")?.textContent ?? "{}";
  return JSON.parse(given) as Partial<Record<string, string>>;
}
