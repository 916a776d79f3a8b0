/**
 * LXMERT as somebody would write it with tfjs's own operations and automatic gradients, and nothing of ours: what the
 * engine's speed is stated against. Same parameters, same answer (up to the last bits), dropout left out.
 */
import { tf } from "@ticketbench/backend";
import type { LxmertConfig } from "@ticketbench/model";
import type { PerfBatch } from "./sizes.ts";

type Parameters = ReadonlyMap<string, tf.Variable>;
const BERT = "lxrt_encoder.model.bert";

class PlainLxmert {
  readonly #p: Parameters;
  readonly #config: LxmertConfig;
  readonly #batch: number;

  constructor(parameters: Parameters, config: LxmertConfig, batch: number) {
    this.#p = parameters;
    this.#config = config;
    this.#batch = batch;
  }

  #dense(name: string, x: tf.Tensor): tf.Tensor {
    return tf.add(tf.matMul(x, this.#p.get(`${name}.weight`)!, false, true), this.#p.get(`${name}.bias`)!);
  }

  #layerNorm(name: string, x: tf.Tensor): tf.Tensor {
    const centred = tf.sub(x, tf.mean(x, -1, true));
    const deviation = tf.sqrt(tf.add(tf.mean(tf.square(centred), -1, true), 1e-12));
    return tf.add(tf.mul(tf.div(centred, deviation), this.#p.get(`${name}.weight`)!), this.#p.get(`${name}.bias`)!);
  }

  #gelu(x: tf.Tensor): tf.Tensor {
    return tf.mul(tf.mul(x, 0.5), tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2))));
  }

  #attend(name: string, inner: string, x: tf.Tensor, context: tf.Tensor, mask: tf.Tensor | null): tf.Tensor {
    const { hidden, heads } = this.#config;
    const split = (y: tf.Tensor): tf.Tensor =>
      tf.transpose(tf.reshape(y, [this.#batch, -1, heads, hidden / heads]), [0, 2, 1, 3]);
    const q = split(this.#dense(`${name}.${inner}.query`, x));
    const k = split(this.#dense(`${name}.${inner}.key`, context));
    const v = split(this.#dense(`${name}.${inner}.value`, context));
    let scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(hidden / heads));
    if (mask !== null) scores = tf.add(scores, mask);
    const values = tf.reshape(tf.transpose(tf.matMul(tf.softmax(scores), v), [0, 2, 1, 3]), [-1, hidden]);
    return this.#layerNorm(`${name}.output.LayerNorm`, tf.add(this.#dense(`${name}.output.dense`, values), x));
  }

  #feedForward(inner: string, outer: string, x: tf.Tensor): tf.Tensor {
    const widened = this.#gelu(this.#dense(`${inner}.dense`, x));
    return this.#layerNorm(`${outer}.LayerNorm`, tf.add(this.#dense(`${outer}.dense`, widened), x));
  }

  #layer(name: string, x: tf.Tensor, mask: tf.Tensor | null): tf.Tensor {
    return this.#feedForward(
      `${name}.intermediate`,
      `${name}.output`,
      this.#attend(`${name}.attention`, "self", x, x, mask),
    );
  }

  #half(name: string, stream: string, x: tf.Tensor, mask: tf.Tensor | null): tf.Tensor {
    const attended = this.#attend(`${name}.${stream}_self_att`, "self", x, x, mask);
    return this.#feedForward(`${name}.${stream}_inter`, `${name}.${stream}_output`, attended);
  }

  #embed(batch: PerfBatch, tokens: tf.Tensor1D): tf.Tensor {
    const { hidden } = this.#config;
    const name = `${BERT}.embeddings`;
    const words = tf.reshape(tf.gather(this.#p.get(`${name}.word_embeddings.weight`)!, tokens), [
      this.#batch,
      -1,
      hidden,
    ]);
    const positions = tf.slice(this.#p.get(`${name}.position_embeddings.weight`)!, [0, 0], [batch.tokenLength, hidden]);
    const types = tf.slice(this.#p.get(`${name}.token_type_embeddings.weight`)!, [0, 0], [1, hidden]);
    return this.#layerNorm(`${name}.LayerNorm`, tf.reshape(tf.add(tf.add(words, positions), types), [-1, hidden]));
  }

  logits(batch: PerfBatch, inputs: PlainInputs): tf.Tensor {
    const encoder = `${BERT}.encoder`;
    const { layers, hidden } = this.#config;
    const look = this.#layerNorm(
      `${encoder}.visn_fc.visn_layer_norm`,
      this.#dense(`${encoder}.visn_fc.visn_fc`, inputs.features),
    );
    const place = this.#layerNorm(
      `${encoder}.visn_fc.box_layer_norm`,
      this.#dense(`${encoder}.visn_fc.box_fc`, inputs.boxes),
    );
    let language = this.#embed(batch, inputs.tokens);
    let vision: tf.Tensor = tf.mul(tf.add(look, place), 0.5);
    for (let i = 0; i < layers.language; i++) language = this.#layer(`${encoder}.layer.${i}`, language, inputs.mask);
    for (let i = 0; i < layers.object; i++) vision = this.#layer(`${encoder}.r_layers.${i}`, vision, null);
    for (let i = 0; i < layers.cross; i++) {
      const name = `${encoder}.x_layers.${i}`;
      const crossed = this.#attend(`${name}.visual_attention`, "att", language, vision, null);
      const seen = this.#attend(`${name}.visual_attention`, "att", vision, language, inputs.mask);
      language = this.#half(name, "lang", crossed, inputs.mask);
      vision = this.#half(name, "visn", seen, null);
    }
    const first = tf.slice(tf.reshape(language, [this.#batch, -1, hidden]), [0, 0, 0], [this.#batch, 1, hidden]);
    const pooled = tf.tanh(this.#dense(`${BERT}.pooler.dense`, tf.reshape(first, [this.#batch, hidden])));
    const widened = this.#layerNorm("logit_fc.2", this.#gelu(this.#dense("logit_fc.0", pooled)));
    return this.#dense("logit_fc.3", widened);
  }
}

interface PlainInputs {
  readonly tokens: tf.Tensor1D;
  /** [batch, 1, 1, tokens], added to scores. */
  readonly mask: tf.Tensor;
  readonly features: tf.Tensor;
  readonly boxes: tf.Tensor;
  readonly targets: tf.Tensor;
}

/** tfjs's wasm backend has no kernel for the gradient of gather; without this one it cannot train at all. */
export function registerMissingKernel(): void {
  if (tf.getKernel("UnsortedSegmentSum", "wasm") !== undefined) return;
  tf.registerKernel({
    kernelName: "UnsortedSegmentSum",
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, segmentIds } = inputs as { x: tf.TensorInfo; segmentIds: tf.TensorInfo };
      const { numSegments } = attrs as unknown as { numSegments: number };
      const stock = backend as unknown as {
        makeOutput(shape: number[], dtype: string): tf.TensorInfo;
        typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array;
      };
      const width = x.shape[1]!;
      const sums = stock.makeOutput([numSegments, width], "float32");
      const [values, ids, out] = [x, segmentIds, sums].map((tensor) => stock.typedArrayFromHeap(tensor));
      out!.fill(0);
      ids!.forEach((id, row) => {
        for (let i = 0; i < width; i++) out![id * width + i]! += values![row * width + i]!;
      });
      return sums;
    },
  });
}

