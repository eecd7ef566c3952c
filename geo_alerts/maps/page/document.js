// What a map does in the browser: facts on pointing and on focus, names where there is room, a size that
// suits paper. The facts come from the table, so that both say the same.

/**
 * Label is longitude and latitude; room and extent are metres. What has an extent can be looked up from its row.
 * @typedef {{ label: [number, number], room: number, extent?: number, mark?: string }} Properties
 * @typedef {(L.Polygon<Properties> | L.CircleMarker<Properties>) & { feature: { id?: string | number, properties: Properties } }} Area
 */

const geoAlerts = (() => {
  const PADDING = L.point(14, 14);
  // How much is shown around something looked up: times its extent, and metres at least.
  const MARGIN = 2;
  const LEAST_VIEW = 40;
  // The box of facts hangs from the pointer, so that what lies north of it stays in view.
  const HANGS_BELOW = 52;
  /** Each arrow key's direction on the screen. @type {Record<string, [number, number]>} */
  const DIRECTIONS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

  /** @param {Area} area */
  function rowOf(area) {
    return /** @type {HTMLTableRowElement} */ (document.getElementById(`area-${area.feature.id}`));
  }

  /** @param {Area} area */
  function nameOf(area) {
    return rowOf(area).cells[0]?.textContent ?? "";
  }

  /** @param {HTMLElement} parent @param {string} tag @param {string} text */
  function append(parent, tag, text) {
    const element = document.createElement(tag);
    element.textContent = text;
    parent.append(element);
    return element;
  }

  /** What stands for the name where there is less room. @param {Area} area */
  function shortOf(area) {
    return rowOf(area).cells[0]?.dataset["short"];
  }

  /** The row of the table as a list of its headings and cells. @param {Area} area */
  function facts(area) {
    const row = rowOf(area);
    const headings = row.closest("table")?.tHead?.rows[0]?.cells;
    const box = document.createElement("div");
    const short = shortOf(area);
    append(box, "strong", nameOf(area));
    if (short !== undefined) append(box, "span", ` ${short}`);
    const list = append(box, "dl", "");
    for (const [index, cell] of [...row.cells].entries()) {
      if (index > 0 && cell.textContent !== short) {
        append(list, "dt", headings?.[index]?.textContent ?? "");
        append(list, "dd", cell.textContent ?? "").className = cell.className;
      }
    }
    return box;
  }

  /** Move the box of facts back into the map, whose edge would cut it. @param {Area} area */
  function keepInside(area) {
    const box = area.getTooltip()?.getElement();
    const frame = box?.closest(".leaflet-container")?.getBoundingClientRect();
    if (box === undefined || frame === undefined) return;
    box.style.translate = "none";
    const { left, right, top, bottom } = box.getBoundingClientRect();
    const aside = Math.max(frame.left - left, Math.min(frame.right - right, 0));
    const down = Math.max(frame.top - top, Math.min(frame.bottom - bottom, 0));
    box.style.translate = `${aside}px ${down}px`;
  }

  /** Called by folium for each feature, before it is on the map. @param {unknown} _feature @param {Area} area */
  function each(_feature, area) {
    area.bindTooltip(() => facts(area), { sticky: true, opacity: 1, offset: [14, HANGS_BELOW] });
    // After Leaflet's own listeners, which put the box beside the pointer.
    area.on("tooltipopen mousemove", () => keepInside(area));
  }

  /** A line around an area, or around the spot that stands for it. */
  function around(/** @type {Area} */ area, /** @type {L.PathOptions} */ style) {
    if (area instanceof L.CircleMarker) return L.circleMarker(area.getLatLng(), { ...style, radius: area.getRadius() + 3 });
    return L.polygon(area.getLatLngs(), { ...style, smoothFactor: 0, noClip: true });
  }

  /** Mark one area above its neighbours, without moving elements (which would lose the focus). */
  function marker(/** @type {L.Map} */ map) {
    /** @type {L.Path[]} */
    let outlines = [];
    return (/** @type {Area | null} */ area, isFocus = false) => {
      for (const outline of outlines) outline.remove();
      const styles = isFocus ? [["#0b0c0c", 8], ["#ffdd00", 5], ["#0b0c0c", 2]] : [["#0b0c0c", 2.5]];
      outlines = area === null ? [] : styles.map(([color, weight]) => {
        return around(area, { color: String(color), weight: Number(weight), fill: false, interactive: false }).addTo(map);
      });
    };
  }

  /** The area that lies next in a direction: near, and not far off the line. */
  function next(/** @type {L.Map} */ map, /** @type {Area[]} */ areas, /** @type {Area} */ from, /** @type {[number, number]} */ [right, down]) {
    const here = map.latLngToLayerPoint(middle(from));
    let best = from;
    let least = Infinity;
    for (const area of areas) {
      const offset = map.latLngToLayerPoint(middle(area)).subtract(here);
      const along = offset.x * right + offset.y * down;
      const aside = Math.abs(offset.x * down - offset.y * right);
      const cost = along + 2 * aside;
      if (area !== from && along > 0 && aside <= along && cost < least) {
        [best, least] = [area, cost];
      }
    }
    return best;
  }

  /** @param {Area} area */
  function middle(area) {
    const [longitude, latitude] = area.feature.properties.label;
    return L.latLng(latitude, longitude);
  }

  /** One tab stop for all areas; arrow keys, Home and End move inside. */
  function keyboard(/** @type {L.Map} */ map, /** @type {Area[]} */ areas) {
    const mark = marker(map);
    const shape = (/** @type {Area} */ area) => /** @type {SVGElement} */ (area.getElement());
    const go = (/** @type {Area} */ area) => {
      for (const each of areas) shape(each).setAttribute("tabindex", each === area ? "0" : "-1");
      map.panInside(middle(area), { padding: [60, 60], animate: false });
      shape(area).focus({ preventScroll: true });
    };
    for (const [index, area] of areas.entries()) {
      const element = shape(area);
      element.setAttribute("tabindex", index === 0 ? "0" : "-1");
      element.setAttribute("role", "img");
      element.setAttribute("aria-label", nameOf(area));
      element.addEventListener("focus", () => mark(area, element.matches(":focus-visible")));
      element.addEventListener("blur", () => mark(null));
      area.on({ mouseover: () => mark(area), mouseout: () => mark(null) });
      element.addEventListener("keydown", (event) => {
        const direction = DIRECTIONS[event.key];
        const targets = { Home: areas[0], End: areas[areas.length - 1] };
        const target = direction ? next(map, areas, area, direction) : targets[/** @type {"Home" | "End"} */ (event.key)];
        if (event.key === "Escape") area.closeTooltip();
        if (target === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        go(target);
      });
    }
  }

  /** A name on the map, set in lines of about 14 letters. */
  function nameplate(/** @type {string} */ text, /** @type {Area} */ area) {
    const lines = Math.ceil(text.length / 14);
    const longest = Math.max(text.length / lines, ...text.split(" ").map((word) => word.length));
    const [width, height] = [6.8 * longest + 8, 14 * lines];
    const html = append(document.createElement("div"), "span", text);
    const icon = L.divIcon({ className: "area-name", html, iconSize: [width, height] });
    const label = L.marker(middle(area), { icon, pane: "names", interactive: false, keyboard: false });
    // A name may reach a little past the circle: areas are seldom round.
    return { label, radius: Math.max(width / 2.5, height / 2) };
  }

  /** The name of each area, or its short form, whichever fits the largest circle inside. */
  function names(/** @type {L.Map} */ map, /** @type {Area[]} */ areas) {
    const pane = map.createPane("names");
    pane.style.zIndex = "450";
    pane.style.pointerEvents = "none";
    pane.setAttribute("aria-hidden", "true");
    const plates = areas.map((area) => {
      const short = shortOf(area);
      const texts = short === undefined ? [nameOf(area)] : [nameOf(area), short];
      return { room: area.feature.properties.room, forms: texts.map((text) => nameplate(text, area)) };
    });
    const show = () => {
      const centre = map.getCenter();
      const aside = map.layerPointToLatLng(map.latLngToLayerPoint(centre).add([100, 0]));
      const metres = map.distance(centre, aside) / 100;
      for (const { room, forms } of plates) {
        const fitting = forms.find(({ radius }) => radius <= room / metres);
        for (const form of forms) {
          if (form === fitting) form.label.addTo(map);
          else form.label.remove();
        }
      }
    };
    map.on("zoomend", show);
    show();
  }

  /** What is written on spots, such as their ranks; on paper, too. */
  function marks(/** @type {L.Map} */ map, /** @type {Area[]} */ areas) {
    for (const area of areas) {
      const { mark } = area.feature.properties;
      if (!mark) continue;
      const html = append(document.createElement("div"), "span", mark);
      const icon = L.divIcon({ className: "spot-mark", html, iconSize: [24, 14] });
      L.marker(middle(area), { icon, pane: "names", interactive: false, keyboard: false }).addTo(map);
    }
  }

  /** A button in the row of what is small, which shows it large. */
  function findable(/** @type {L.Map} */ map, /** @type {Area[]} */ areas) {
    for (const area of areas) {
      const { extent } = area.feature.properties;
      const cell = rowOf(area).cells[0];
      if (extent === undefined || cell === undefined) continue;
      const text = cell.textContent ?? "";
      cell.replaceChildren();
      const button = append(cell, "button", text);
      button.setAttribute("type", "button");
      button.setAttribute("title", "Show on the map");
      button.addEventListener("click", () => {
        map.getContainer().dispatchEvent(new Event("wheel"));
        map.getContainer().scrollIntoView({ block: "nearest" });
        map.fitBounds(middle(area).toBounds(Math.max(MARGIN * extent, LEAST_VIEW)), { animate: false });
        /** @type {SVGElement} */ (area.getElement()).focus({ preventScroll: true });
      });
    }
  }

  /** Keep the whole area in view until the reader moves the map, and on paper. */
  function fit(/** @type {L.Map} */ map, /** @type {L.LatLngBounds} */ bounds) {
    let isMoved = false;
    const whole = () => {
      const { x, y } = map.getSize();
      // A hidden frame has no size, and Leaflet finds no zoom for it.
      if (Math.min(x, y) <= 4 * PADDING.x) return;
      // How far out a reader may zoom goes by the room there is: a telephone that is turned has another.
      map.setMinZoom(0);
      map.fitBounds(bounds, { padding: PADDING, animate: false });
      map.setMinZoom(map.getZoom() - 1);
    };
    const resized = () => {
      map.invalidateSize({ animate: false, pan: false });
      if (!isMoved) whole();
    };
    whole();
    map.setMaxBounds(bounds.pad(0.6));
    for (const event of ["mousedown", "wheel", "keydown", "touchstart"]) {
      map.getContainer().addEventListener(event, (given) => {
        // Who only passes through has moved nothing.
        isMoved ||= !(given instanceof KeyboardEvent && given.key === "Tab");
      }, { passive: true });
    }
    new ResizeObserver(resized).observe(map.getContainer());
    for (const [event, isPaper] of /** @type {[string, boolean][]} */ ([["beforeprint", true], ["afterprint", false]])) {
      window.addEventListener(event, () => {
        document.documentElement.classList.toggle("printing", isPaper);
        map.invalidateSize({ animate: false, pan: false });
        whole();
      });
    }
    addWholeButton(map, whole);
  }

  /** The buttons stand beside the map where it is narrow, so they leave Leaflet's own corner. */
  function addWholeButton(/** @type {L.Map} */ map, /** @type {() => void} */ whole) {
    const buttons = /** @type {HTMLElement} */ (map.zoomControl.getContainer());
    map.getContainer().before(buttons);
    const link = append(buttons, "a", "⤢");
    link.setAttribute("href", "#");
    link.setAttribute("role", "button");
    link.setAttribute("title", "Show the whole area");
    link.setAttribute("aria-label", "Show the whole area");
    L.DomEvent.disableClickPropagation(link);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      whole();
    });
  }

  /** The wheel scrolls the page until the map has been chosen. */
  function wheel(/** @type {L.Map} */ map) {
    map.scrollWheelZoom.disable();
    map.on("focus", () => map.scrollWheelZoom.enable());
    map.on("blur", () => map.scrollWheelZoom.disable());
  }

  /** Say that a table goes on at the side, where it does. */
  function tellOfColumns() {
    for (const frame of document.querySelectorAll(".table-frame")) {
      new ResizeObserver(() => {
        frame.previousElementSibling?.classList.toggle("needed", frame.scrollWidth > frame.clientWidth);
      }).observe(frame);
    }
  }

  /** Called once folium's map and its areas stand. */
  function start(/** @type {L.Map} */ map, /** @type {L.GeoJSON} */ layer, /** @type {L.LatLngBoundsLiteral} */ corners) {
    document.documentElement.classList.toggle("map-only", window.name === "map-only");
    const areas = /** @type {Area[]} */ (layer.getLayers());
    fit(map, L.latLngBounds(corners));
    keyboard(map, areas);
    names(map, areas);
    marks(map, areas);
    findable(map, areas);
    wheel(map);
    tellOfColumns();
  }

  return { each, start };
})();
