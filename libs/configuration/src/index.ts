export type {
  Configuration,
  QueueConfiguration,
  SigningConfiguration,
  StorageConfiguration,
} from './configuration.js';
export { ConfigurationError, type ConfigurationProblem } from './configuration-error.js';
export { readConfiguration } from './read-configuration.js';
export { readSigningSecret } from './signing-secret.js';
export { variablesTable } from './variables-table.js';
