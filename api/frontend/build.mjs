// Builds the pages' scripts and styles into api/static, with hashes in their names and a manifest.
//
// Output:
//   manifest.json            what a page calls a file -> its name in api/static
//   <name>-<hash>.js, .css   bundles of src/, for the pages; may be cached for ever
//   leaflet.js, leaflet.css  Leaflet alone, images inlined, for the maps that open from disk
//   third-party-licences.txt the licences of what is inside

import { build } from "esbuild";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const built = join(here, "..", "static");
// Put in its place when all of it is there: a fault in a source leaves the last build as it was.
const out = `${built}.${process.pid}`;

// Maps carry the same script inside.
const tables = join(here, "..", "..", "geo_alerts", "maps", "page", "tables.js");

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  charset: "utf8",
  legalComments: "inline",
  loader: { ".png": "dataurl", ".svg": "dataurl" },
  logLevel: "warning",
  metafile: true,
  outdir: out,
  target: ["chrome111", "firefox115", "safari16.4"],
};

/** What stands at the top of src/ is loaded by some page by its name; what is deeper, by these. */
async function entries() {
  const names = await readdir(join(here, "src"));
  return names.filter((name) => /(?<!\.d)\.ts$|\.css$/.test(name)).map((name) => `src/${name}`);
}

/** Bundle the pages' own sources under hashed names. */
async function pages() {
  const { metafile } = await build({
    ...common,
    entryPoints: [...(await entries()), tables],
    entryNames: "[name]-[hash]",
    format: "iife",
  });
  return metafile;
}

/** Leaflet as it is published, but with its images inside the style sheet and no source map. */
async function leaflet() {
  const { metafile } = await build({
    ...common,
    entryPoints: { leaflet: "leaflet/dist/leaflet.css" },
    external: ["#default#VML"],
  });
  const script = await readFile(join(modules, "leaflet/dist/leaflet.js"), "utf8");
  await writeFile(join(out, "leaflet.js"), script.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"));
  return metafile;
}

/** What a page calls a file -> its name: "target.js" -> "target-ABCD1234.js". */
function manifestOf(metafile) {
  const names = Object.keys(metafile.outputs).map((path) => basename(path));
  const pairs = names.map((name) => [name.replace(/-[A-Z0-9]{8}(\.\w+)$/, "$1"), name]);
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The npm packages whose files went into a build, and those that they have packed inside. */
async function packagesOf(...metafiles) {
  const paths = metafiles.flatMap((metafile) => Object.keys(metafile.inputs));
  const found = paths.map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]);
  const names = new Set(found.filter(Boolean));
  for (const name of names) {
    const { dependencies = {} } = await descriptionOf(name);
    for (const dependency of Object.keys(dependencies)) {
      names.add(dependency); // a Set visits what is added while it is walked
    }
  }
  return [...names].filter((name) => !name.startsWith("@types/")).sort();
}

async function descriptionOf(name) {
  return JSON.parse(await readFile(join(modules, name, "package.json"), "utf8"));
}

async function licenceOf(name) {
  const folder = join(modules, name);
  const { version, license } = await descriptionOf(name);
  const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
  const text = file ? await readFile(join(folder, file), "utf8") : `Licence: ${license}`;
  return `${name} ${version} (${license})\n\n${text.trim()}\n`;
}

try {
  await mkdir(out, { recursive: true });
  const [bundles, alone] = [await pages(), await leaflet()];
  const licences = await Promise.all((await packagesOf(bundles, alone)).map(licenceOf));
  await writeFile(join(out, "third-party-licences.txt"), licences.join(`\n${"-".repeat(80)}\n\n`));
  await writeFile(join(out, "manifest.json"), `${JSON.stringify(manifestOf(bundles), null, 2)}\n`);
  await rm(built, { recursive: true, force: true });
  await rename(out, built);
} finally {
  await rm(out, { recursive: true, force: true });
}
