import { environmentSchema, variableDocumentation, type VariableName } from './environment-schema.js';
import { variableNames } from './read-configuration.js';

/** The Markdown table of all environment variables that the README shows. */
export function variablesTable(): string {
  const rows = variableNames().map((variable) => {
    const documentation = variableDocumentation.get(environmentSchema.shape[variable]);
    const cells = [`\`${variable}\``, documentation?.purpose, whenAbsent(variable), documentation?.expected];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| variable | what it sets | when absent | a right value |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function whenAbsent(variable: VariableName): string {
  const schema = environmentSchema.shape[variable];
  if (schema.def.type === 'prefault') return `\`${String(schema.def.defaultValue)}\``;
  if (schema.def.type !== 'optional') return '**required**';
  return variableDocumentation.get(schema)?.whenAbsent ?? '';
}
