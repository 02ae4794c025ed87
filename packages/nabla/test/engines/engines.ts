/**
 * The engines that nabla runs in: Node 20, 22, 24 and the one that runs the tests, and Chromium. A module
 * of this folder, bundled as the package is, goes to each of them; the bundles for Node and for browsers
 * differ in what `#host` is.
 */

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import { build } from "tsdown";

/**
 * What `main` of the module `<name>.ts` in this folder returns in an engine, as JSON tells it: numbers
 * keep their bits, but for −0, NaN and ±Infinity.
 */
export type Run = (name: string) => Promise<unknown>;

const here = import.meta.dirname;
const ownMajor = Number.parseInt(process.versions.node, 10);

const places = new Map([
  ...[ownMajor, 20, 22, 24].map((major) => [`Node ${major}`, nodeAt(major)] as const),
  ["Chromium", chromiumAt()] as const,
]);

/** Those on this machine, by name. */
export const engines: ReadonlyMap<string, Run> = new Map(
  [...places].flatMap(([name, path]) => {
    if (path === undefined) return [];
    const [platform, evaluate] =
      name === "Chromium"
        ? (["browser", evaluateInPage] as const)
        : (["node", evaluateInNode] as const);
    const run: Run = async (module) =>
      JSON.parse(await evaluate(path, await bundle(module, platform)));
    return [[name, run] as const];
  }),
);

/** The names of the others. */
export const missing: readonly string[] = [...places.keys()].filter((name) => !engines.has(name));

/** Where a version of Node is: it runs this, or `npm ci` in this folder has put it there. */
function nodeAt(major: number): string | undefined {
  if (major === ownMajor) return process.execPath;
  const path = join(here, "node_modules", `node${major}`, "bin", "node");
  return existsSync(path) ? path : undefined;
}

function chromiumAt(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const paths = folders.flatMap((f) => [join(f, "chromium"), join(f, "google-chrome")]);
  return paths.find((path) => existsSync(path));
}

type Platform = "node" | "browser";

const bundles = new Map<string, Promise<string>>();

/** The file that holds a module; what it imports, and the worker's script, lie beside it. */
function bundle(name: string, platform: Platform): Promise<string> {
  const folder = join("dist", platform, name);
  const made = bundles.get(folder) ?? write(name, { platform, folder });
  bundles.set(folder, made);
  return made;
}

async function write(name: string, to: { platform: Platform; folder: string }): Promise<string> {
  const conditionNames = ["source", to.platform, "import", "default"];
  await build({
    ...{ config: false, cwd: here, logLevel: "error" },
    entry: { [name]: `${name}.ts`, worker: "../../src/host/worker.ts" },
    ...{ platform: to.platform, target: "es2023", dts: false, fixedExtension: false },
    ...{ outDir: to.folder, clean: false },
    deps: { alwaysBundle: /^(?!node:)/ },
    inputOptions: { resolve: { conditionNames } },
  });
  return join(here, to.folder, `${name}.js`);
}

/** In text, for the tests' own transformation of `import` must not reach it. */
const callOf = (url: string): string =>
  `import(${JSON.stringify(url)}).then(({ main }) => main()).then(JSON.stringify)`;

async function evaluateInNode(path: string, file: string): Promise<string> {
  const script = `process.stdout.write(await ${callOf(file)})`;
  const { stdout } = await promisify(execFile)(path, ["--input-type=module", "--eval", script]);
  return stdout;
}

/** On a page of localhost, which browsers trust as they do https; nothing listens there. */
async function evaluateInPage(executablePath: string, file: string): Promise<string> {
  const browser = await chromium.launch({ executablePath });
  try {
    const page = await browser.newPage();
    await page.route("**/*", (route) => route.fulfill({ contentType: "text/html", body: "" }));
    await page.route("**/*.js", (route) => {
      const script = basename(new URL(route.request().url()).pathname);
      return route.fulfill({ path: join(dirname(file), script) });
    });
    await page.goto("http://localhost/");
    return await page.evaluate(callOf(`/${basename(file)}`));
  } finally {
    await browser.close();
  }
}
