import type { JsonObject, ModelDialect } from '@epochal/contracts';

/**
 * A model, whatever dialect it came in. Class names, config keys and values are Keras 3's; graphs are explicit; every part
 * knows where it stands in the submitted JSON, so that an error can point at it.
 */
export interface ModelDescription {
  readonly name: string;
  readonly kind: 'sequential' | 'functional';
  readonly dialect: ModelDialect;
  /** In the order in which Keras keeps them (`Model.layers`), which is the order of the weights in saved files. Each name is unique. */
  readonly layers: readonly LayerDescription[];
  /** Input tensors in order, each the output of an InputLayer. */
  readonly inputs: readonly TensorReference[];
  readonly outputs: readonly TensorReference[];
  /** Names by which data, losses and metrics are keyed, in the same order: input layers' and output layers' names. */
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
}

export interface LayerDescription {
  readonly name: string;
  readonly className: string;
  /** Keras 3 config, validated against the catalogue, with Keras's defaults filled in. */
  readonly config: JsonObject;
  /** Each call of the layer. An InputLayer has one call without inputs. A Sequential model is given its chain of calls. */
  readonly calls: readonly LayerCall[];
  /** RFC 6901 pointer to this layer in the submitted definition. */
  readonly pointer: string;
  /** The inner model when the layer is itself a model. */
  readonly model?: ModelDescription;
}

export interface LayerCall {
  readonly inputs: readonly TensorReference[];
  /** Tensors given by keyword, such as mask or initial_state. */
  readonly keywordInputs: Readonly<Record<string, readonly TensorReference[]>>;
  /** Other keyword arguments, such as training or axis. */
  readonly keywordArguments: JsonObject;
  /**
   * Set where Keras 3 wrote the mask of the input into the graph. Such a call is given that mask even if a layer before took it off the
   * tensor, as MultiHeadAttention does; other calls find what is on the tensor.
   */
  readonly mask?: 'of the graph';
}

/** Output number `tensor` of call number `call` of a layer. */
export interface TensorReference {
  readonly layer: string;
  readonly call: number;
  readonly tensor: number;
}
