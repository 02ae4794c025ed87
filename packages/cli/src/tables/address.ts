/** What stands where a table stands: how messages show it, and what a model of it is called. */

import { basename } from "node:path";
import { NablaError } from "nabla";

export type Address =
  | { readonly kind: "standard input" }
  | { readonly kind: "path" }
  | { readonly kind: "postgres"; readonly url: URL }
  | { readonly kind: "url"; readonly url: URL };

/** What kind of place a text names. Throws where it begins as an address and is none. */
export function addressOf(given: string): Address {
  if (given === "-") return { kind: "standard input" };
  if (!isUrl(given)) return { kind: "path" };
  if (!URL.canParse(given)) {
    const [where, got] = [shownName(given), "something else"];
    const expected = "an address such as postgres://user@host/database";
    const message = `${where} cannot be understood; expected ${expected}`;
    throw new NablaError("usage", message, { where, expected, got });
  }
  const url = new URL(given);
  return { kind: /^postgres(ql)?:$/.test(url.protocol) ? "postgres" : "url", url };
}

export const isUrl = (text: string): boolean => /^[a-z][a-z0-9+.-]+:\/\//i.test(text);

/**
 * The name that messages, models and logs show. Of an address, neither the password nor what follows
 * a question mark, where passwords stand too; and nothing where a password may have been torn apart.
 */
export function shownName(given: string | undefined): string {
  if (given === undefined) return "the query";
  if (given === "-") return "standard input";
  if (!isUrl(given)) return given;
  const scheme = given.slice(0, given.indexOf(":"));
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || `${url.search}${url.hash}`.includes("@")) return `${scheme}://…`;
  const user = url.username === "" ? "" : `${url.username}@`;
  return `${scheme}://${user}${url.host}${url.pathname}`;
}

/**
 * `data/penguins.json.gz` → `penguins`; `data/2024-*.csv` → `2024`; a server → its table or database;
 * where nothing has a name → `table`, and for a query over files → `model`.
 */
export function baseName(given: string | undefined): string {
  if (given === undefined) return "model";
  const address = addressOf(given);
  switch (address.kind) {
    case "standard input":
      return "table";
    case "path":
      return stem(given);
    case "url":
      return stem(decoded(address.url.pathname));
    case "postgres":
      return stem(address.url.searchParams.get("table") ?? decoded(address.url.pathname));
    default:
      throw address satisfies never;
  }
}

function stem(path: string): string {
  const name = basename(path).replace(/\.gz$/i, "");
  const whole = name.replace(/(.)\.[^.]*$/, "$1");
  const plain = whole.replace(/\[[^\]]*\]|[*?]/g, "");
  const cut = plain === whole ? whole : plain.replace(/^[-_. ]+|[-_. ]+$/g, "");
  return cut === "" ? "table" : cut;
}

/** A path whose percent signs mean nothing stays as it is. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Of any address that a table or a query names. */
export function networkRefused(where: string): NablaError {
  const remedy = "download it first, or allow it with --allow-network";
  return new NablaError("usage", `${where} is an address in a network; ${remedy}`, {
    where,
    expected: "the path of a file",
    got: "an address",
    remedy,
  });
}
