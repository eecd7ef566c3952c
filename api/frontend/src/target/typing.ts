// Everything that can be drawn can be typed: circles, lines, rectangles, lists and corners.

import { RefusedError, ask } from "../shared/asking";
import { distance, listed, thousands } from "../shared/figures";
import { _ } from "../shared/words";
import type { Area, Centre, Typed } from "./areas";
import { wordsOf } from "./areas";
import { type Unit, askPreview } from "./asking";
import { type Reader, at, need, text } from "./forms";
import { type Form, readText } from "./geojson";

export interface Addresses {
  readonly postcodes: string;
  readonly preview: string;
}

// What the server takes.
const MOST_METRES = 200_000;
const MOST_PEOPLE = 100_000_000;
const MOST_TO_A_SIDE = 20_000;

// What a postcode begins with: a district, on its own or with the rest of a unit behind it.
const OUTWARD = /^[A-Z]{1,2}\d[A-Z\d]?(\d[A-Z]{2})?$/i;
// Degrees, eastings and northings, or a grid reference; postcodes end in letters.
const POSITION = /^[(\[]?\s*[-+\u2212]?\d[\d.,;\s°+\u2212\-]*[)\]]?$|^[A-HJ-Z]{2}[\s\d]{4,}$/i;
// Eastings and northings in Great Britain, but for the edge of the sea; degrees stay far below.
const LEAST_GRID_METRES = 1000;

export function readersOfShapes({ postcodes, preview }: Addresses): Record<string, Reader> {
  return {
    "type-circle": (form) => circle(form, postcodes),
    "type-rectangle": (form) => rectangle(form, preview),
    "type-line": (form) => line(form, postcodes),
    "type-postcodes": (form) => list(form, preview),
    "type-text": typedText,
  };
}

async function circle(form: HTMLFormElement, address: string): Promise<Typed[]> {
  const [place, size, isPeople] = [text(form, "postcode"), Number(text(form, "size")), text(form, "of") === "people"];
  need(place !== "", "postcode", _("Type a postcode, or a position."));
  if (isPeople) {
    const isNumber = Number.isInteger(size) && size > 0 && size <= MOST_PEOPLE;
    need(isNumber, "size", _("Type a number of people: a whole one, more than 0, at most {most}.", { most: thousands(MOST_PEOPLE) }));
  } else {
    need(size > 0 && size <= MOST_METRES, "size", _("Type a distance in metres: more than 0, at most {most}.", { most: thousands(MOST_METRES) }));
  }
  const { centre, name, position } = await middle(place, address);
  const area: Area = isPeople ? { type: "radius", centre, holding: size } : { type: "radius", centre, metres: size };
  const people = size === 1 ? _("1 person") : _("{count} people", { count: thousands(size) });
  const words = isPeople
    ? _("the smallest circle round {place} that holds {people}", { place: name, people })
    : _("within {distance} of {place}", { distance: distance(size), place: name });
  return [{ area, words, middle: position }];
}

interface Middle {
  centre: Centre;
  name: string;
  position: [number, number];
}

/** Where a circle's middle is: a position, or a postcode by its name. */
async function middle(given: string, address: string): Promise<Middle> {
  if (!POSITION.test(given)) {
    const { name, position } = await placed(given, address, "postcode");
    return { centre: { postcode: name }, name, position };
  }
  const [first] = await at("postcode", readText(given, "circle", 1));
  const area = first?.area;
  if (area?.type !== "radius" || !("longitude" in area.centre)) throw new RefusedError(_("Type one position."), 422, "postcode");
  const { latitude, longitude } = area.centre;
  return { centre: area.centre, name: given, position: [latitude, longitude] };
}

/** A rectangle; one that the server cannot use is told here, before it is in the list. */
async function rectangle(form: HTMLFormElement, address: string): Promise<Typed[]> {
  const [west = NaN, south = NaN, east = NaN, north = NaN] = ["west", "south", "east", "north"].map((name) => {
    const [given, isAlong] = [text(form, name), name === "west" || name === "east"];
    const wanted = _("Type the {side} in degrees, such as {example}.", { side: _(name), example: isAlong ? "-2.75" : "52.71" });
    need(given !== "" && Number.isFinite(Number(given)), name, wanted);
    const isOnGrid = Math.abs(Number(given)) >= LEAST_GRID_METRES;
    need(!isOnGrid, name, _("That looks like metres on the National Grid (an easting or northing). {wanted}", { wanted }));
    return Number(given);
  });
  need(west < east, "east", _("The east must be more than the west: both are degrees, negative west of Greenwich."));
  need(south < north, "north", _("The north must be more than the south."));
  const area: Area = { type: "rectangle", west, south, east, north };
  await at("west", askPreview(address, { area }));
  const words = _("a rectangle from {from} to {to}", { from: `${west}, ${south}`, to: `${east}, ${north}` });
  return [{ area, words, middle: null }];
}

