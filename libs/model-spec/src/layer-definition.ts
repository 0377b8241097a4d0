import type { JsonObject, KerasObject, Shape } from '@epochal/contracts';
import type { z } from 'zod';

/**
 * All that can be said of a Keras layer class without running it. `libs/layers` holds the other half, its computation.
 * The API validates and summarises models from this alone; the engine creates variables from it; file writers order by it.
 */
export interface LayerDefinition<Config extends JsonObject = JsonObject> {
  readonly className: string;
  /** Keras 3's config keys with Keras's defaults. Unknown keys are errors. */
  readonly config: z.ZodType<Config>;
  /** Shapes of the outputs of a call; `null` is the batch size or an unknown length. @throws ShapeError when the inputs do not fit. */
  outputShapes(config: Config, inputs: readonly Shape[], keywordArguments?: JsonObject): Shape[];
  /** Variables in Keras's order of creation. */
  weights(config: Config, inputs: readonly Shape[]): WeightSpec[];
}

export interface WeightSpec {
  /** Keras's path below the layer: `kernel`, `cell/recurrent_kernel`. */
  readonly path: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  /** Whether gradients reach it. A moving mean never is, whatever its layer's `trainable` says. */
  readonly trainable: boolean;
  readonly initializer: KerasObject;
  readonly regularizer?: KerasObject | null;
  readonly constraint?: KerasObject | null;
}

/** Input shapes that a layer cannot take. The message says what came and what would be right. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}
