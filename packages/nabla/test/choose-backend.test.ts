import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const fresh = async () => {
  vi.resetModules();
  return import("../src/choose-backend.ts");
};

/** As under a content security policy without wasm-unsafe-eval. */
const forbid = (): void => {
  vi.stubGlobal("WebAssembly", {
    Module() {
      throw new Error("Wasm code generation disallowed by embedder");
    },
  });
};

test("auto is the compiled backend where WebAssembly may be compiled", async () => {
  const { chooseBackend } = await fresh();
  expect(chooseBackend("auto", "float32").name).toBe("wasm");
  expect(chooseBackend("evaluate", "float32").name).toBe("evaluate");
});

test("auto is evaluate where it may not, and says so once", async () => {
  const { chooseBackend } = await fresh();
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  forbid();
  expect(chooseBackend("auto", "float32").name).toBe("evaluate");
  expect(chooseBackend("auto", "float64").name).toBe("evaluate");
  expect(warn.mock.calls).toEqual([
    ["nabla: WebAssembly may not be compiled here; networks run in plain loops"],
  ]);
});

test("a backend that was asked for by name is never another", async () => {
  const { chooseBackend } = await fresh();
  forbid();
  expect(() => chooseBackend("wasm", "float32")).toThrow(
    "this platform does not compile WebAssembly; leave the backend out",
  );
  expect(() => chooseBackend("blas" as "wasm", "float32")).toThrow(
    'unknown backend "blas"; known: auto, evaluate, wasm',
  );
});
