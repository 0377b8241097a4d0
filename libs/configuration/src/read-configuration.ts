import { configurationOf, type Configuration } from './configuration.js';
import { ConfigurationError, type ConfigurationProblem } from './configuration-error.js';
import {
  environmentSchema,
  variableDocumentation,
  type Environment,
  type VariableName,
} from './environment-schema.js';

/**
 * Validates environment variables and arranges them as settings. Reads and writes nothing else.
 *
 * @param environment usually `process.env`; variables that Epochal does not know are ignored
 * @throws {ConfigurationError} naming every variable that is missing, malformed or at odds with another
 */
export function readConfiguration(environment: Readonly<Record<string, string | undefined>>): Configuration {
  const given = withoutBlanks(environment);
  const problems: ConfigurationProblem[] = [];
  const values: Partial<Environment> = {};
  for (const variable of variableNames()) {
    const result = environmentSchema.shape[variable].safeParse(given[variable]);
    if (result.success) Object.assign(values, { [variable]: result.data });
    else
      problems.push({
        variable,
        problem: whatIsWrong(variable, given[variable]),
        expected: expected(variable),
      });
  }
  // One variable's mistake must not hide another's: these run on whatever was valid so far.
  problems.push(...incompleteS3(given), ...heartbeatTooSlow(values));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return configurationOf(environmentSchema.parse(given));
}

/** The names of all variables, in the order in which the README lists them. */
export function variableNames(): VariableName[] {
  return Object.keys(environmentSchema.shape) as VariableName[];
}

function withoutBlanks(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const trimmed = Object.entries(environment).map(([name, value]) => [name, value?.trim() ?? ''] as const);
  return Object.fromEntries(trimmed.filter(([, value]) => value !== ''));
}

function whatIsWrong(variable: VariableName, value: string | undefined): string {
  if (value === undefined) return 'is missing';
  const { secret } = variableDocumentation.get(environmentSchema.shape[variable]) ?? {};
  return secret ? 'has a value that is not valid (not shown: it may hold a password)' : `is "${value}"`;
}

function expected(variable: VariableName): string {
  return variableDocumentation.get(environmentSchema.shape[variable])?.expected ?? 'another value';
}

const s3Variables = ['S3_ENDPOINT', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY', 'S3_BUCKET'] as const;

function incompleteS3(given: Record<string, string>): ConfigurationProblem[] {
  const present = [...s3Variables, 'S3_REGION' as const].filter((variable) => given[variable] !== undefined);
  if (present.length === 0) return [];
  const missing = s3Variables.filter((variable) => given[variable] === undefined);
  return missing.map((variable) => ({
    variable,
    problem: `is missing, although ${present.join(', ')} ${present.length === 1 ? 'is' : 'are'} set`,
    expected: `${expected(variable)}, or none of the S3 variables to keep objects as files`,
  }));
}

function heartbeatTooSlow({
  HEARTBEAT_SECONDS,
  LEASE_SECONDS,
}: Partial<Environment>): ConfigurationProblem[] {
  if (HEARTBEAT_SECONDS === undefined || LEASE_SECONDS === undefined) return [];
  if (HEARTBEAT_SECONDS * 2 <= LEASE_SECONDS) return [];
  return [
    {
      variable: 'HEARTBEAT_SECONDS',
      problem: `is "${HEARTBEAT_SECONDS}", but LEASE_SECONDS is "${LEASE_SECONDS}"`,
      expected: `at most ${Math.floor(LEASE_SECONDS / 2)}, half of the lease, so that one lost heartbeat costs no job`,
    },
  ];
}
