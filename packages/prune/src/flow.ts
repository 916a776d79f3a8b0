import type { Weights } from "@ticketbench/model";
import { rowsAndColumns } from "./shapes.ts";

/** A vector of the flow and how much the total flow grows with each of its entries. */
interface Node {
  readonly value: Float64Array;
  readonly gradient: Float64Array;
}

/**
 * LXMERT as a linear network of absolute weights, for synaptic flow: biases, LayerNorm, GELU and softmax are left out, a
 * sublayer adds to its input, and query, key and value are parallel ways through an attention. Everything is positive,
 * and the flow is linear in every weight.
 */
export class Flow {
  readonly #weights: Weights;
  /** What to do, last first, to bring gradients back from the output. */
  readonly #back: (() => void)[] = [];
  /** |w| times d flow / d |w|, by weight: the share of the flow that passes through it. */
  readonly scores = new Map<string, Float64Array>();

  constructor(weights: Weights) {
    this.#weights = weights;
  }

  /** The flow out of the answer head for an input of ones; fills `scores`. */
  run(): number {
    const answers = this.#answers();
    answers.gradient.fill(1);
    for (const step of this.#back.toReversed()) step();
    return answers.value.reduce((sum, value) => sum + value, 0);
  }

  #answers(): Node {
    const root = [...this.#weights.keys()].find((name) => name.endsWith("embeddings.word_embeddings.weight")) ?? "";
    const bert = root.slice(0, root.indexOf("embeddings.word_embeddings.weight"));
    let language = this.#ones(this.#columns(root));
    let vision = this.#add(
      this.#through(
        `${bert}encoder.visn_fc.visn_fc`,
        this.#ones(this.#columns(`${bert}encoder.visn_fc.visn_fc.weight`)),
      ),
      this.#through(`${bert}encoder.visn_fc.box_fc`, this.#ones(this.#columns(`${bert}encoder.visn_fc.box_fc.weight`))),
    );
    for (const name of this.#layers(`${bert}encoder.layer`)) language = this.#layer(name, language);
    for (const name of this.#layers(`${bert}encoder.r_layers`)) vision = this.#layer(name, vision);
    for (const name of this.#layers(`${bert}encoder.x_layers`))
      [language, vision] = this.#cross(name, language, vision);
    const pooled = this.#through(`${bert}pooler.dense`, language);
    return this.#through("logit_fc.3", this.#through("logit_fc.0", pooled));
  }

  #layer(name: string, x: Node): Node {
    const attended = this.#attend(`${name}.attention`, "self", x, x);
    return this.#feedForward(`${name}.intermediate`, `${name}.output`, attended);
  }

  #cross(name: string, language: Node, vision: Node): [language: Node, vision: Node] {
    const half = (stream: "lang" | "visn", x: Node, context: Node) => {
      const crossed = this.#attend(`${name}.visual_attention`, "att", x, context);
      const attended = this.#attend(`${name}.${stream}_self_att`, "self", crossed, crossed);
      return this.#feedForward(`${name}.${stream}_inter`, `${name}.${stream}_output`, attended);
    };
    return [half("lang", language, vision), half("visn", vision, language)];
  }

  #attend(name: string, inner: "self" | "att", x: Node, context: Node): Node {
    const query = this.#through(`${name}.${inner}.query`, x);
    const keyAndValue = this.#add(
      this.#through(`${name}.${inner}.key`, context),
      this.#through(`${name}.${inner}.value`, context),
    );
    return this.#add(x, this.#through(`${name}.output.dense`, this.#add(query, keyAndValue)));
  }

  #feedForward(inner: string, outer: string, x: Node): Node {
    return this.#add(x, this.#through(`${outer}.dense`, this.#through(`${inner}.dense`, x)));
  }

  /** y = |W| x. */
  #through(layer: string, x: Node): Node {
    const name = `${layer}.weight`;
    const { shape, values } = this.#weights.get(name) ?? { shape: [0, 0], values: new Float32Array() };
    const [rows, columns] = rowsAndColumns(shape);
    const y = node(rows);
    for (let row = 0, i = 0; row < rows; row++) {
      let sum = 0;
      for (let column = 0; column < columns; column++, i++)
        sum += Math.abs(values[i] as number) * (x.value[column] as number);
      y.value[row] = sum;
    }
    this.#back.push(() => this.#backThrough(name, values, columns, x, y));
    return y;
  }

  #backThrough(name: string, values: Float32Array, columns: number, x: Node, y: Node): void {
    const scores = this.scores.get(name) ?? new Float64Array(values.length);
    this.scores.set(name, scores);
    for (let row = 0, i = 0; i < values.length; row++) {
      const leaving = y.gradient[row] as number;
      for (let column = 0; column < columns; column++, i++) {
        const flow = Math.abs(values[i] as number) * leaving;
        x.gradient[column] = (x.gradient[column] as number) + flow;
        scores[i] = (scores[i] as number) + flow * (x.value[column] as number);
      }
    }
  }

  #add(a: Node, b: Node): Node {
    const sum = node(a.value.length);
    for (let i = 0; i < sum.value.length; i++) sum.value[i] = (a.value[i] as number) + (b.value[i] as number);
    this.#back.push(() => {
      for (const { gradient } of [a, b])
        for (let i = 0; i < gradient.length; i++) gradient[i] = (gradient[i] as number) + (sum.gradient[i] as number);
    });
    return sum;
  }

  #ones(length: number): Node {
    const ones = node(length);
    ones.value.fill(1);
    return ones;
  }

  #columns(name: string): number {
    return rowsAndColumns(this.#weights.get(name)?.shape ?? [0, 0])[1];
  }

  /** The layers of an encoder, in order, whatever the order of the parameters. */
  #layers(prefix: string): readonly string[] {
    const numbers = [...this.#weights.keys()]
      .filter((name) => name.startsWith(`${prefix}.`))
      .map((name) => Number(name.slice(prefix.length + 1).split(".")[0]));
    return [...new Set(numbers)].sort((a, b) => a - b).map((number) => `${prefix}.${number}`);
  }
}

function node(length: number): Node {
  return { value: new Float64Array(length), gradient: new Float64Array(length) };
}
