import { AsyncLocalStorage } from 'node:async_hooks';

/** What a line of the log belongs to: the request that is answered, the job that is worked on. */
export interface LogContext {
  readonly request_id?: string;
  readonly project_id?: string;
  readonly job_id?: string;
  readonly attempt?: number;
}

const contexts = new AsyncLocalStorage<LogContext>();

/** Runs `work`, and all that it starts, with these fields on every line of the log; inner fields add to outer ones. */
export function withContext<Result>(fields: LogContext, work: () => Result): Result {
  return contexts.run({ ...contexts.getStore(), ...fields }, work);
}

/** The fields of the request or job that the running code belongs to; none outside of {@link withContext}. */
export function currentContext(): LogContext {
  return contexts.getStore() ?? {};
}
