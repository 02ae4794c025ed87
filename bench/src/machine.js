// Where this runs: the processor, the Nodes, the Python with its BLAS, the versions of the rivals.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

const pathOf = (relative) => fileURLToPath(new URL(relative, import.meta.url));
export const pythonScript = pathOf("rivals/python.py");

export function processor() {
  const info = existsSync("/proc/cpuinfo") ? readFileSync("/proc/cpuinfo", "utf8") : "";
  return {
    name: cpus()[0]?.model ?? "unknown processor",
    cores: availableParallelism(),
    memory: Math.round(totalmem() / 2 ** 30),
    avx512: /\bavx512f\b/.test(info),
    // Of the minute before: what else ran here
    load: loadavg()[0],
  };
}

/**
 * Node 24 from npm, where it was installed (it exists for one platform), and the Node that runs this.
 * @returns {{ name: string, version: string, executable: string }[]}
 */
export function nodes() {
  const described = (executable) => {
    const version = execFileSync(executable, ["--version"], { encoding: "utf8" }).trim();
    return { name: `Node ${version.slice(1).split(".")[0]}`, version, executable };
  };
  // Within npm scripts `node` is the one from npm; the one that npm runs under is meant
  const own = described(process.env.npm_node_execpath ?? process.execPath);
  const newer = pathOf("../node_modules/node24/bin/node");
  if (!existsSync(newer)) return [own];
  const node24 = described(newer);
  return node24.name === own.name ? [own] : [node24, own];
}

const pythons = ["/usr/bin/python3", "python3"];

/**
 * A Python that has PyTorch or scikit-learn, what is in it, and the environment to run it in.
 * OpenBLAS 0.3.21 does not know some processors with AVX-512 and takes its kernels for Prescott, of
 * the year 2004; there it is told to take those of SkylakeX.
 */
export function python(hasAvx512) {
  for (const executable of pythons) {
    const found = versionsOf(executable, {});
    if (found?.torch === undefined && found?.sklearn === undefined) continue;
    if (found.core === "Prescott" && hasAvx512) {
      const environment = { OPENBLAS_CORETYPE: "SkylakeX" };
      const note = `OpenBLAS ${found.openblas} took this processor for a Prescott; it ran with OPENBLAS_CORETYPE=SkylakeX.`;
      return { executable, versions: versionsOf(executable, environment), environment, note };
    }
    const given = process.env.OPENBLAS_CORETYPE;
    const note = given && `OPENBLAS_CORETYPE=${given} was set in the environment.`;
    return { executable, versions: found, environment: {}, note };
  }
}

function versionsOf(executable, environment) {
  try {
    const env = { ...process.env, ...environment };
    const options = { env, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] };
    return JSON.parse(execFileSync(executable, [pythonScript, "--versions"], options));
  } catch {
    return undefined;
  }
}

/** What is installed here, by name. */
export function versionsOfPackages() {
  const { dependencies } = createRequire(import.meta.url)("../package.json");
  const own = JSON.parse(readFileSync(pathOf("../../packages/nabla/package.json"), "utf8"));
  return { nabla: own.version, ...dependencies };
}
