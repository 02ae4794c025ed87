/** The exported module in a page that may make no code from text, where there is a browser. */

import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";
import { expect, test } from "vitest";
import { exportJavaScript } from "../../../src/files/javascript/export.ts";
import { dense, network } from "../../../src/network.ts";

const folders = (process.env.PATH ?? "").split(delimiter);
const executablePath = folders
  .flatMap((folder) => [join(folder, "chromium"), join(folder, "google-chrome")])
  .find((path) => existsSync(path));

// bash .ci/run installs Chromium; engines.test.ts fails in CI where there is none
test.skipIf(executablePath === undefined)(
  "under a strict content security policy Chromium predicts what Node does",
  async () => {
    const layers = [dense(70, "gelu"), dense(3, "softmax")];
    const net = network({ inputs: 2, layers, cost: "cross-entropy", backend: "evaluate", seed: 3 });
    const rows = [
      [1, 2],
      [-0.5, 0.25],
    ];
    const browser = await chromium.launch({ executablePath: executablePath! });
    try {
      const page = await browser.newPage();
      const headers = { "content-security-policy": "default-src 'none'; script-src 'self'" };
      await page.route("**/*", (route) =>
        route.fulfill(
          route.request().url().endsWith(".js")
            ? { contentType: "text/javascript", headers, body: exportJavaScript(net) }
            : { contentType: "text/html", headers, body: "<title>page</title>" },
        ),
      );
      await page.goto("http://localhost/");
      const script = `import("/model.js").then(({ predict }) => {
        let strict = false;
        try { Function("1"); } catch { strict = true; }
        return { strict, got: predict(${JSON.stringify(rows)}) };
      })`;
      const { strict, got } = (await page.evaluate(script)) as { strict: boolean; got: number[][] };
      expect(strict).toBe(true);
      for (const [n, row] of net.predict(rows).entries())
        for (const [k, value] of row.entries()) expect(got[n]![k]).toBeCloseTo(value, 6);
    } finally {
      await browser.close();
    }
  },
);
