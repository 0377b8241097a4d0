import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { loadTensorFlow } from '../load-tensorflow.js';
import { permutation } from '../random/permutation.js';
import { hexOf } from '../testing/hex-of.js';
import { smallDataset, smallNetwork } from '../testing/small-network.js';
import { GraphProgram } from './graph-program.js';
import type { GraphSession } from './graph-session.js';

loadTensorFlow({ threads: { intraOp: 1, interOp: 1 } });

const BATCH = 30;
const STEPS = 100;
const [x, y] = smallDataset(BATCH * STEPS);
const order = permutation(BATCH * STEPS, 5, 0);

const floatRow = (...shape: number[]) => ({ shape, dtype: 'float32' as const });

function batch(step: number): tf.Tensor[] {
  const rows = tf.tensor1d(order.slice(step * BATCH, (step + 1) * BATCH), 'int32');
  return [tf.gather(x, rows), tf.gather(y, rows)];
}

/** All bytes of the losses and of the state after 100 steps. */
interface Outcome {
  readonly losses: string[];
  readonly state: string[];
}

function trainEagerly(): Outcome {
  const { variables, step } = smallNetwork();
  const losses: string[] = [];
  for (let index = 0; index < STEPS; index += 1) {
    tf.tidy(() => void losses.push(hexOf(step(batch(index))[0]!)));
  }
  return { losses, state: variables.map(hexOf) };
}

function trainTraced(
  add: (program: GraphProgram, step: ReturnType<typeof smallNetwork>['step']) => void,
  run: (session: GraphSession) => string[],
): Outcome {
  const { variables, step } = smallNetwork();
  const program = new GraphProgram(variables);
  add(program, step);
  const session = program.build();
  const losses = run(session);
  session.pullVariables();
  session.dispose();
  return { losses, state: variables.map(hexOf) };
}

const eager = trainEagerly();

test('training changes what it should', () => {
  const { variables } = smallNetwork();
  const start = variables.map(hexOf);
  expect(eager.state.every((bytes, index) => bytes !== start[index])).toBe(true);
  expect(variables.at(-1)!.dataSync()[0]).toBe(0);
  expect(eager.state.at(-1)).toBe(hexOf(tf.scalar(STEPS, 'int32')));
});

test('a traced function gives bit for bit what eager steps give', () => {
  const traced = trainTraced(
    (program, step) => program.addFunction('train', step, [floatRow(BATCH, 8), floatRow(BATCH, 1)]),
    (session) =>
      Array.from({ length: STEPS }, (_, index) =>
        tf.tidy(() => hexOf(session.call('train', batch(index))[0]!)),
      ),
  );
  expect(traced).toEqual(eager);
});

test.each([100, 50, 7, 1])('a traced loop gives them too, %i steps a call', (chunk) => {
  const traced = trainTraced(
    (program, step) => {
      program.addData('rows', [floatRow(8), floatRow(1)]);
      program.addLoop('train', step, { data: 'rows', batchSize: BATCH, outputs: 'every' });
    },
    (session) => {
      session.setData('rows', [x, y]);
      const losses: string[] = [];
      for (let step = 0; step < STEPS; step += chunk) {
        const batches = Math.min(chunk, STEPS - step);
        tf.tidy(() => {
          const [every] = session.runLoop('train', { order, firstRow: step * BATCH, batches });
          losses.push(...tf.unstack(every!).map(hexOf));
        });
      }
      return losses;
    },
  );
  expect(traced).toEqual(eager);
});
