import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { folderWith, nabla } from "../support.ts";
import { inDatabase } from "./database.ts";
import { columns, failureOf, readIn } from "./reading.ts";

const files = {
  "cars.csv": "name,price\nred,10\nblue,30\ngreen,20\n",
  "more.csv": "name,price\nblack,40\n",
  "it's; [1].csv": "name,seats\nred,2\nblue,4\n",
};

describe("files that a query names", () => {
  test.each([
    ["select name, price from 'cars.csv' where price > 10 order by price", ["green", "blue"]],
    ["from 'cars.csv' -- all of them;", ["red", "blue", "green"]],
    ["select name from '[cm]*.csv' where price > 20;", ["blue", "black"]],
    [
      "select c.name from 'cars.csv' c join 'it''s; [1].csv' using (name) order by seats desc",
      ["blue", "red"],
    ],
    [
      "with dear as (select * from read_csv(['cars.csv', 'more.csv']) where price > 20) select name from dear",
      ["blue", "black"],
    ],
    ["select name from 'cars.csv' where price = (select max(price) from 'cars.csv')", ["blue"]],
    ["values ('x'), ('y')", ["x", "y"]],
  ])("%s", async (query, names) => {
    const table = await readIn(folderWith(files), undefined, { query });
    expect(table.name).toBe("the query");
    expect([...table.columns[0]!.values]).toEqual(names);
  });

  test("are known, so that nothing is written over them", async () => {
    const cwd = folderWith(files);
    const table = await readIn(cwd, undefined, {
      query: "from 'cars.csv' union all from 'm*.csv'",
    });
    expect(table.files).toEqual([join(cwd, "cars.csv"), join(cwd, "more.csv")]);
  });

  test("may be in another folder", async () => {
    const cwd = folderWith({ "t.csv": "x\n1\n" });
    mkdirSync(join(cwd, "work"));
    expect((await readIn(join(cwd, "work"), undefined, { query: "from '../t.csv'" })).rows).toBe(1);
  });
});

test("a query is asked once: all that is read of it agrees", async () => {
  const query =
    "select x, x as y from (select random() as x from range(1000) where random() < 0.5)";
  const { rows, columns } = await readIn(folderWith(), undefined, { query });
  expect(rows).toBeGreaterThan(0);
  expect(columns[0]!.values).toEqual(columns[1]!.values);
});

test("groups come in the same order each time", async () => {
  const query = "select n % 1000 as g, count(*) as c from range(200000) t(n) group by all";
  const orders = await Promise.all(
    [1, 2].map(async () => (await readIn(folderWith(), undefined, { query })).columns[0]!.values),
  );
  expect(orders[0]).toEqual(orders[1]);
});

test.each([
  [
    "selec 1",
    "usage",
    "--query: expected one query, such as select * from 'table.csv', got syntax error",
  ],
  ["", "usage", "--query: expected one query"],
  ["select 1; select 2", "usage", "got something else"],
  ["copy (select 1) to 'out.csv'", "usage", "got something else"],
  ["create table t as select 1", "usage", "got something else"],
  ["install httpfs", "usage", "got something else"],
  ["set threads = 8", "usage", "got something else"],
  ["select nothing from 'cars.csv'", "usage", '--query: Referenced column "nothing" not found'],
  ["from 'none.csv'", "no-input", "none.csv cannot be opened: no such file"],
  ["from cars", "usage", "--query: Table with name cars does not exist!"],
  ["select name as a, price as a from 'cars.csv'", "data", 'got "a" twice; name one with "as"'],
  ["from 'cars.csv' where price > 100", "data", "the query: expected rows of data, got none"],
  ["select [1, 2] as list", "data", 'the query, row 1: column "list" holds "[1, 2]"'],
  ["from 'https://example.org/t.csv'", "usage", "is an address in a network; download it first"],
  [
    "from read_parquet(['s3://b/t.parquet'])",
    "usage",
    "s3://b/t.parquet is an address in a network",
  ],
])("the query %j is an error", async (query, code, message) => {
  const cwd = folderWith(files);
  expect(await failureOf(readIn(cwd, undefined, { query }))).toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
  expect(readdirSync(cwd).sort()).toEqual(Object.keys(files).sort());
});

test.each([
  "select * from query('from ''secret.csv''')",
  "select * from read_csv(concat('secret', '.csv'))",
  "select * from glob('sec*')",
  "select * from query_table(concat('secret', '.csv'))",
  "select * from sniff_csv(lower('SECRET.CSV'))",
])("what a query does not name it cannot read: %s", async (query) => {
  const cwd = folderWith({ "secret.csv": "x\n1\n" });
  const names = /glob/.test(query)
    ? { query: query.replace("'sec*'", "lower('SEC*')") }
    : { query };
  expect(await failureOf(readIn(cwd, undefined, names))).toMatchObject({ code: "usage" });
});

