// Patterns that areas of the map are filled with: for what has no figure, and for what has no sure one.

const SVG = "http://www.w3.org/2000/svg";
const ID = "map-patterns";

export const NO_DATA = "url(#map-no-data)";
export const UNSURE = "url(#map-unsure)";

/** Put the patterns into the page, once. */
export function usePatterns(): void {
  if (document.getElementById(ID) !== null) return;
  const holder = made("svg", { id: ID, width: 0, height: 0, class: "map-patterns", "aria-hidden": "true" });
  const hatched = made("pattern", { id: "map-no-data", width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
  hatched.append(made("rect", { width: 7, height: 7, fill: "#f3f2f1" }), made("rect", { width: 2, height: 7, fill: "#8a9296" }));
  const dotted = made("pattern", { id: "map-unsure", width: 8, height: 8, patternUnits: "userSpaceOnUse" });
  dotted.append(made("rect", { width: 8, height: 8, fill: "#f3f2f1" }), made("circle", { cx: 4, cy: 4, r: 1.2, fill: "#6f777b" }));
  holder.append(hatched, dotted);
  document.body.append(holder);
}

function made(name: string, attributes: Record<string, string | number>): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}
