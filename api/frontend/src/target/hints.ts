// What to do next while a shape is drawn, in our words: at the pointer, and in the line of tools.

import L from "leaflet";
import { _ } from "../shared/words";
import type { Tool } from "./drawing";

/** For the line of tools: the whole way to a shape. */
export const HINTS: Record<Tool, string> = {
  Circle: _("Click where the middle is, then move out and click again; or type the radius first"),
  Rectangle: _("Click on one corner, then on the opposite one"),
  Line: _("Click along the way; double-click on the last place to finish"),
  Polygon: _("Click on each corner; double-click on the last to finish"),
  Hole: _("Click on each corner of the hole; double-click on the last to finish"),
  Move: _("Drag a drawn shape to where it should be"),
};

// Geoman's strings at the pointer; "firstVertex" begins rectangles, polygons and lines alike.
const AT_THE_POINTER: L.PM.Translations = {
  tooltips: {
    startCircle: _("Click where the middle is, then move out and click again"),
    finishCircle: _("Move out and click where the edge should be"),
    firstVertex: _("Click on the first corner, or where the line begins"),
    continueLine: _("Click on the next corner or place"),
    finishLine: _("Click on the next place; to finish, double-click"),
    finishPoly: _("Click on the next corner; to finish, double-click or click the first corner"),
    finishRect: _("Click on the opposite corner"),
  },
};

/** Make Geoman speak as the page does. */
export function useOurWords(map: L.Map): void {
  map.pm.setLang("en", AT_THE_POINTER, "en");
}
