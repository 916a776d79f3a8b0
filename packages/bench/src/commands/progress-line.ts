import { duration } from "../run/eta.ts";

const ERASE = "\r\u001b[K";
/** Where lines cannot be written over, one this often is enough. */
const QUIET_MILLISECONDS = 10_000;

export interface Transfer {
  readonly bytes: number;
  readonly totalBytes: number | null;
  readonly bytesPerSecond: number;
  readonly secondsLeft: number | null;
}

/** How far long work is, on standard error: a line written over and over on a terminal, now and then one elsewhere. */
export class ProgressLine {
  readonly #screen = process.stderr;
  #shownAt = -Infinity;

  show(text: string): void {
    if (this.#screen.isTTY) this.#screen.write(`${ERASE}${text.slice(0, this.#screen.columns - 1)}`);
    else if (performance.now() - this.#shownAt > QUIET_MILLISECONDS) {
      this.#shownAt = performance.now();
      this.#screen.write(`${text}\n`);
    }
  }

  /** A line that stays. */
  say(text: string): void {
    this.end();
    this.#screen.write(`${text}\n`);
  }

  end(): void {
    if (this.#screen.isTTY) this.#screen.write(ERASE);
  }
}

/** "1.2 of 4.5 GB, 23.1 MB/s, 2 min 20 s left" */
export function transferWords({ bytes, totalBytes, bytesPerSecond, secondsLeft }: Transfer): string {
  const done = totalBytes === null ? byteWords(bytes) : `${byteWords(bytes)} of ${byteWords(totalBytes)}`;
  const left = secondsLeft === null ? "" : `, ${duration(secondsLeft)} left`;
  return `${done}, ${(bytesPerSecond / 1e6).toFixed(1)} MB/s${left}`;
}

/** 1,234,567 is "1.2 MB". */
export function byteWords(bytes: number): string {
  if (bytes < 1e3) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
