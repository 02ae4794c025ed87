import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../src/files/json.ts";
import { networkDefinition, tableSchema } from "../../src/files/model-parts.ts";

const target = { task: "regression", name: "y", type: "number", mean: 0, scale: 1 } as const;
const read = (feature: JsonValue) => tableSchema({ features: [feature], target }, "schema");

const when = {
  ...{ name: "when", type: "date", mean: 0, scale: 1 },
  ...{ cycles: ["day", "year"], missing: false },
} as const;
const port = {
  ...{ name: "port", type: "text", categories: ["a", "b"], other: true },
  ...{ missing: false, units: 4 },
} as const;

describe("features are read", () => {
  test.each([when, port, { ...port, other: true, missing: true }])(
    "as they were written",
    (feature) => {
      expect(read(feature).features).toEqual([feature]);
    },
  );

  test.each([
    [{ ...when, cycles: ["month"] }, 'cycles[0]: expected "day" or "week" or "year", got "month"'],
    [
      { ...when, type: "number" },
      'expected the fields name, type, mean, scale, missing, got "cycles" too',
    ],
    [{ ...port, other: false }, "other: expected true, got false"],
    [{ ...port, type: "boolean" }, '"units" too'],
    [{ ...port, units: 1.5 }, "units: expected an integer"],
    [{ ...port, categories: ["a", "a"] }, 'categories: expected each name once, got "a" again'],
  ] as [JsonValue, string][])("and refused with the place: %j", (feature, message) => {
    expect(() => read(feature)).toThrow(message);
  });
});

test("a network's embeddings are sizes, and nothing else", () => {
  const definition = { inputs: 0, layers: [{ layer: "dense", units: 1 }], cost: "squared-error" };
  const embeddings = [{ categories: 5, units: 2 }];
  const whole = { ...definition, embeddings };
  expect(networkDefinition(whole, "network")).toEqual(whole);
  expect(() =>
    networkDefinition({ ...definition, embeddings: [{ ...embeddings[0]!, table: [] }] }, "network"),
  ).toThrow('network.embeddings[0]: expected the fields categories, units, got "table" too');
});
