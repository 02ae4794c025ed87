import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const explain = join(import.meta.dirname, "../../src/explain");

/** The other rooms that the files of a room import. */
function readBy(room: string): string[] {
  const files = readdirSync(join(explain, room), { recursive: true, encoding: "utf8" });
  const read = files
    .filter((path) => path.endsWith(".ts"))
    .map((path) => readFileSync(join(explain, room, path), "utf8"))
    .flatMap((code) => [...code.matchAll(/from "(?:\.\.\/)+(\w+)\/[\w/-]+\.ts"/g)])
    .map(([, name]) => name!)
    .filter((name) => rooms.includes(name) && name !== room);
  return [...new Set(read)].sort();
}

const rooms = readdirSync(explain, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test("arrows between the rooms of explain go one way", () => {
  expect(Object.fromEntries(rooms.map((room) => [room, readBy(room)]))).toEqual({
    ...{ check: [], proof: [], typeset: [] },
    chains: ["proof"],
    claims: ["derive", "proof"],
    derive: ["chains", "proof"],
    worked: ["chains", "derive", "proof", "typeset"],
  });
});
