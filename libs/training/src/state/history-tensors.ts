import type { EpochLogs, StoredTensor } from './training-state.js';

const PREFIX = 'history/';
const vector = (values: Float32Array | Int32Array): StoredTensor => ({
  shape: [values.length],
  dtype: values instanceof Int32Array ? 'int32' : 'float32',
  values,
});

/**
 * History as tensors: for each log the epochs that have it, and its values. Logs are float32 from their start, so nothing is lost, and
 * a million epochs do not swell the file's header.
 */
export const historyToTensors = (history: readonly EpochLogs[]): Record<string, StoredTensor> => {
  const names = new Set(history.flatMap(({ logs }) => Object.keys(logs)));
  return Object.fromEntries(
    [...names].flatMap((name) => {
      const entries = history.filter(({ logs }) => Object.hasOwn(logs, name));
      return [
        [`${PREFIX}${name}/epochs`, vector(Int32Array.from(entries, ({ epoch }) => epoch))],
        [`${PREFIX}${name}/values`, vector(Float32Array.from(entries, ({ logs }) => logs[name]!))],
      ];
    }),
  );
};

/** The history that `historyToTensors` wrote. Tensors of other names are left aside. */
export const historyFromTensors = (tensors: Readonly<Record<string, StoredTensor>>): EpochLogs[] => {
  const byEpoch = new Map<number, Record<string, number>>();
  for (const [name, { values: epochs }] of Object.entries(tensors)) {
    if (!name.startsWith(PREFIX) || !name.endsWith('/epochs')) continue;
    const log = name.slice(PREFIX.length, -'/epochs'.length);
    const values = tensors[`${PREFIX}${log}/values`]!.values;
    epochs.forEach((epoch, index) => {
      const logs = byEpoch.get(epoch) ?? {};
      logs[log] = values[index]!;
      byEpoch.set(epoch, logs);
    });
  }
  return [...byEpoch].sort(([a], [b]) => a - b).map(([epoch, logs]) => ({ epoch, logs }));
};
