import { isDeepStrictEqual } from 'node:util';
import { jsonValueSchema } from '@epochal/contracts';
import { type core, z } from 'zod';

type Direction = 'input' | 'output';
type JsonSchema = Record<string, unknown>;
type Definitions = Record<string, JsonSchema>;

/** The end of a component's name when it describes an answer in which a request's defaults are filled in. */
const FILLED = 'WithDefaults';

// Any JSON: recursive, so it needs a name.
z.globalRegistry.add(jsonValueSchema, { id: 'JsonValue' });

/**
 * A zod schema as JSON Schema 2020-12, with its named parts as components. A part that is one thing in a request and another
 * in an answer, because defaults are filled in, has two components.
 */
export function schemaComponents(
  schema: z.ZodType,
  direction: Direction,
): { schema: JsonSchema; components: Definitions } {
  const { $defs, ...own } = jsonSchemaOf(schema, direction);
  const definitions = ($defs ?? {}) as Definitions;
  const asInput = (
    direction === 'input' ? definitions : (jsonSchemaOf(schema, 'input').$defs ?? {})
  ) as Definitions;
  const filled = Object.keys(definitions).filter(
    (name) => asInput[name] !== undefined && !isDeepStrictEqual(definitions[name], asInput[name]),
  );
  const nameOf = (name: string) => (filled.includes(name) ? name + FILLED : name);
  const components = Object.entries(definitions).map(([name, part]) => [
    nameOf(name),
    renameReferences(part, nameOf),
  ]);
  return { schema: renameReferences(own, nameOf), components: Object.fromEntries(components) as Definitions };
}

function jsonSchemaOf(schema: z.ZodType, io: Direction): JsonSchema {
  const { $schema: _, ...json } = withoutRepeats(
    z.toJSONSchema(schema, {
      io,
      target: 'draft-2020-12',
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => {
        // Answers may get new fields; only requests with unknown fields are refused.
        if (!isStrict(zodSchema) && jsonSchema.additionalProperties === false)
          delete jsonSchema.additionalProperties;
        // That JSON's whole numbers are exact says nothing about a field.
        if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
        if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
        // The format says the same.
        if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
      },
    }) as JsonSchema,
  );
  return json;
}

/** Forms of a request that become the same in an answer, such as a name that stands for a group, are listed once. */
function withoutRepeats<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map((item: unknown) => withoutRepeats(item)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, child]: [string, unknown]) => {
    const tidy = withoutRepeats(child);
    const isUnion = key === 'anyOf' && Array.isArray(tidy);
    return [key, isUnion ? distinct(tidy) : tidy] as const;
  });
  const [only, ...others] = entries;
  // A union of one is that one.
  if (only?.[0] === 'anyOf' && others.length === 0 && Array.isArray(only[1]) && only[1].length === 1) {
    return only[1][0] as Value;
  }
  return Object.fromEntries(entries) as Value;
}

const distinct = (items: readonly unknown[]): unknown[] =>
  items.filter((item, index) => items.findIndex((other) => isDeepStrictEqual(other, item)) === index);

const isStrict = ({ _zod: { def } }: core.$ZodTypes): boolean =>
  def.type === 'object' && def.catchall?._zod.def.type === 'never';

function renameReferences<Value>(value: Value, nameOf: (name: string) => string): Value {
  return JSON.parse(
    JSON.stringify(value, (key, inner: unknown) =>
      key === '$ref' && typeof inner === 'string'
        ? inner.replace(/^#\/\$defs\/(.+)$/, (_, name: string) => `#/components/schemas/${nameOf(name)}`)
        : inner,
    ),
  ) as Value;
}
