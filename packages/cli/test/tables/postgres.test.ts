import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readTable } from "../../src/tables/read-table.ts";
import { openTableStream, type ReadOptions } from "../../src/tables/table-stream.ts";
import { folderWith, nabla } from "../support.ts";
import { binaries, PASSWORD, type Server, startServer } from "./postgres-server.ts";
import { columns } from "./reading.ts";

const missing = binaries === undefined && process.env.CI !== "true";
const suite = missing
  ? "a PostgreSQL server (left out: Debian's package postgresql is not installed)"
  : "a PostgreSQL server";

const options = (): ReadOptions => ({ cwd: folderWith(), stdin: Readable.from([]) });

describe.skipIf(missing)(suite, () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer();
    await server.run("CREATE DATABASE shop");
    await server.run("CREATE DATABASE empty");
    await server.run("CREATE DATABASE single");
    await server.run(
      `CREATE TABLE orders (id int8, price numeric(10, 2), share numeric, good bool, day date,
         at timestamptz, local timestamp, name text, code char(3), weight float4, pieces int2);
       INSERT INTO orders VALUES
         (9007199254740993, 12.50, 1.0 / 3, true, '2020-01-02', '2020-01-02 01:00:00+01',
          '2020-01-01 12:00:00', 'it''s', 'a', 0.1, 3),
         (2, -0.01, 2, false, '1969-12-31', '1970-01-01 00:00:00+00', '1970-01-02 06:00:00', '', 'b', 2e10, NULL);
       CREATE SEQUENCE numbers;
       CREATE SCHEMA "my schema";
       CREATE TABLE "my schema"."o'x; --" AS SELECT 1 AS x;
       CREATE TABLE lists AS SELECT 1 AS x, ARRAY[1, 2] AS list, '{"a": 1}'::jsonb AS json`,
      "shop",
    );
    await server.run(
      "CREATE TABLE only_one AS SELECT n AS x, n * 2 AS y FROM generate_series(1, 5000) AS n",
      "single",
    );
  }, 60_000);
  afterAll(() => server?.stop());

  const read = (rest: string, more: Partial<ReadOptions> = {}) =>
    readTable(server.address(rest), { ...options(), ...more });
  const failure = (rest: string, more: Partial<ReadOptions> = {}) =>
    read(rest, more).then(
      () => expect.unreachable(),
      (error) => ({ code: error.code, message: error.message }),
    );

  test("its types become ours; long whole numbers are text, times are UTC", async () => {
    const table = await read("shop?table=orders");
    expect(columns(table)).toEqual([
      ["id", "text", ["9007199254740993", "2"]],
      ["price", "number", [12.5, -0.01]],
      ["share", "number", [1 / 3, 2]],
      ["good", "boolean", [true, false]],
      ["day", "date", [18263, -1]],
      ["at", "date", [18263, 0]],
      ["local", "date", [18262.5, 1.25]],
      ["name", "text", ["it's", ""]],
      ["code", "text", ["a  ", "b  "]],
      ["weight", "number", [0.1, 2e10]],
      ["pieces", "number", [3, Number.NaN]],
    ]);
  });

  test("the cells are kept as the server writes them", async () => {
    const { cells } = await read("shop?table=orders", { keepCells: true });
    expect([cells![1], cells![3], cells![10]]).toEqual([
      ["12.50", "-0.01"],
      ["true", "false"],
      ["3", null],
    ]);
  });

  test("the only table needs no name, and keeps its order through many batches", async () => {
    const { rows, columns } = await read("single");
    expect(rows).toBe(5000);
    expect([...columns[1]!.values]).toEqual(Array.from({ length: 5000 }, (_, n) => 2 * (n + 1)));
  });

  test("a query chooses rows, and keeps their order; comments and a semicolon do no harm", async () => {
    const query = "select x, -x as minus from only_one where x % 1000 = 0 order by x desc; -- all";
    expect(columns(await read("single", { query: query.replace("; -- all", "; ") }))).toEqual([
      ["x", "number", [5000, 4000, 3000, 2000, 1000]],
      ["minus", "number", [-5000, -4000, -3000, -2000, -1000]],
    ]);
    expect((await read("single", { query: `${query.replace(";", "")}` })).rows).toBe(5);
  });

  test("a name with quotes, spaces and SQL in it is only a name", async () => {
    const table = encodeURIComponent("my schema.o'x; --");
    expect(columns(await read(`shop?table=${table}`))).toEqual([["x", "number", [1]]]);
  });

  test("several tables are listed, and a wrong name is answered with them", async () => {
    expect((await failure("shop")).message).toMatch(
      /^postgres:\/\/nabla@127\.0\.0\.1:\d+\/shop: expected one table, got lists, orders, "my schema"\."o'x; --"; choose with --query/,
    );
    expect(await failure("shop?table=order")).toMatchObject({
      code: "usage",
      message: expect.stringContaining('has no table "order"; tables: lists, orders, '),
    });
    expect((await failure("empty")).message).toMatch(/expected one table, got none$/);
  });

  test("arrays and JSON are nested", async () => {
    expect((await failure("shop?table=lists")).message).toMatch(
      /row 1: column "list" holds "\{1,2\}", which is not a single value/,
    );
    const types = new Map([["list", "text"]] as const);
    expect((await failure("shop?table=lists", { types })).message).toMatch(/column "json" holds/);
  });

  test.each([
    ["select nothing from orders", "usage", '--query: column "nothing" does not exist'],
    ["delete from orders", "usage", "--query: syntax error at or near"],
    ["select 1); drop table orders; (select 2", "usage", "--query: "],
    ["copy orders to program 'true'", "usage", "--query: syntax error"],
    ["select nextval('numbers')", "usage", "--query: cannot execute nextval() in a read-only"],
    ["select 1 / (pieces - 3) as x from orders", "usage", "--query: division by zero"],
    ["select 1 as x, 2 as x", "data", 'expected a different name for each column, got "x" twice'],
    ["select * from orders where false", "data", "expected rows of data, got none"],
  ])("the query %j is an error", async (query, code, message) => {
    expect(await failure("shop", { query })).toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  test("a pass may be repeated, and two go on side by side", async () => {
    const stream = await openTableStream(server.address("single"), options());
    const passes = [stream.pass(), stream.pass()].map(async (pass) => {
      let sum = 0;
      for await (const { columns } of pass)
        for (const x of columns[0]!.values as Float64Array) sum += x;
      return sum;
    });
    expect(await Promise.all(passes)).toEqual([12_502_500, 12_502_500]);
    await stream.dispose();
  });

  test("an abort ends a query that goes on, with its reason", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort("SIGINT"), 200);
    const { signal } = controller;
    const query = "select pg_sleep(60)";
    await expect(read("single", { query, signal })).rejects.toBe("SIGINT");
  });

  test("the examples of the documentation run", async () => {
    await server.run("CREATE DATABASE docs");
    await server.run(
      "CREATE TABLE orders AS SELECT n AS pieces, n * 1.5 AS price FROM generate_series(1, 40) AS n",
      "docs",
    );
    const page = readFileSync(join(import.meta.dirname, "../../../../docs/tables.md"), "utf8");
    const examples = page.match(/^nabla .*postgres:\/\/nabla@localhost\/shop.*$/gm) ?? [];
    expect(examples).toHaveLength(2);
    for (const example of examples) {
      const [, ...args] = [...example.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) =>
        (a ?? b ?? c!).replace("postgres://nabla@localhost/shop", server.address("docs")),
      );
      const { code, stdout } = await nabla([...args, "--epochs", "1", "--json"], {
        cwd: folderWith(),
      });
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ rows: { train: 24, validation: 8, test: 8 } });
    }
  });

  test("the password stands in no output and in no file", async () => {
    const cwd = folderWith();
    const secret = [PASSWORD, encodeURIComponent(PASSWORD)];
    const { code, stdout, stderr } = await nabla(
      ["train", server.address("single"), "--target", "y", "--task", "regression", "--epochs", "1"],
      { cwd },
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/y in postgres:\/\/nabla@127\.0\.0\.1:\d+\/single: regression/);
    expect(stdout).toContain("Written to single.safetensors");
    const file = readFileSync(`${cwd}/single.safetensors`, "latin1");
    for (const text of secret) expect(`${stdout}${stderr}${file}`).not.toContain(text);

    for (const wrong of [
      server.address("nowhere"),
      server.address("single").replace("nabla:", "nobody:"),
      server.address("single").replace(/:\d+\//, ":1/"),
      `postgres://nabla:${PASSWORD}@127.0.0.1/x`,
      `postgres://127.0.0.1:1/x?user=nabla&password=${encodeURIComponent(PASSWORD)}`,
    ]) {
      const outcome = await nabla(["train", wrong, "--target", "y"], { cwd });
      expect([64, 66]).toContain(outcome.code);
      expect(outcome.stderr).toMatch(/^nabla: postgres:\/\//);
      for (const text of [...secret, "s3cret"]) expect(outcome.stderr).not.toContain(text);
    }
  });
});
