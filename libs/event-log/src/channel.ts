/** Postgres channels. Payloads: `<job id>:<last seq>` for events, the job id for control. */
export const EVENTS_CHANNEL = 'job_events';
export const CONTROL_CHANNEL = 'job_control';
