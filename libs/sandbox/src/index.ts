export {
  confine,
  detectSandbox,
  type SandboxedProgram,
  type SandboxMode,
  SandboxUnavailableError,
  type SpawnArguments,
} from './sandbox.js';
