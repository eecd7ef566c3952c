// What to do while a shape is drawn, for the line of tools: the whole way to a shape.

import { _ } from "../shared/words";
import type { Tool } from "./drawing";

export const HINTS: Record<Tool, string> = {
  Circle: _("Drag from the middle out to the edge, or click on each; or type the radius first"),
  Rectangle: _("Drag from one corner to the opposite one, or click on each"),
  Line: _("Click along the way; double-click on the last place to finish"),
  Polygon: _("Click on each corner; double-click on the last to finish"),
  Hole: _("Click on each corner of the hole; double-click on the last to finish"),
  Move: _("Drag a drawn shape to where it should be"),
};