/** A training step of the plain model with tfjs's own Adam; returns the loss. */
export function plainTrainer(parameters: Parameters, config: LxmertConfig, batch: PerfBatch): () => number {
  const model = new PlainLxmert(parameters, config, batch.batch);
  const optimiser = tf.train.adam(1e-4);
  const variables = [...parameters.values()];
  const inputs: PlainInputs = {
    tokens: tf.tensor1d(batch.tokens, "int32"),
    mask: tf.tensor(
      Float32Array.from(batch.textMask, (kept) => (1 - kept) * -10000),
      [batch.batch, 1, 1, batch.tokenLength],
    ),
    features: tf.tensor(batch.features, [batch.batch * batch.regions, config.featureWidth]),
    boxes: tf.tensor(batch.boxes, [batch.batch * batch.regions, 4]),
    targets: tf.tensor(batch.targets, [batch.batch, config.answers]),
  };
  return () =>
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(() => {
        const z = model.logits(batch, inputs);
        const losses = tf.add(tf.sub(tf.relu(z), tf.mul(z, inputs.targets)), tf.log1p(tf.exp(tf.neg(tf.abs(z)))));
        return tf.mean(tf.sum(losses, -1));
      }, variables);
      // A branch that the loss does not reach has no gradient, and Adam takes no null.
      const reached = Object.entries(grads).flatMap(([name, tensor]) => (tensor === null ? [] : [{ name, tensor }]));
      optimiser.applyGradients(reached);
      return value.dataSync()[0]!;
    });
}
