/** What is given where a table stands → the files to read. */

import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { Readable } from "node:stream";
import { NablaError } from "nabla";
import { inputError, systemMessage } from "../errors.ts";
import { addressOf, networkRefused, shownName } from "./address.ts";
import { expandGlob, hasPattern } from "./glob.ts";
import { copySource, openPath, type Source, type SourceOptions } from "./source.ts";

/**
 * Opens what is given: a path, a pattern of paths (unless a file is so named), an address, standard
 * input where it is "-", or nothing but a query. Throws where there is nothing.
 */
export async function openSources(
  given: string | undefined,
  options: SourceOptions,
): Promise<readonly Source[]> {
  const { query } = options;
  if (given === undefined) {
    if (query === undefined) throw new Error("internal: neither a table nor a query");
    return [await querySource(query, options)];
  }
  const address = addressOf(given);
  if (address.kind === "postgres") {
    const { postgresSource } = await import("./postgres.ts");
    return [await postgresSource(address.url, { ...options, name: shownName(given) })];
  }
  if (query !== undefined) return [await querySource(query, { ...options, database: given })];
  switch (address.kind) {
    case "standard input":
      return [await copySource("standard input", options.stdin, options.signal)];
    case "url":
      return [await fetchSource(address.url, { ...options, name: shownName(given) })];
    case "path":
      return openPaths(given, options);
    default:
      throw address satisfies never;
  }
}

/** A file, or the files of a pattern. */
async function openPaths(given: string, options: SourceOptions): Promise<Source[]> {
  const found = await stat(resolve(options.cwd, given))
    .then(
      () => [given],
      (error) => (hasPattern(given) ? expandGlob(given, options) : Promise.reject(error)),
    )
    .catch((error) => {
      throw inputError(given, error);
    });
  if (found.length === 0) throw inputError(given, new Error("no file has such a name"));
  const sources: Source[] = [];
  try {
    for (const path of found) sources.push(await openPath(path, options));
    return sources;
  } catch (error) {
    await Promise.all(sources.map((source) => source.dispose()));
    throw error;
  }
}

async function querySource(
  query: string,
  options: SourceOptions & { readonly database?: string },
): Promise<Source> {
  const { runQuery } = await import("./query.ts");
  return runQuery(query, options);
}

async function fetchSource(
  url: URL,
  { name, allowNetwork, signal }: SourceOptions & { readonly name: string },
): Promise<Source> {
  if (!allowNetwork) throw networkRefused(name);
  if (!/^https?:$/.test(url.protocol)) throw protocolUnknown(name, url.protocol);
  const response = await fetch(...requestOf(url, signal)).catch((error) => {
    signal?.throwIfAborted();
    throw inputError(name, error instanceof Error && error.cause ? error.cause : error);
  });
  if (!response.ok || response.body === null)
    throw inputError(name, new Error(`the server answers ${response.status}`));
  try {
    return await copySource(name, Readable.from(response.body), signal);
  } catch (error) {
    signal?.throwIfAborted();
    throw inputError(name, new Error(systemMessage(error)));
  }
}

/** The name and the password before an @ go into a header; `fetch` takes no address that has them. */
function requestOf(given: URL, signal: AbortSignal | undefined): Parameters<typeof fetch> {
  const url = new URL(given);
  [url.username, url.password] = ["", ""];
  const login = [given.username, given.password].map(decodeURIComponent).join(":");
  const authorization = `Basic ${Buffer.from(login).toString("base64")}`;
  const headers: Record<string, string> = given.username === "" ? {} : { authorization };
  return [url, { headers, ...(signal && { signal }) }];
}

function protocolUnknown(where: string, protocol: string): NablaError {
  const remedy = "download it first";
  const message = `${where}: nabla cannot read ${protocol}//, only http:// and https://; ${remedy}`;
  return new NablaError("usage", message, {
    where,
    expected: "http or https",
    got: protocol,
    remedy,
  });
}
