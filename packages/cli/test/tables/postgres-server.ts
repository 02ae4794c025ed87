/** A PostgreSQL server of Debian's package: on loopback, in a folder of its own, gone with the tests. */

import { execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";

const PACKAGES = "/usr/lib/postgresql";

/** Where the newest version's programs are, if any is installed. */
export const binaries: string | undefined = (existsSync(PACKAGES) ? readdirSync(PACKAGES) : [])
  .sort((a, b) => Number(b) - Number(a))
  .map((version) => join(PACKAGES, version, "bin"))
  .find((folder) => existsSync(join(folder, "initdb")));

export const PASSWORD = "s3cret?#@/";

export interface Server {
  /** `postgres://nabla:…@127.0.0.1:54321/` and what stands after it. */
  address(rest: string): string;
  /** Runs SQL, in the database "postgres" unless another is named. */
  run(sql: string, database?: string): Promise<void>;
  stop(): Promise<void>;
}

/** The server refuses to run as root, so there it runs as the user of its package. */
function userOfServer(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string) =>
    Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: idOf("-u"), gid: idOf("-g") };
}

export async function startServer(): Promise<Server> {
  const user = userOfServer();
  const folder = mkdtempSync(join(tmpdir(), "nabla-postgres-"));
  const passwords = join(folder, "password");
  writeFileSync(passwords, PASSWORD);
  if (user.uid !== undefined)
    for (const path of [folder, passwords]) chownSync(path, user.uid, user.gid!);
  const data = join(folder, "data");
  const initial = ["-D", data, "-U", "nabla", "--auth=scram-sha-256", `--pwfile=${passwords}`];
  const options = { ...user, cwd: folder, stdio: "ignore" } as const;
  execFileSync(join(binaries!, "initdb"), [...initial, "--no-sync", "--encoding=UTF8"], options);

  const port = await freePort();
  const settings = [
    `port=${port}`,
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off",
  ];
  const flags = settings.flatMap((setting) => ["-c", setting]);
  const server = spawn(join(binaries!, "postgres"), ["-D", data, ...flags], options);
  const ended = new Promise<void>((settle) => server.on("close", () => settle()));
  const address = (rest: string) =>
    `postgres://nabla:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${rest}`;
  const run = async (sql: string, database = "postgres") => {
    const client = new Client(address(database));
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  const stop = async () => {
    server.kill("SIGINT"); // a fast shutdown
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  await answering(run);
  return { address, run, stop };
}

async function answering(run: Server["run"]): Promise<void> {
  for (let trial = 0; ; trial++) {
    try {
      return await run("SELECT 1");
    } catch (error) {
      if (trial === 100) throw error;
      await new Promise((settle) => setTimeout(settle, 100));
    }
  }
}

const freePort = (): Promise<number> =>
  new Promise((settle, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => settle(typeof address === "object" ? address!.port : 0));
    });
  });
