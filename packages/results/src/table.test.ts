import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { sampleFailure, sampleTicket } from "./sample-result.ts";
import { tableColumns, tableOf, toCsv, toParquet } from "./table.ts";

const results = [sampleTicket({ seed: 0 }, 80), sampleTicket({ seed: 1 }, 80), sampleFailure({ seed: 2 })];

describe("the table of results", () => {
  it("has one row a phase, with the accuracy of the scores, and one for a failed cell", () => {
    const rows = tableOf(results);
    expect(rows.map(({ phase }) => phase)).toEqual([
      ...["pruned", "rewound", "retrained"],
      ...["pruned", "rewound", "retrained"],
      null,
    ]);
    expect(rows[1]).toMatchObject({
      method: "magnitude",
      seed: 0,
      target: 0.5,
      accuracy: results[0]?.status === "done" ? results[0].phases.rewound?.accuracy : undefined,
      selection_split: "nominival",
      git_dirty: false,
    });
    expect(rows[6]).toMatchObject({ status: "failed", accuracy: null, failure: "diverged: loss is NaN" });
  });

  it("comes back from Parquet as it was", async () => {
    const rows = tableOf(results);
    const bytes = toParquet(rows);
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    expect(await parquetReadObjects({ file })).toEqual(rows);
  });

  it("is CSV with every column, even without rows", () => {
    expect(toCsv([])).toBe(`${tableColumns.join(",")}\n`);
    const lines = toCsv(tableOf(results)).trimEnd().split("\n");
    expect(lines).toHaveLength(8);
    expect(lines[0]).toBe(tableColumns.join(","));
    const [, rest = ""] = (lines[1] ?? "").split(",pruned,");
    const after = tableColumns.slice(tableColumns.indexOf("phase") + 1);
    const values = new Map(after.map((name, i) => [name, rest.split(",")[i]]));
    expect([values.get("target"), values.get("sparsity_prunable")]).toEqual(["0.5", "0.5"]);
  });

  it("is harmless in a spreadsheet and keeps commas, quotes and line breaks inside their cell", () => {
    const study = { ...sampleTicket().study, name: '=HYPERLINK("http://x", "a")\nb' };
    const csv = toCsv(tableOf([sampleTicket({ study }, 80)]));
    expect(csv).toContain(`"'=HYPERLINK(""http://x"", ""a"")\nb"`);
  });
});
