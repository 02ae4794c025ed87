import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { dense, network, saveModel } from "nabla";
import { describe, expect, test } from "vitest";
import { colourModel, priceModel } from "../models.ts";
import { folderWith, nabla } from "../support.ts";

const folder = (files: Readonly<Record<string, string | Uint8Array>> = {}) =>
  folderWith({ "price.safetensors": priceModel(), "colour.safetensors": colourModel(), ...files });

describe("regression", () => {
  // price = 3 + 2·(size − 4) + 10 if new + 0.5·days: 1970-01-05 is day 4
  test("the cells stand as they were read, with the prediction worked out by hand", async () => {
    const cwd = folder({
      "new.csv":
        "size,new,day\n5.0,TRUE,1970-01-05\n,false,1970-01-01 12:00\n-1e1,false,1970-01-03\n",
    });
    const { code, stdout, stderr } = await nabla(["predict", "price.safetensors", "new.csv"], {
      cwd,
    });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(
      "size,new,day,prediction\n" +
        "5.0,TRUE,1970-01-05,17\n" +
        ",false,1970-01-01 12:00,3.25\n" +
        "-1e1,false,1970-01-03,-24\n",
    );
  });

  test("columns may stand in another order; those that the model does not read are kept", async () => {
    const cwd = folder({
      "new.csv": 'day,id,size,note,new\n1970-01-01,007,4,"a ""b"", c",false\n',
    });
    const { stdout } = await nabla(["predict", "price.safetensors", "new.csv"], { cwd });
    expect(stdout).toBe('day,id,size,note,new,prediction\n1970-01-01,007,4,"a ""b"", c",false,3\n');
  });

  test("a table as JSON, and on standard input, gives the same", async () => {
    const row = { size: 4, new: true, day: "1970-01-01" };
    const cwd = folder({ "new.json": JSON.stringify([row]) });
    const expected = "size,new,day,prediction\n4,true,1970-01-01,13\n";
    const fromFile = await nabla(["predict", "price.safetensors", "new.json"], { cwd });
    const args = ["predict", "price.safetensors", "-"];
    const fromLines = await nabla(args, { cwd, stdin: `${JSON.stringify(row)}\n` });
    const fromText = await nabla(args, { cwd, stdin: "size,new,day\n4,true,1970-01-01\n" });
    expect([fromFile.stdout, fromLines.stdout, fromText.stdout]).toEqual([
      expected,
      expected,
      expected,
    ]);
  });

  test("a column that is absent is an error with the nearest name", async () => {
    const cwd = folder({ "new.csv": "sise,new,day\n4,true,1970-01-01\n" });
    const { code, stderr } = await nabla(["predict", "price.safetensors", "new.csv"], { cwd });
    expect(code).toBe(65);
    expect(stderr).toContain('new.csv has no column "size"; did you mean "sise"?');
  });

  test("text where the model reads numbers is an error with row and column", async () => {
    const cwd = folder({ "new.csv": "size,new,day\n4,true,1970-01-01\nn/a,true,1970-01-01\n" });
    const args = ["predict", "price.safetensors", "new.csv", "--out", "x.csv", "--json"];
    const { code, stdout } = await nabla(args, { cwd });
    expect(code).toBe(65);
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: "data",
        message:
          'new.csv, row 2: column "size" holds "n/a", which is not a number; ' +
          'name it with --missing "n/a" to treat it as missing',
        where: "new.csv, row 2",
        expected: "a number",
        got: '"n/a"',
        remedy: 'name it with --missing "n/a" to treat it as missing',
      },
    });
    expect(existsSync(join(cwd, "x.csv"))).toBe(false);
  });

  test("there are no probabilities of a number", async () => {
    const cwd = folder({ "new.csv": "size\n1\n" });
    const args = ["predict", "price.safetensors", "new.csv", "--probabilities"];
    const { code, stderr } = await nabla(args, { cwd });
    expect(code).toBe(64);
    expect(stderr).toContain('the model predicts the number "price", which has no classes');
  });
});

describe("classification", () => {
  // p(red) is 3/4 for 01, 1/4 for 1, 1/2 for another code
  test("text stays text: 01 and 1 are two codes, and each class has its probability", async () => {
    const cwd = folder({ "new.csv": "code\n01\n1\n2\n\n" });
    const args = ["predict", "colour.safetensors", "new.csv", "--probabilities"];
    const { stdout } = await nabla(args, { cwd });
    const [header, ...lines] = stdout.trimEnd().split("\n");
    expect(header).toBe("code,prediction,probability_blue,probability_red");
    const rows = lines.map((line) => line.split(","));
    expect(rows.map(([code, prediction]) => [code, prediction])).toEqual([
      ["01", "red"],
      ["1", "blue"],
      ["2", "blue"],
      ["", "blue"],
    ]);
    const red = rows.map(([, , , p]) => Number(p));
    expect(red.map((p) => p.toFixed(14))).toEqual([0.75, 0.25, 0.5, 0.5].map((p) => p.toFixed(14)));
  });

  test("a column that is named like an added one is an error", async () => {
    const cwd = folder({ "new.csv": "code,prediction\n1,x\n" });
    const { code, stderr } = await nabla(["predict", "colour.safetensors", "new.csv"], { cwd });
    expect(code).toBe(65);
    expect(stderr).toContain('new.csv has a column "prediction" already; rename it');
  });
});

