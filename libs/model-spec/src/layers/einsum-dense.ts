import type { Shape } from '@epochal/contracts';
import { z } from 'zod';
import { positiveInteger } from '../catalogue/fields.js';
import type { ObjectValue } from '../catalogue/object-field.js';
import { ShapeError, type WeightSpec } from '../layer-definition.js';
import { activationField } from './activation-field.js';
import { defineLayer } from './define-layer.js';
import { formatShape, onlyInput } from './shape-rules.js';
import { trainableWeight, weightFields } from './weight-fields.js';

const EQUATION =
  /^(?:[a-zA-Z]+,[a-zA-Z]+->[a-zA-Z]+|\.\.\.[a-zA-Z]+,[a-zA-Z]+->\.\.\.[a-zA-Z]+|[a-zA-Z]{2,}\.\.\.,[a-zA-Z]+->[a-zA-Z]+\.\.\.)$/;

interface EinsumConfig {
  readonly equation: string;
  readonly output_shape: readonly (number | null)[];
  readonly bias_axes: string | null;
}

interface EinsumShapes {
  readonly output: Shape;
  readonly kernel: number[];
  readonly bias: number[] | null;
  /** Which axes of the kernel meet the input's and the output's: the kernel's initializer scales by them. */
  readonly inputAxes: number[];
  readonly outputAxes: number[];
}

/** keras/src/layers/core/einsum_dense.py, _analyze_einsum_string. @throws ShapeError */
function analyse({ equation, output_shape, bias_axes }: EinsumConfig, input: Shape): EinsumShapes {
  const [inputLabels = '', kernelLabels = '', outputLabels = ''] = equation.replaceAll('.', '').split(/,|->/);
  const isLeft = equation.startsWith('...');
  const elided = input.length - inputLabels.length;
  if (elided < 0 || (elided > 0 && !equation.includes('...'))) {
    throw new ShapeError(
      `EinsumDense with "${equation}" cannot take an input of shape ${formatShape(input)}`,
    );
  }
  const batch = input[0] ?? null;
  const output = isLeft
    ? [batch, ...input.slice(1, Math.max(elided, 1)), ...output_shape]
    : [batch, ...output_shape, ...input.slice(input.length - elided)];
  const inputSize = sizesByLabel(inputLabels, input.slice(isLeft ? elided : 0));
  const outputSize = sizesByLabel(outputLabels, output.slice(isLeft ? elided : 0));
  for (const [label, size] of inputSize) {
    const declared = outputSize.get(label) ?? size;
    if (declared !== null && declared !== size && outputSize.has(label)) {
      throw new ShapeError(
        `EinsumDense with "${equation}" has size ${declared} for "${label}" in its output_shape; received ${formatShape(input)}`,
      );
    }
  }
  const labels = [...kernelLabels];
  const kernel = labels.map((label) => {
    const size = outputSize.has(label) ? outputSize.get(label) : inputSize.get(label);
    if (typeof size === 'number') return size;
    throw new ShapeError(
      `EinsumDense with "${equation}" needs a known size for "${label}"; received ${formatShape(input)}`,
    );
  });
  const axesWhere = (test: (label: string) => boolean) =>
    labels.flatMap((label, axis) => (test(label) ? [axis] : []));
  return {
    output,
    kernel,
    bias: bias_axes === null ? null : biasShape(bias_axes, outputLabels, outputSize, isLeft ? 0 : elided),
    inputAxes: axesWhere((label) => !outputSize.has(label)),
    outputAxes: axesWhere((label) => outputSize.has(label)),
  };
}

const sizesByLabel = (labels: string, sizes: Shape): Map<string, number | null> =>
  new Map([...labels].map((label, axis) => [label, sizes[axis] ?? null]));

function biasShape(axes: string, labels: string, sizes: Map<string, number | null>, after: number): number[] {
  const first = Math.min(...[...axes].map((axis) => labels.indexOf(axis)));
  const shape = Array.from(labels.slice(first), (label) =>
    axes.includes(label) ? (sizes.get(label) ?? 1) : 1,
  );
  return [...shape, ...Array.from({ length: after }, () => 1)];
}

export const einsumDense = defineLayer({
  className: 'EinsumDense',
  fields: {
    equation: z.string().regex(EQUATION, 'expected "ab,bc->ac", "...ab,bc->...ac" or "ab...,bc->ac..."'),
    output_shape: z
      .union([positiveInteger, z.array(positiveInteger.nullable())])
      .transform((shape): (number | null)[] => (typeof shape === 'number' ? [shape] : shape)),
    activation: activationField('activation'),
    bias_axes: z.string().nullable().default(null),
    ...weightFields('kernel', 'glorot_uniform'),
    ...weightFields('bias', 'zeros'),
    lora_rank: z.null().default(null),
    lora_alpha: z.null().default(null),
    quantization_config: z.null().default(null),
  },
  inspect({ equation, bias_axes }) {
    const output = equation.split('->')[1] ?? '';
    const stray = [...(bias_axes ?? '')].find((axis) => !output.includes(axis));
    return stray === undefined
      ? null
      : { path: ['bias_axes'], message: `expected axes of the output "${output}"; received "${stray}"` };
  },
  outputShapes: (config, inputs) => [analyse(config, onlyInput('EinsumDense', inputs)).output],
  weights(config, inputs) {
    const shapes = analyse(config, onlyInput('EinsumDense', inputs));
    const kernel = scaledAlong(trainableWeight(config, 'kernel', shapes.kernel), shapes);
    return shapes.bias === null ? [kernel] : [kernel, trainableWeight(config, 'bias', shapes.bias)];
  },
});

/** Keras tells the initializer which axes are inputs and outputs, unless its config does. */
function scaledAlong(kernel: WeightSpec, { inputAxes, outputAxes }: EinsumShapes): WeightSpec {
  const { class_name, config } = kernel.initializer as ObjectValue;
  if (!('input_axes' in config) || (config['input_axes'] !== null && config['output_axes'] !== null))
    return kernel;
  return {
    ...kernel,
    initializer: { class_name, config: { ...config, input_axes: inputAxes, output_axes: outputAxes } },
  };
}
