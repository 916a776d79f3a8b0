import { Dropout, type DropoutSite, tf } from "@ticketbench/backend";
import { openEngine } from "@ticketbench/backend/node";
import { beforeAll, expect, it } from "vitest";
import { lxmertConfig } from "./config.ts";
import { initialise } from "./initialise.ts";
import { disposeInput, lxmertInput } from "./input.ts";
import { Lxmert } from "./lxmert.ts";
import { BERT } from "./parameters.ts";
import { TINY } from "./testing/tiny-network.ts";

const config = lxmertConfig({
  ...TINY,
  initialDeviation: 0.3,
  savings: { deadVision: false, classTokenOnly: false },
});

/** Drops at one place of the forward pass alone, and counts the places. */
class OnePlace extends Dropout {
  readonly #only: number;
  places = 0;

  constructor(only: number) {
    super(0.5, 1);
    this.#only = only;
  }

  override next(): DropoutSite | null {
    const site = super.next();
    return this.places++ === this.#only ? site : null;
  }
}

/** The output of every module, in the order in which they are computed. */
function modules(network: Lxmert, dropout: Dropout | null): ReadonlyMap<string, string> {
  const seen = new Map<string, string>();
  const input = lxmertInput(config, {
    batch: 2,
    tokenLength: 3,
    tokens: Int32Array.of(2, 5, 3, 2, 7, 3),
    textMask: new Float32Array(6).fill(1),
    regions: 4,
    features: Float32Array.from({ length: 40 }, (_, i) => (i % 7) / 5),
    boxes: Float32Array.from({ length: 32 }, (_, i) => (i % 5) / 5),
  });
  tf.tidy(() => void network.forward(input, dropout, (name, output) => seen.set(name, String(output.dataSync()))));
  disposeInput(input);
  return seen;
}

beforeAll(() => openEngine("wasm"));

it("dropout is after embeddings, on attention probabilities and before each residual, and nowhere else", () => {
  const network = new Lxmert(config, initialise(config, 2));
  const whole = modules(network, null);
  const firstChanged = (place: number): string => {
    const dropped = modules(network, new OnePlace(place));
    return [...whole.keys()].find((name) => dropped.get(name) !== whole.get(name))?.replace(`${BERT}.`, "") ?? "none";
  };
  const counting = new OnePlace(-1);
  modules(network, counting);
  const attention = (name: string, inner: "self" | "att", call = ""): string[] => [
    `${name}.${inner}${call}`,
    `${name}.output${call}`,
  ];
  const layer = (name: string): string[] => [...attention(`${name}.attention`, "self"), `${name}.output`];
  const cross = "encoder.x_layers.0";
  const half = (stream: "lang" | "visn"): string[] => [
    ...attention(`${cross}.${stream}_self_att`, "self"),
    `${cross}.${stream}_output`,
  ];
  expect(Array.from({ length: counting.places }, (_, place) => firstChanged(place))).toEqual([
    "embeddings",
    "encoder.visn_fc",
    ...layer("encoder.layer.0"),
    ...layer("encoder.r_layers.0"),
    ...attention(`${cross}.visual_attention`, "att", "#0"),
    ...attention(`${cross}.visual_attention`, "att", "#1"),
    ...half("lang"),
    ...half("visn"),
  ]);
  network.dispose();
});
