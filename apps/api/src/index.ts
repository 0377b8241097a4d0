export { createApp, type CreateAppOptions } from './create-app.js';
export { describeApi } from './describe-api.js';
export { ensureFirstKey, type FirstKeyOptions } from './modules/keys/first-key.js';