test("with --allow-network an address in a query is still an error, which says why", async () => {
  const reading = readIn(folderWith(), undefined, {
    query: "from 'https://example.org/t.csv'",
    allowNetwork: true,
  });
  expect((await failureOf(reading)).message).toContain("httpfs extension is not part of nabla");
});

describe("a DuckDB file", () => {
  async function shop(...statements: string[]): Promise<string> {
    const cwd = folderWith({ "secret.csv": "x\n1\n" });
    const here = statements.map((sql) => sql.replace("secret.csv", join(cwd, "secret.csv")));
    await inDatabase(join(cwd, "shop.duckdb"), ...here);
    return cwd;
  }
  const orders = "create table orders as select n as id, n * 1.5 as price from range(3) t(n)";

  test("of one table is that table, whatever its name, its view and its macros", async () => {
    const cwd = await shop(
      `create schema s`,
      `create table s."o'x; ""--" as select 1 as x, 'a' as y`,
      `create view v as from read_csv('secret.csv')`,
      `create macro strlen(x) as 'hacked'`,
    );
    expect(columns(await readIn(cwd, "shop.duckdb"))).toEqual([
      ["x", "number", [1]],
      ["y", "text", ["a"]],
    ]);
  });

  test("of several has them listed, and --query chooses", async () => {
    const cwd = await shop(orders, 'create table "Items" as select 1 as x');
    expect(await failureOf(readIn(cwd, "shop.duckdb"))).toMatchObject({
      code: "data",
      message:
        'shop.duckdb: expected one table, got "Items", orders; ' +
        `choose with --query 'select * from "Items"'`,
    });
    const query = "select price from orders where id > 0";
    expect(columns(await readIn(cwd, "shop.duckdb", { query }))).toEqual([
      ["price", "number", [1.5, 3]],
    ]);
    const named = await readIn(cwd, "shop.duckdb", { query: "select id from shop.orders" });
    expect(named.rows).toBe(3);
  });

  test("of none is an error", async () => {
    const cwd = await shop("create view v as select 1 as x");
    expect((await failureOf(readIn(cwd, "shop.duckdb"))).message).toBe(
      "shop.duckdb: expected one table, got none",
    );
  });

  test("is not changed, and a view in it reads no other file", async () => {
    const cwd = await shop(orders, "create view v as from read_csv('secret.csv')");
    const before = readFileSync(join(cwd, "shop.duckdb"));
    const query = "select * from v";
    expect(await failureOf(readIn(cwd, "shop.duckdb", { query }))).toMatchObject({ code: "usage" });
    await readIn(cwd, "shop.duckdb", { query: "select * from orders" });
    expect(readFileSync(join(cwd, "shop.duckdb")).equals(before)).toBe(true);
    expect(readdirSync(cwd).sort()).toEqual(["secret.csv", "shop.duckdb"]);
  });

  test("that is damaged is an error", async () => {
    const cwd = await shop(orders);
    const path = join(cwd, "shop.duckdb");
    writeFileSync(path, readFileSync(path).fill(0xff, 4096));
    expect(await failureOf(readIn(cwd, "shop.duckdb"))).toMatchObject({ code: "data" });
  });

  test("is what --query is asked of, and not a file of rows", async () => {
    const cwd = folderWith(files);
    expect(await failureOf(readIn(cwd, "cars.csv", { query: "from x" }))).toMatchObject({
      code: "usage",
      message: expect.stringContaining("name the file in the query: select … from 'cars.csv'"),
    });
  });
});

test("the commands take a query where a table stands, and leave no copies behind", async () => {
  const rows = Array.from({ length: 40 }, (_, n) => `${n},${3 * n + 0.5}`);
  const cwd = folderWith({ "t.csv": `x,y\n${rows.join("\n")}\n` });
  const folder = folderWith({});
  vi.stubEnv("TMPDIR", folder);
  const query = ["--query", "select x, y from 't.csv' where x < 30"];
  const trained = await nabla(["train", ...query, "--target", "y", "--epochs", "1", "--json"], {
    cwd,
  });
  expect(JSON.parse(trained.stdout)).toMatchObject({
    model: "model.safetensors",
    rows: { train: 18, validation: 6, test: 6 },
  });
  const evaluated = await nabla(["evaluate", "model.safetensors", ...query, "--json"], { cwd });
  expect(JSON.parse(evaluated.stdout)).toMatchObject({ rows: 30 });
  const predicted = await nabla(["predict", "model.safetensors", ...query], { cwd });
  expect(predicted.stdout.split("\n")).toHaveLength(32);
  const over = await nabla(["predict", "model.safetensors", ...query, "--out", "t.csv"], { cwd });
  expect(over.stderr).toContain("t.csv would replace an input");
  expect(readdirSync(folder)).toEqual([]);
  vi.unstubAllEnvs();
  const none = await nabla(["evaluate", "model.safetensors"], { cwd });
  expect([none.code, none.stderr]).toEqual([
    64,
    expect.stringContaining("missing required argument 'table'"),
  ]);
});
