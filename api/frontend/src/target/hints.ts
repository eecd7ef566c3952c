// What to do next while a shape is drawn, in our words: at the pointer, and in the line of tools.

import L from "leaflet";
import type { Tool } from "./drawing";

/** For the line of tools: the whole way to a shape. */
export const HINTS: Record<Tool, string> = {
  Circle: "Click where the middle is, then move out and click again",
  Rectangle: "Click on one corner, then on the opposite one",
  Line: "Click along the way; double-click on the last place to finish",
  Polygon: "Click on each corner; double-click on the last to finish",
};

// Geoman's strings at the pointer; "firstVertex" begins rectangles, polygons and lines alike.
const AT_THE_POINTER: L.PM.Translations = {
  tooltips: {
    startCircle: "Click where the middle is, then move out and click again",
    finishCircle: "Move out and click where the edge should be",
    firstVertex: "Click on the first corner, or where the line begins",
    continueLine: "Click on the next corner or place",
    finishLine: "Click on the next place; to finish, double-click",
    finishPoly: "Click on the next corner; to finish, double-click or click the first corner",
    finishRect: "Click on the opposite corner",
  },
};

/** Make Geoman speak as the page does. */
export function useOurWords(map: L.Map): void {
  map.pm.setLang("en", AT_THE_POINTER, "en");
}
