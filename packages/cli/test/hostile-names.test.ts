/** Names that a terminal would obey, that a shell or SQL would run: in every message they are letters. */

import { expect, test } from "vitest";
import { folderWith, nabla } from "./support.ts";

const ESCAPES = "\u001b[2J\u001b]0;title\u0007\u009b31m\u202e";
const SHOWN = "\\u001b[2J\\u001b]0;title\\u0007\\u009b31m\\u202e";
const CONTROLS = /(?![\n\t])[\p{Cc}\u202a-\u202e]/u;

const rows = Array.from(
  { length: 30 },
  (_, n) => `${n},${n % 2 ? "yes" : "no"}${ESCAPES},${n / 2}\n`,
);
const table = `x${ESCAPES},label${ESCAPES},y\n${rows.join("")}`;
const file = `t${ESCAPES}.csv`;

test.each([
  ["a training", ["train", file, "--target", `label${ESCAPES}`, "--epochs", "1"], 0],
  ["its JSON", ["train", file, "--target", `label${ESCAPES}`, "--epochs", "1", "--json"], 0],
  ["an unknown target", ["train", file, "--target", "lab"], 64],
  ["a file that is not there", ["train", `no${file}`, "--target", "y"], 66],
  [
    "a cell that is unfit",
    ["train", file, "--target", `label${ESCAPES}`, "--task", "regression"],
    65,
  ],
  ["a query", ["train", "--query", `from 'none${ESCAPES}.csv'`, "--target", "y"], 66],
  ["a flag", ["train", file, `--${ESCAPES}`], 64],
])("%s shows control characters and sends none", async (_, args, code) => {
  const cwd = folderWith({ [file]: table });
  const outcome = await nabla(args, { cwd });
  const text = `${outcome.stdout}${outcome.stderr}`;
  expect(outcome.code).toBe(code);
  expect(text).toContain(SHOWN);
  expect(text).not.toMatch(CONTROLS);
});

test.each(["-x.csv", "--target", "it's; rm -rf x.csv", "<img src=x>.csv", "$(true).csv"])(
  "the file %j is only a file",
  async (name) => {
    const cwd = folderWith({ [name]: table.replaceAll(ESCAPES, "") });
    const args = ["train", "--target", "y", "--epochs", "1", "--json", "--", name];
    const { code, stdout } = await nabla(args, { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      model: `${name.replace(/\.csv$/, "")}.safetensors`,
    });
  },
);

test("the table that predict writes holds the cells as they are", async () => {
  const cwd = folderWith({ [file]: table });
  await nabla(["train", file, "--target", "y", "--epochs", "1", "--out", "m.safetensors"], { cwd });
  const { stdout } = await nabla(["predict", "m.safetensors", file], { cwd });
  expect(stdout.split("\n")[2]).toMatch(
    new RegExp(`^1,yes${ESCAPES.replace(/[[\]]/g, "\\$&")},0.5,`),
  );
});
