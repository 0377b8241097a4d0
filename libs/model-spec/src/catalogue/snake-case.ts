/** Keras's own rule (keras.src.utils.naming.to_snake_case): `L1L2` becomes `l1l2`, `MaxNorm` becomes `max_norm`. */
export function toSnakeCase(name: string): string {
  return name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}
