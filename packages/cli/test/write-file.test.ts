import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkWritable, type Output, writeFile } from "../src/write-file.ts";
import { folderWith } from "./support.ts";

const at = (folder: string, name = "x"): Output => ({ name, path: join(folder, name) });

test("the file holds all chunks, and nothing else is left in its folder", async () => {
  const folder = folderWith();
  await writeFile(at(folder), ["one, ", new Uint8Array([116, 119, 111])]);
  expect(readFileSync(join(folder, "x"), "utf8")).toBe("one, two");
  expect(readdirSync(folder)).toEqual(["x"]);
});

test("an old file is replaced and its mode kept", async () => {
  const folder = folderWith({ x: "old and longer" });
  chmodSync(join(folder, "x"), 0o640);
  await writeFile(at(folder), ["new"]);
  expect(readFileSync(join(folder, "x"), "utf8")).toBe("new");
  expect(statSync(join(folder, "x")).mode & 0o777).toBe(0o640);
});

test("while it is written, the old file stands", async () => {
  const folder = folderWith({ x: "old" });
  async function* chunks() {
    yield "n".repeat(100_000);
    expect(readFileSync(join(folder, "x"), "utf8")).toBe("old");
    expect(readdirSync(folder)).toHaveLength(2);
  }
  await writeFile(at(folder), chunks());
  expect(statSync(join(folder, "x")).size).toBe(100_000);
});

test("a failure midway leaves the old file and no temporary one", async () => {
  const folder = folderWith({ x: "old" });
  function* chunks() {
    yield "new";
    throw new Error("midway");
  }
  await expect(writeFile(at(folder), chunks())).rejects.toThrow("midway");
  expect(readFileSync(join(folder, "x"), "utf8")).toBe("old");
  expect(readdirSync(folder)).toEqual(["x"]);
});

test("a link stays a link, and the file it leads to is replaced", async () => {
  const folder = folderWith({ real: "old" });
  symlinkSync("real", join(folder, "link"));
  await writeFile(at(folder, "link"), ["new"]);
  expect(lstatSync(join(folder, "link")).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(folder, "real"), "utf8")).toBe("new");
});

test("a device is written to, not replaced", async () => {
  await writeFile(at("/dev", "null"), ["x"]);
  expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
});

test("a full disk is an I/O error", async () => {
  await expect(writeFile(at("/dev", "full"), ["x"])).rejects.toMatchObject({
    code: "io",
    message: "full could not be written: no space left on device",
  });
});

test.each([
  ["missing/x", "no such file or directory"],
  ["file/x", "not a directory"],
  [".", "it is a folder"],
])("%s cannot be created, which shows beforehand", async (path, got) => {
  const folder = folderWith({ file: "" });
  const expected = { code: "cannot-create", details: { got } };
  await expect(checkWritable(at(folder, path))).rejects.toMatchObject(expected);
  await expect(writeFile(at(folder, path), ["x"])).rejects.toMatchObject(expected);
  expect(readdirSync(folder)).toEqual(["file"]);
});

test("the check beforehand leaves nothing behind and touches no file", async () => {
  const folder = folderWith({ x: "old" });
  await checkWritable(at(folder));
  await checkWritable(at(folder, "y"));
  expect(readdirSync(folder)).toEqual(["x"]);
  expect(readFileSync(join(folder, "x"), "utf8")).toBe("old");
});

test("an input of the command is no place for its output", async () => {
  const folder = folderWith({ x: "rows" });
  const inputs = [join(folder, "x")];
  await expect(checkWritable(at(folder), { inputs })).rejects.toMatchObject({ code: "usage" });
});
