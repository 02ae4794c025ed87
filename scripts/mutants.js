// npm run mutants: plants the mutants of mutants.diff in a copy of the tree, one at a time, and runs the
// tests named with each, which must fail. Words choose mutants by their text and file; --all runs the
// whole suite instead of the tests named. Exits with 1 where a mutant survives.

import { execFileSync, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { setPriority, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";

const root = dirname(import.meta.dirname);
const { values, positionals: words } = parseArgs({
  options: { all: { type: "boolean", default: false } },
  allowPositionals: true,
});

/** Tests that hang are ended after so long. */
const LONGEST_MS = (values.all ? 30 : 5) * 60_000;

setPriority(10);
const copy = mkdtempSync(join(tmpdir(), "nabla-mutants-"));
process.on("exit", () => rmSync(copy, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130));
copyFiles();
linkPackages();

const chosen = readMutants(readFileSync(join(root, "scripts/mutants.diff"), "utf8")).filter(
  ({ wrong, file }) => words.every((word) => `${file} ${wrong}`.includes(word)),
);
if (chosen.length === 0) fail(`no mutant has ${words.join(" and ")} in its text or file`);
const named = [...new Set(chosen.flatMap(({ tests }) => tests))];
for (const path of named) if (!existsSync(join(copy, path))) fail(`${path} is not there`);
for (const mutant of chosen) planted(mutant); //  so that a stale one is told before the first runs

const { outcome, why } = await runTests(named);
if (outcome !== "survived") fail(`without a mutant the tests fail: ${why}`);

const outcomes = [];
for (const mutant of chosen) {
  const started = performance.now();
  const path = join(copy, mutant.file);
  const original = readFileSync(path);
  writeFileSync(path, planted(mutant));
  const { outcome, why } = await runTests(mutant.tests);
  writeFileSync(path, original);

  const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(6);
  console.log(`${outcome.padEnd(8)} ${seconds} s  ${mutant.wrong}\n${" ".repeat(19)}${why}`);
  outcomes.push(outcome);
}
const killed = outcomes.filter((outcome) => outcome === "killed").length;
console.log(`${killed} killed, ${outcomes.length - killed} not`);
process.exitCode = killed < outcomes.length ? 1 : 0;

/** The list: blocks between empty lines, each a comment, a file with its tests, or a mutant. */
function readMutants(text) {
  const mutants = [];
  let place;
  for (const lines of text.split(/\n\n+/).map((block) => block.trimEnd().split("\n"))) {
    const [first] = lines;
    if (first.startsWith("#")) continue;
    if (first.startsWith("@@ ")) {
      const [, file, ...names] = first.split(/ +/);
      const folder = file.replace(/src\/.*/, "test/");
      place = { file, tests: names.map((name) => `${folder}${name}.test.ts`) };
      continue;
    }
    const marked = (mark) =>
      lines.filter((line) => line.startsWith(`${mark} `)).map((line) => line.slice(2));
    const [find, replace] = [marked("-").join("\n"), marked("+").join("\n")];
    mutants.push({ ...place, wrong: first, find, replace });
  }
  return mutants;
}

/** The file with the mutant in it. The list follows the code: its text must be there, and once. */
function planted({ wrong, file, find, replace }) {
  const parts = readFileSync(join(copy, file), "utf8").split(find);
  if (parts.length === 2) return parts.join(replace);
  return fail(`${wrong}: found ${parts.length - 1} times in ${file}, expected once:\n${find}`);
}

/** Those of the tree as it stands. */
function copyFiles() {
  for (const path of listFiles("--cached")) cpSync(join(root, path), join(copy, path));
}

/** What is installed is shared, but "nabla" and the other workspaces are the copy's own. */
function linkPackages() {
  const { workspaces } = readJson("package.json");
  const own = workspaces.map((path) => [readJson(`${path}/package.json`).name, path]);
  const scopes = own.map(([name]) => name.split("/")[0]);
  const others = readdirSync(join(root, "node_modules")).filter(
    (name) => !name.startsWith(".") && !scopes.includes(name),
  );
  for (const name of others) link(`node_modules/${name}`, join(root, "node_modules", name));
  for (const [name, path] of own) link(`node_modules/${name}`, join(copy, path));

  const folders = listFiles("--ignored", "--directory");
  for (const path of folders.filter((path) => /^packages\/.*\/node_modules\/$/.test(path)))
    link(path.slice(0, -1), join(root, path));
}

function link(path, to) {
  mkdirSync(dirname(join(copy, path)), { recursive: true });
  symlinkSync(to, join(copy, path));
}

/** By `git ls-files`, with what is new. */
function listFiles(...options) {
  const args = ["ls-files", "-z", "--others", "--exclude-standard", ...options];
  const listed = execFileSync("git", args, { cwd: root, encoding: "utf8" }).split("\0");
  return listed.filter((path) => path !== "" && existsSync(join(root, path)));
}

function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), "utf8"));
}

/** Runs tests in the copy, up to the first that fails. What breaks them all says nothing of them. */
async function runTests(tests) {
  const output = join(copy, "tests.json");
  rmSync(output, { force: true });
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const options = ["run", "--bail=1", "--reporter=json", `--outputFile=${output}`];
  const child = spawn(process.execPath, [vitest, ...options, ...(values.all ? [] : tests)], {
    cwd: copy,
    detached: true, //  a group of its own, with its workers
    stdio: "ignore",
  });
  const end = () => process.kill(-child.pid, "SIGKILL");
  process.once("exit", end);
  const timer = setTimeout(end, LONGEST_MS);
  const [code, signal] = await new Promise((resolve) => {
    child.on("close", (...ended) => resolve(ended));
  });
  clearTimeout(timer);
  process.off("exit", end);

  if (code === 0) return { outcome: "survived", why: tests.join(", ") };
  if (signal !== null) return { outcome: "killed", why: "the tests hang" };
  const { testResults } = JSON.parse(readFileSync(output, "utf8"));
  const failed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .find(({ status }) => status === "failed");
  if (failed !== undefined) return { outcome: "killed", why: failed.fullName };
  const broken = testResults.find(({ status }) => status === "failed");
  return { outcome: "broken", why: broken?.message ?? "vitest has ended" };
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
