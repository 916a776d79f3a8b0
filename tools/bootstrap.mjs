// Installs the locked packages, and with them the locked Node, once per lock file.
// Plain JavaScript without dependencies: it runs on whatever Node (20 or later) the machine has.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const stamp = join(root, "node_modules", ".ticketbench-installed");
const lock = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== lock) {
  console.log("Installing the locked packages (once, about a minute) ...");
  const install = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: "inherit",
  });
  if (install.status !== 0) {
    console.error("npm ci failed: see its message above. Nothing else was run.");
    process.exit(install.status ?? 1);
  }
  writeFileSync(stamp, lock);
}
