import { writeSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";

/** Ends a test run with one plain line that any log reader understands: `N passed, N failed, N skipped`. */
export default class ClosingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state]++;
      // A file that does not load has no tests to count, and must not read as success.
      if (module.errors().length > 0) count.failed++;
    }
    const line = `\n${count.passed} passed, ${count.failed} failed, ${count.skipped + count.pending} skipped\n`;
    // At the very end, after the coverage that other reporters print.
    process.once("exit", () => writeSync(1, line));
  }
}
