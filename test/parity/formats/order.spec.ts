import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describeModel, parseModel } from '@epochal/model-spec';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  graphs,
  needed,
  toDefinition,
} from '../../../libs/model-spec/src/definition/random-graph.fixture.js';
import { ensurePythonEnvironment } from '../../../scripts/python-environment.mjs';

interface BuiltModel {
  readonly layers: string[];
  readonly weights: number[][];
  readonly outputs: (number | null)[][];
}

/** As many as a run of a minute allows; the same in every run. */
const SAMPLES = fc.sample(graphs, { numRuns: 60, seed: 3 });

it.each(['keras_3', 'keras_2'] as const)(
  'layers, weights and outputs of random models stand in the order of %s, whatever the order in the definition',
  async (dialect) => {
    const definitions = SAMPLES.map((graph) =>
      toDefinition(dialect === 'keras_3' ? graph : needed(graph), dialect),
    );
    const program = fileURLToPath(new URL('read_definitions.py', import.meta.url));
    const child = spawn(await ensurePythonEnvironment(), [program, dialect], { stdio: 'pipe' });
    child.stdin.end(JSON.stringify(definitions));
    const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect(output, errors).not.toBe('');
    const built = JSON.parse(output) as BuiltModel[];
    const parsed = definitions.map((definition): BuiltModel => {
      const { model, weights, outputs } = describeModel(parseModel(definition));
      return {
        layers: model.layers.map(({ name }) => name),
        weights: weights.map(({ spec }) => [...spec.shape]),
        outputs: outputs.map(({ shape }) => shape),
      };
    });
    expect(parsed).toEqual(built);
  },
  300_000,
);
