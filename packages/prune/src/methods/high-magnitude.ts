import { z } from "zod";
import { defineMethod } from "../define-method.ts";

export default defineMethod({
  title: "High magnitude",
  idea: "A control: remove the weights of the largest absolute value and keep the smallest.",
  family: "control",
  cite: `@article{hashemi2023lxmert,
  title = {{LXMERT} Model Compression for Visual Question Answering},
  author = {Hashemi, Maryam and Mahmoudi, Ghazaleh and Kodeiri, Sara and Sheikhi, Hadi and Eetemadi, Sauleh},
  journal = {arXiv preprint arXiv:2310.15325},
  year = {2023}
}`,
  params: z.strictObject({}),
  needs: "nothing",
  nests: true,
  score: ({ values }) => values.map((weight) => -Math.abs(weight)),
});
