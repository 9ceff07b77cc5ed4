declare namespace wasm_bindgen {
/* tslint:disable */
/* eslint-disable */

/**
 * A training in shuffled batches.
 */
export class BatchedTraining {
  free(): void;
  [Symbol.dispose](): void;
  /**
   * The share of the examples that the network gets right, from 0 to 1.
   */
  accuracy(): number;
  /**
   * Trains for one epoch; the mean loss of its examples.
   */
  epoch(learning_rate: number): number;
  /**
   * Goes on from another training, which is used up: with its examples, its
   * weights, and the generator that shuffles.
   *
   * The optimizers are `sgd`, `momentum` (0.9) and `adam`.
   */
  constructor(start: Training, optimizer: string, batch_size: number);
  /**
   * All weights and biases: of each layer `W`, row after row, and then `b`.
   */
  parameters(): Float64Array;
}

/**
 * One layer with the activation ReLU, without a bias.
 */
export class Layer {
  free(): void;
  [Symbol.dispose](): void;
  /**
   * The gradient of the input, without an update.
   */
  backward(grad: Float64Array | number[]): Float64Array;
  /**
   * The output for an input.
   */
  forward(x: Float64Array | number[]): Float64Array;
  /**
   * A layer with these weights, row after row.
   */
  constructor(n_out: number, n_in: number, w: Float64Array | number[]);
}

/**
 * A network of two layers, `[36, hidden, 3]`, and the numbers of its last passes.
 */
export class Network {
  free(): void;
  [Symbol.dispose](): void;
  /**
   * A layer's activations in the last forward pass.
   */
  a(layer: number): Float64Array;
  /**
   * A layer's bias.
   */
  b(layer: number): Float64Array;
  /**
   * The gradient that a layer passed back in the last backward pass.
   */
  dx(layer: number): Float64Array;
  /**
   * A layer's `dz` in the last backward pass.
   */
  dz(layer: number): Float64Array;
  /**
   * A network with the parameters of
   * [`Training::parameters`](crate::training::Training::parameters).
   */
  constructor(hidden: number, parameters: Float64Array | number[]);
  /**
   * The probability of each class for a drawing of 36 pixels, row after row.
   */
  predict(pixels: Float64Array | number[]): Float64Array;
  /**
   * One training step on a drawing; its loss from before the step.
   */
  trainStep(pixels: Float64Array | number[], label: number, learning_rate: number): number;
  /**
   * A layer's weights, row after row.
   */
  w(layer: number): Float64Array;
  /**
   * A layer's `z` in the last forward pass.
   */
  z(layer: number): Float64Array;
}

/**
 * A network, the examples that it learns from, and the generator that shuffles
 * them.
 */
export class Training {
  free(): void;
  [Symbol.dispose](): void;
  /**
   * The share of the examples that the network gets right, from 0 to 1.
   */
  accuracy(): number;
  /**
   * Trains for one epoch; the mean loss of its examples.
   */
  epoch(learning_rate: number): number;
  /**
   * The number of examples.
   */
  examples(): number;
  /**
   * Draws the examples, so many of each class, and then the initial weights, as
   * the program's `train` does.
   *
   * `noise` is the probability with which a pixel of an example is flipped.
   */
  constructor(horizontal: number, vertical: number, x: number, hidden: number, noise: number, seed: number);
  /**
   * All weights and biases: of each layer `W`, row after row, and then `b`.
   */
  parameters(): Float64Array;
}

/**
 * The names of the classes, each at the index that is its label.
 */
export function classes(): string[];

/**
 * A drawing of the class with this label, as the generator makes it from a seed:
 * 36 pixels.
 */
export function draw(label: number, seed: number): Float64Array;

/**
 * Softmax of some logits: the stable one, or as the formula says.
 */
export function softmax(z: Float64Array | number[], stable: boolean): Float64Array;

}
declare type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

declare interface InitOutput {
  readonly memory: WebAssembly.Memory;
  readonly __wbg_batchedtraining_free: (a: number, b: number) => void;
  readonly __wbg_layer_free: (a: number, b: number) => void;
  readonly __wbg_network_free: (a: number, b: number) => void;
  readonly __wbg_training_free: (a: number, b: number) => void;
  readonly batchedtraining_accuracy: (a: number) => number;
  readonly batchedtraining_epoch: (a: number, b: number) => [number, number, number];
  readonly batchedtraining_new: (a: number, b: number, c: number, d: number) => [number, number, number];
  readonly batchedtraining_parameters: (a: number) => [number, number];
  readonly classes: () => [number, number];
  readonly draw: (a: number, b: number) => [number, number, number, number];
  readonly layer_backward: (a: number, b: number, c: number) => [number, number, number, number];
  readonly layer_forward: (a: number, b: number, c: number) => [number, number, number, number];
  readonly layer_new: (a: number, b: number, c: number, d: number) => [number, number, number];
  readonly network_a: (a: number, b: number) => [number, number, number, number];
  readonly network_b: (a: number, b: number) => [number, number, number, number];
  readonly network_dx: (a: number, b: number) => [number, number, number, number];
  readonly network_dz: (a: number, b: number) => [number, number, number, number];
  readonly network_new: (a: number, b: number, c: number) => [number, number, number];
  readonly network_predict: (a: number, b: number, c: number) => [number, number, number, number];
  readonly network_trainStep: (a: number, b: number, c: number, d: number, e: number) => [number, number, number];
  readonly network_w: (a: number, b: number) => [number, number, number, number];
  readonly network_z: (a: number, b: number) => [number, number, number, number];
  readonly softmax: (a: number, b: number, c: number) => [number, number, number, number];
  readonly training_accuracy: (a: number) => number;
  readonly training_epoch: (a: number, b: number) => number;
  readonly training_examples: (a: number) => number;
  readonly training_new: (a: number, b: number, c: number, d: number, e: number, f: number) => [number, number, number];
  readonly training_parameters: (a: number) => [number, number];
  readonly __wbindgen_externrefs: WebAssembly.Table;
  readonly __externref_table_dealloc: (a: number) => void;
  readonly __wbindgen_malloc: (a: number, b: number) => number;
  readonly __wbindgen_realloc: (a: number, b: number, c: number, d: number) => number;
  readonly __wbindgen_free: (a: number, b: number, c: number) => void;
  readonly __externref_drop_slice: (a: number, b: number) => void;
  readonly __wbindgen_start: () => void;
}

declare type SyncInitInput = BufferSource | WebAssembly.Module;

declare namespace wasm_bindgen {
/**
* Instantiates the given `module`, which can either be bytes or
* a precompiled `WebAssembly.Module`.
*
* @param {{ module: SyncInitInput }} module - Passing `SyncInitInput` directly is deprecated.
*
* @returns {InitOutput}
*/
export function initSync(module: { module: SyncInitInput } | SyncInitInput): InitOutput;
}

/**
* If `module_or_path` is {RequestInfo} or {URL}, makes a request and
* for everything else, calls `WebAssembly.instantiate` directly.
*
* @param {{ module_or_path: InitInput | Promise<InitInput> }} module_or_path - Passing `InitInput` directly is deprecated.
*
* @returns {Promise<InitOutput>}
*/
declare function wasm_bindgen (module_or_path: { module_or_path: InitInput | Promise<InitInput> } | InitInput | Promise<InitInput>): Promise<InitOutput>;