async function line(form: HTMLFormElement, address: string): Promise<Typed[]> {
  const [given, metres] = [separated(text(form, "along")), Number(text(form, "metres"))];
  needCommas(given, "along");
  need(given.length > 1, "along", _("Type at least two postcodes, in the order of the way."));
  need(metres > 0 && metres <= MOST_TO_A_SIDE, "metres", _("Type a distance in metres: more than 0, at most {most}.", { most: thousands(MOST_TO_A_SIDE) }));
  const places = [];
  for (const postcode of given) places.push(await placed(postcode, address, "along"));
  const ends = { from: places[0]?.name ?? "", to: places.at(-1)?.name ?? "" };
  const coordinates = places.map(({ position: [latitude, longitude] }) => [longitude, latitude]);
  const area: Area = { type: "corridor", line: { type: "LineString", coordinates }, metres };
  return [{ area, words: _("along a line from {from} to {to}", ends), middle: null }];
}

/** Corners, places or middles, or shapes as text; what cannot be used is told by its number. */
async function typedText(form: HTMLFormElement): Promise<Typed[]> {
  const [given, metres] = [text(form, "text"), Number(text(form, "metres"))];
  need(given !== "", "text", _("Type or paste positions, one a line, or a shape as text."));
  need(metres > 0 && metres <= MOST_TO_A_SIDE, "metres", _("Type a distance in metres: more than 0, at most {most}.", { most: thousands(MOST_TO_A_SIDE) }));
  return at("text", readText(given, text(form, "form") as Form, metres));
}

/** A postcode's name and place; one without a place is refused. */
async function placed(postcode: string, address: string, field: string): Promise<{ name: string; position: [number, number] }> {
  const { longitude, latitude, postcode: name, reason } = await found(postcode, address, field);
  if (longitude === null || latitude === null) {
    const why = reason ?? _("nobody knows where it is");
    throw new RefusedError(_("{postcode} has no place on the map: {why}.", { postcode: name, why }), 422, field);
  }
  return { name, position: [latitude, longitude] };
}

/** What the directory knows of a postcode; one that it does not know is refused, by its name. */
async function found(postcode: string, address: string, field: string): Promise<Unit> {
  try {
    return await ask<Unit>(`${address}/${encodeURIComponent(postcode)}`);
  } catch (error) {
    if (!(error instanceof RefusedError) || !error.isAboutTheArea) throw error;
    const told = _("{postcode} was not found. {why}", { postcode: postcode.toUpperCase(), why: error.message });
    throw new RefusedError(told, error.status, field);
  }
}

/** Refuse several postcodes, sectors or districts in one part of a list. */
function needCommas(parts: readonly string[], field: string): void {
  const several = parts.find((part) => part.split(/\s+/).filter((word) => OUTWARD.test(word)).length > 1);
  need(several === undefined, field, _("There is more than one in “{part}”: put commas between them.", { part: several?.toUpperCase() ?? "" }));
}

function separated(given: string): string[] {
  return given.split(/[,;\n]+/).map((part) => part.trim()).filter(Boolean);
}

/** A list of postcodes; one that the server cannot use is told here, before it is in the list. */
async function list(form: HTMLFormElement, address: string): Promise<Typed[]> {
  const parts = separated(text(form, "postcodes"));
  need(parts.length > 0, "postcodes", _("Type at least one postcode, sector or district."));
  needCommas(parts, "postcodes");
  const area: Area = { type: "postcodes", postcodes: parts };
  await at("postcodes", askPreview(address, { area }));
  const named = listed(parts.map((part) => part.toUpperCase()));
  const words = parts.length > 3 ? wordsOf(area) : named;
  return [{ area, words, middle: null }];
}
