import { jsonPointer, type Callback, type ProblemError } from '@epochal/contracts';
import {
  CALLBACK_CONFIGS,
  UNSUPPORTED_CALLBACKS,
  type CallbackDescription,
  type CallbackName,
} from './callback-configs.js';
import { nearestNames } from '../catalogue/nearest-names.js';

const NAMES = Object.keys(CALLBACK_CONFIGS) as CallbackName[];
const isCallbackName = (name: string): name is CallbackName => Object.hasOwn(CALLBACK_CONFIGS, name);

const unknownName = (name: string, pointer: string): ProblemError => {
  const instead = UNSUPPORTED_CALLBACKS[name];
  if (instead !== undefined)
    return { pointer, message: `${name} is not available. ${instead}`, expected: NAMES.join(', ') };
  const nearest = nearestNames(name, [...NAMES, ...Object.keys(UNSUPPORTED_CALLBACKS)]);
  const hint = nearest.length > 0 ? `. Did you mean ${nearest.join(' or ')}?` : '';
  return {
    pointer,
    message: `There is no callback ${name}${hint}`,
    expected: NAMES.join(', '),
    received: name,
  };
};

/**
 * Checks a job's callbacks against the catalogue and fills in Keras's defaults.
 * @param path where the list stands in the request, for the pointers of the problems.
 * @returns the callbacks that are right, and a problem for each thing that is wrong.
 */
export const readCallbacks = (
  callbacks: readonly Callback[],
  path: readonly PropertyKey[] = ['callbacks'],
): { callbacks: CallbackDescription[]; problems: ProblemError[] } => {
  const problems: ProblemError[] = [];
  const described: CallbackDescription[] = [];
  for (const [index, { class_name: className, config }] of callbacks.entries()) {
    if (!isCallbackName(className)) {
      problems.push(unknownName(className, jsonPointer([...path, index, 'class_name'])));
      continue;
    }
    const result = CALLBACK_CONFIGS[className].safeParse(config);
    if (result.success) described.push({ className, config: result.data } as CallbackDescription);
    else
      for (const issue of result.error.issues)
        problems.push({
          pointer: jsonPointer([...path, index, 'config', ...issue.path]),
          message: issue.message,
        });
  }
  return { callbacks: described, problems };
};
