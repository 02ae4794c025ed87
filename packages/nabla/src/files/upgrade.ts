/**
 * Model files of earlier formats: each part becomes what it would be in the next format, as plain data,
 * until it is of the present one. So the readers of the parts know one format only.
 */

import { dataError, type JsonValue, quoted } from "./json.ts";
import { isRecord } from "./plain.ts";

/** What is written. */
export const FORMAT_VERSION = 2;

/** What is read. */
export const formatVersions = [1, FORMAT_VERSION] as const;

type Upgrade = (part: JsonValue, where: string) => JsonValue;

/** Of the parts that changed, by the version that they change from. */
const upgrades: Readonly<Record<number, Readonly<Record<string, Upgrade>>>> = {
  1: {
    // Dates had no cycles, and rare and unknown categories no slot
    schema: mapFeatures({
      date: { cycles: [] },
      text: { other: false },
      boolean: { other: false },
    }),
  },
};

/** A part as the present format has it; what is not of its own format is left as it is, or refused. */
export function upgraded(
  part: JsonValue,
  { name, where, format }: { name: string; where: string; format: number },
): JsonValue {
  let value = part;
  for (let version = format; version < FORMAT_VERSION; version++) {
    const upgrade = upgrades[version]?.[name];
    if (upgrade !== undefined) value = upgrade(value, where);
  }
  return value;
}

/** Adds fields to the features of a schema, by their types. */
function mapFeatures(
  added: Readonly<Record<string, { readonly [name: string]: JsonValue }>>,
): Upgrade {
  return (schema, where) => {
    if (!isRecord(schema) || !Array.isArray(schema.features)) return schema;
    const features = schema.features.map((feature: JsonValue, i) => {
      const type = isRecord(feature) ? feature.type : undefined;
      if (!isRecord(feature) || typeof type !== "string" || !Object.hasOwn(added, type))
        return feature;
      const early = Object.keys(added[type]!).find((name) => Object.hasOwn(feature, name));
      if (early === undefined) return { ...feature, ...added[type] };
      const place = `${where}.features[${i}]`;
      throw dataError(place, "the fields of its format", `${quoted(early)} too`);
    });
    return { ...schema, features };
  };
}
