export {
  CALLBACK_CONFIGS,
  UNSUPPORTED_CALLBACKS,
  type CallbackConfig,
  type CallbackDescription,
  type CallbackName,
} from './callback-configs.js';
export { readCallbacks } from './read-callbacks.js';
