import { z } from "zod";
import { defineMethod } from "../define-method.ts";

export default defineMethod({
  title: "SNIP",
  idea: "Keep the connections to which the loss is most sensitive: |weight x gradient| over the calibration questions.",
  family: "gradient",
  cite: `@inproceedings{lee2019snip,
  title = {{SNIP}: Single-shot Network Pruning Based on Connection Sensitivity},
  author = {Lee, Namhoon and Ajanthan, Thalaiyasingam and Torr, Philip H. S.},
  booktitle = {International Conference on Learning Representations},
  year = {2019}
}`,
  params: z.strictObject({}),
  needs: "gradients",
  nests: true,
  prepare: ({ calibration, weights }) => calibration.gradients(weights),
  score: ({ name, values, evidence }) => values.map((weight, i) => Math.abs(weight * (evidence.get(name)?.[i] ?? 0))),
});
