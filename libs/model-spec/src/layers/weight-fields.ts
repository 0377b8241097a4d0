import type { KerasObject } from '@epochal/contracts';
import type { ObjectValue } from '../catalogue/object-field.js';
import { constraintField } from '../constraints/index.js';
import { initializerField } from '../initializers/index.js';
import type { WeightSpec } from '../layer-definition.js';
import { regularizerField } from '../regularizers/index.js';

type WeightKeys<Role extends string> = {
  [Key in `${Role}_initializer`]: ReturnType<ReturnType<typeof initializerField>['default']>;
} & {
  [Key in `${Role}_regularizer`]: ReturnType<typeof regularizerField>;
} & { [Key in `${Role}_constraint`]: ReturnType<typeof constraintField> };

/** The three config keys that Keras has for a weight: `<role>_initializer`, `_regularizer`, `_constraint`. */
export function weightFields<const Role extends string>(role: Role, initializer: string): WeightKeys<Role> {
  return {
    [`${role}_initializer`]: initializerField(`${role}_initializer`).default(() =>
      initializerField(role).parse(initializer),
    ),
    [`${role}_regularizer`]: regularizerField(`${role}_regularizer`),
    [`${role}_constraint`]: constraintField(`${role}_constraint`),
  } as unknown as WeightKeys<Role>;
}

type WeightConfig<Role extends string> = {
  [Key in `${Role}_initializer`]: ObjectValue;
} & { [Key in `${Role}_regularizer` | `${Role}_constraint`]: ObjectValue | null };

/** A trainable weight that a role's three config keys describe. Its path is the role unless given. */
export function trainableWeight<const Role extends string>(
  config: WeightConfig<Role>,
  role: Role,
  shape: readonly number[],
  path: string = role,
): WeightSpec {
  const keys = config as Readonly<Record<string, ObjectValue | null>>;
  return {
    path,
    shape,
    dtype: 'float32',
    trainable: true,
    initializer: keys[`${role}_initializer`] as ObjectValue,
    regularizer: keys[`${role}_regularizer`] ?? null,
    constraint: keys[`${role}_constraint`] ?? null,
  };
}

/** A weight that the layer itself updates. */
export function stateWeight(
  path: string,
  shape: readonly number[],
  initializer: KerasObject,
  dtype: 'float32' | 'int32' = 'float32',
): WeightSpec {
  return { path, shape, dtype, trainable: false, initializer };
}
