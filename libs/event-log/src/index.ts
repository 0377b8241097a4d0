export { appendEvents, type TimedDraft } from './append.js';
export { changeStatus, type ChangedStatus, type StatusChange } from './change-status.js';
export { CONTROL_CHANNEL, EVENTS_CHANNEL } from './channel.js';
export { StaleAttemptError } from './errors.js';
export { EventTail, type Notifications } from './event-tail.js';
export { followEvents, type FollowOptions, isLast } from './follow.js';
export { type EventRange, readEvents } from './read.js';
export type { Sql } from './sql.js';
