import { expect, test } from "vitest";
import { command } from "../fixtures/arithmetic-run.ts";

const GROUPS = {
  "": ["data", "model", "methods", "check"],
  data: ["generate", "check", "evaluate", "convert", "fetch", "doctor"],
  model: ["inspect", "convert"],
};

test.each(Object.entries(GROUPS))(
  "help of ticketbench %s fits into 80 columns and names its commands",
  async (group, names) => {
    const pages = await Promise.all(
      [[], ...names.map((name) => [name])].map((rest) =>
        command("/", ...group.split(" ").filter(Boolean), ...rest, "--help"),
      ),
    );
    for (const { code, stdout } of pages) {
      expect(code).toBe(0);
      for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    }
    for (const name of names) expect(pages[0]?.stdout).toMatch(new RegExp(`^  ${name} `, "m"));
  },
);
