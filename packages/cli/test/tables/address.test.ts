import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { shownName } from "../../src/tables/address.ts";
import { folderWith } from "../support.ts";
import { columns, failureOf, readIn } from "./reading.ts";

test.each([
  ["postgres://me:secret@host:5432/db?table=t&password=secret", "postgres://me@host:5432/db"],
  ["postgresql://me:se%40cret@host/db", "postgresql://me@host/db"],
  ["postgres://me:se@cret@host/db", "postgres://me@host/db"],
  ["postgres://me:se?cret@host/db", "postgres://…"],
  ["postgres://me:12?secret@host/db", "postgres://…"],
  ["postgres://me:12#secret@host/db", "postgres://…"],
  ["postgres://me:se/cret@host/db", "postgres://…"],
  ["https://me:secret@host/t.csv?key=secret#secret", "https://me@host/t.csv"],
  ["C:\\data\\me@x.csv", "C:\\data\\me@x.csv"],
  ["-", "standard input"],
  [undefined, "the query"],
])("of %s messages show %s", (given, shown) => {
  expect(shownName(given)).toBe(shown);
});

/** A server of these answers, and its address. */
async function serve(answers: Record<string, string>): Promise<string> {
  const server = createServer(({ url = "" }, response) => {
    const answer = answers[url];
    response.writeHead(answer === undefined ? 404 : 200).end(answer);
  });
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a table is fetched where the network is allowed, and not where it is not", async () => {
  const host = await serve({ "/t.csv?v=1": "a\n1\n2\n" });
  const cwd = folderWith();
  const table = await readIn(cwd, `${host}/t.csv?v=1`, { allowNetwork: true });
  expect(table.name).toBe(`${host}/t.csv`);
  expect(columns(table)).toEqual([["a", "number", [1, 2]]]);
  expect(await failureOf(readIn(cwd, `${host}/t.csv?v=1`))).toMatchObject({
    code: "usage",
    remedy: "download it first, or allow it with --allow-network",
  });
});

test("a name and a password in an address are sent, and in no message", async () => {
  const server = createServer(({ headers }, response) => {
    const known = headers.authorization === `Basic ${btoa("me:se@cret")}`;
    response.writeHead(known ? 200 : 401).end("a\n1\n");
  });
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  onTestFinished(() => void server.close());
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const read = (login: string) =>
    readIn(folderWith(), `http://${login}@${host}/t.csv`, { allowNetwork: true });
  expect((await read("me:se%40cret")).name).toBe(`http://me@${host}/t.csv`);
  expect((await failureOf(read("me:wrong"))).message).toBe(
    `http://me@${host}/t.csv cannot be opened: the server answers 401`,
  );
});

test("what the network does not give is no input, and other protocols are named", async () => {
  const host = await serve({});
  const failing = (given: string) => failureOf(readIn(folderWith(), given, { allowNetwork: true }));
  expect(await failing(`${host}/t.csv`)).toMatchObject({
    code: "no-input",
    message: `${host}/t.csv cannot be opened: the server answers 404`,
  });
  expect(await failing("http://127.0.0.1:1/t.csv")).toMatchObject({ code: "no-input" });
  expect(await failing("s3://bucket/t.parquet")).toMatchObject({
    code: "usage",
    message: expect.stringContaining("nabla cannot read s3://, only http:// and https://"),
  });
});