describe("output", () => {
  const table = { "new.csv": "code\n1\n" };

  test("--out takes the table, and --json tells where it is", async () => {
    const cwd = folder(table);
    const args = ["predict", "colour.safetensors", "new.csv", "--out", "x.csv"];
    const { code, stdout } = await nabla([...args, "--json"], { cwd });
    expect([code, JSON.parse(stdout)]).toEqual([0, { rows: 1, out: "x.csv" }]);
    expect(readFileSync(join(cwd, "x.csv"), "utf8")).toBe("code,prediction\n1,blue\n");
    expect(await nabla(args, { cwd })).toEqual({ code: 0, stdout: "", stderr: "x.csv: 1 row\n" });
  });

  test("a folder that is missing cannot hold it: exit code 73", async () => {
    const args = ["predict", "colour.safetensors", "new.csv", "--out", "none/x.csv"];
    const { code, stderr } = await nabla(args, { cwd: folder(table) });
    expect(code).toBe(73);
    expect(stderr).toBe("nabla: none/x.csv cannot be created: no such file or directory\n");
  });

  test("a full disk ends with exit code 74", async () => {
    const args = ["predict", "colour.safetensors", "new.csv", "--out", "/dev/full"];
    const { code, stderr } = await nabla(args, { cwd: folder(table) });
    expect(code).toBe(74);
    expect(stderr).toBe("nabla: /dev/full could not be written: no space left on device\n");
  });

  test("the input is not overwritten", async () => {
    const cwd = folder(table);
    const args = ["predict", "colour.safetensors", "new.csv", "--out", "./new.csv"];
    expect((await nabla(args, { cwd })).code).toBe(64);
    expect(readFileSync(join(cwd, "new.csv"), "utf8")).toBe(table["new.csv"]);
  });

  const failing = (code: string) =>
    new Writable({
      write: (_chunk, _encoding, done) =>
        done(Object.assign(new Error(`${code}: no room, write`), { code, syscall: "write" })),
    });

  test("a reader who leaves, like head, ends it quietly", async () => {
    const stdout = failing("EPIPE");
    const args = ["predict", "colour.safetensors", "new.csv"];
    expect(await nabla(args, { cwd: folder(table), stdout })).toMatchObject({
      code: 0,
      stderr: "",
    });
  });

  test("standard output that cannot be written is exit code 74", async () => {
    const stdout = failing("ENOSPC");
    const args = ["predict", "colour.safetensors", "new.csv"];
    expect(await nabla(args, { cwd: folder(table), stdout })).toMatchObject({
      code: 74,
      stderr: "nabla: the output could not be written: no room\n",
    });
  });

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ])("after %s nothing is written, and the exit code is %i", async (reason, exitCode) => {
    const cwd = folder(table);
    const signal = AbortSignal.abort(reason);
    const args = ["predict", "colour.safetensors", "new.csv", "--out", "x.csv"];
    const { code, stderr } = await nabla(args, { cwd, signal });
    expect([code, stderr]).toEqual([exitCode, "nabla: interrupted\n"]);
    expect(readdirSync(cwd).sort()).toEqual(["colour.safetensors", "new.csv", "price.safetensors"]);
  });
});

describe("models", () => {
  test.each([
    ["none.safetensors", 66, "none.safetensors cannot be opened: no such file or directory"],
    ["new.csv", 65, "new.csv: safetensors, "],
    [".", 65, ". is a folder"],
  ])("%s is none: exit code %i", async (model, exitCode, message) => {
    const cwd = folder({ "new.csv": "code\n1\n" });
    const { code, stderr } = await nabla(["predict", model, "new.csv"], { cwd });
    expect(code).toBe(exitCode);
    expect(stderr).toContain(message);
  });

  test("a network that knows no table is an error", async () => {
    const net = network({ inputs: 1, layers: [dense(1)], cost: "squared-error" });
    const cwd = folder({ "net.safetensors": saveModel(net), "new.csv": "code\n1\n" });
    const { code, stderr } = await nabla(["predict", "net.safetensors", "new.csv"], { cwd });
    expect(code).toBe(65);
    expect(stderr).toContain("expected a model of tables, as nabla train writes it");
  });
});
