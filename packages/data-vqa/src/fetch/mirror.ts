import * as fs from "node:fs";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { checkFreeSpace, hashFile, writeWhole } from "../disk.ts";
import { originPath, readOrigin, versionOf } from "./origin.ts";
import type { SourceFile } from "./sources.ts";

export interface DownloadProgress {
  readonly name: string;
  readonly bytes: number;
  /** Null where neither manifest nor server says. */
  readonly totalBytes: number | null;
  /** Of this run. */
  readonly bytesPerSecond: number;
  readonly secondsLeft: number | null;
}

export interface DownloadOptions {
  /** Called about twice a second. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Called when a connection or a mirror is given up, with the reason. */
  readonly onTrouble?: (message: string) => void;
  /** Failures in a row, without a byte between them, after which a mirror is given up. */
  readonly attempts?: number;
  /** Waited after the first failure; doubled after each further one. */
  readonly backoffMilliseconds?: number;
  /** A connection on which nothing comes for so long counts as broken. */
  readonly stallMilliseconds?: number;
  readonly signal?: AbortSignal;
}

export interface Downloaded {
  readonly bytes: number;
  readonly sha256: string;
  readonly url: string;
}

const DEFAULTS = { attempts: 5, backoffMilliseconds: 1000, stallMilliseconds: 30_000 };
const PROGRESS_MILLISECONDS = 500;

/** What a mirror did that makes another try at it pointless. */
export class MirrorRefused extends Error {}

/** No name server knows the mirror's host, so nothing else can be had from it either. */
export class HostUnknown extends MirrorRefused {}

/** One file from one mirror. */
export class MirrorDownload {
  readonly #file: SourceFile;
  readonly #url: string;
  readonly #part: string;
  readonly #options: DownloadOptions & typeof DEFAULTS;
  /** Whether the part began in an earlier run, perhaps at another mirror. */
  #resumed: boolean;
  #total: number | null;
  /** Names the version of the file that the part is of, so that a changed file is not glued to it. */
  #version: string | null = null;

  constructor(file: SourceFile, url: string, part: string, options: DownloadOptions) {
    [this.#file, this.#url, this.#part, this.#options] = [file, url, part, { ...DEFAULTS, ...options }];
    this.#total = file.bytes;
    const origin = readOrigin(part);
    if (origin?.url === url) this.#version = origin.version;
    else if (file.sha256 === null) this.#discard();
    this.#resumed = this.#have() > 0;
  }

  async run(): Promise<Downloaded> {
    for (;;) {
      await this.#complete();
      const sha256 = hashFile(this.#part);
      const bytes = this.#have();
      if (this.#file.sha256 === null || sha256 === this.#file.sha256) {
        fs.rmSync(originPath(this.#part), { force: true });
        return { bytes, sha256, url: this.#url };
      }
      this.#discard();
      if (!this.#resumed)
        throw new MirrorRefused(`served ${bytes} bytes with sha256 ${sha256}, not ${this.#file.sha256}`);
      this.#options.onTrouble?.(
        `${this.#file.name}: what an earlier run left did not fit; starting from the beginning`,
      );
      this.#resumed = false;
    }
  }

  /** Connect until the part is as long as it must be. */
  async #complete(): Promise<void> {
    const { attempts, backoffMilliseconds, signal, onTrouble } = this.#options;
    for (let failures = 0; ; ) {
      const before = this.#have();
      try {
        if (await this.#connect()) return;
      } catch (error) {
        signal?.throwIfAborted();
        if (!isNetworkError(error)) throw error;
        if (isUnknownHost(error)) throw new HostUnknown(`${describeError(error)}; is this machine on the network?`);
        failures = this.#have() > before ? 1 : failures + 1;
        const reason = describeError(error);
        if (failures >= attempts) throw new MirrorRefused(`${reason}; gave up after ${failures} failures in a row`);
        onTrouble?.(`${this.#file.name}: ${reason} at ${this.#have()} bytes; trying again`);
        await setTimeout(backoffMilliseconds * 2 ** (failures - 1), undefined, { signal });
      }
    }
  }

  /** One connection; true when the file is complete. */
  async #connect(): Promise<boolean> {
    let have = this.#have();
    if (this.#total !== null && have === this.#total) return true;
    const stall = new AbortController();
    const signal = AbortSignal.any([stall.signal, ...(this.#options.signal ? [this.#options.signal] : [])]);
    const watchdog = new Watchdog(stall, this.#options.stallMilliseconds);
    try {
      const response = await fetch(this.#url, { headers: this.#headers(have), signal });
      have = this.#checkResponse(response, have);
      await this.#receive(response, have, watchdog);
    } finally {
      watchdog.stop();
    }
    const got = this.#have();
    if (this.#total !== null && got < this.#total)
      throw new NetworkError(`connection ended at ${got} of ${this.#total} bytes`);
    return true;
  }

  #headers(have: number): Record<string, string> {
    if (have === 0) return { "accept-encoding": "identity" };
    const ifRange = this.#version === null ? {} : { "if-range": this.#version };
    return { "accept-encoding": "identity", range: `bytes=${have}-`, ...ifRange };
  }

  /** Where the body belongs in the file; throws for a response that is not (a part of) it. */
  #checkResponse(response: Response, have: number): number {
    const { status } = response;
    if (status === 416) return this.#checkUnsatisfiable(response, have);
    if (status >= 500 || status === 429 || status === 408) throw new NetworkError(`HTTP status ${status}`);
    if (status !== 200 && status !== 206) throw new MirrorRefused(`HTTP status ${status}`);
    if (/^text\/html/i.test(response.headers.get("content-type") ?? ""))
      throw new MirrorRefused("served a web page, not the file");
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get("content-range") ?? "");
    const start = status === 206 ? Number(range?.[1] ?? NaN) : 0;
    if (status === 206 && start !== have)
      throw new MirrorRefused(`answered a request for bytes from ${have} with others`);
    const length = Number(response.headers.get("content-length") ?? NaN);
    const total = status === 206 && range?.[2] !== "*" ? Number(range?.[2]) : start + length;
    this.#checkTotal(total);
    this.#checkVersion(versionOf(response), status === 206);
    return start;
  }

  /** The server has no bytes from `have` on: then these were all, or the file is another one now. */
  #checkUnsatisfiable(response: Response, have: number): number {
    const total = /^bytes \*\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1];
    if (Number(total) === have) {
      this.#checkTotal(have);
      return have;
    }
    this.#discard();
    throw new NetworkError("the server has fewer bytes than are here already; starting from the beginning");
  }

  /** A part is never glued to the rest of a file that has changed meanwhile. */
  #checkVersion(version: string | null, continued: boolean): void {
    if (continued && this.#version !== null && version !== null && version !== this.#version) {
      this.#discard();
      throw new NetworkError("the file has changed on the server; starting from the beginning");
    }
    this.#version = version;
    fs.writeFileSync(originPath(this.#part), JSON.stringify({ url: this.#url, version }));
  }

  #checkTotal(total: number): void {
    if (!Number.isFinite(total)) return;
    if (this.#file.bytes !== null && total !== this.#file.bytes) {
      throw new MirrorRefused(`has ${total} bytes instead of ${this.#file.bytes}`);
    }
    this.#total = total;
    checkFreeSpace(dirname(this.#part), total - this.#have(), `free some for ${this.#file.name}`);
  }

  async #receive(response: Response, start: number, watchdog: Watchdog): Promise<void> {
    if (response.status === 416) return;
    const output = fs.openSync(this.#part, start === 0 ? "w" : "r+");
    const began = performance.now();
    let [at, reported] = [start, began];
    try {
      for await (const chunk of response.body ?? []) {
        watchdog.reset();
        at += writeWhole(output, chunk, at);
        if (this.#total !== null && at > this.#total) {
          this.#discard();
          throw new MirrorRefused(`served more than the ${this.#total} bytes it has`);
        }
        const now = performance.now();
        if (now - reported < PROGRESS_MILLISECONDS) continue;
        reported = now;
        const bytesPerSecond = ((at - start) / (now - began)) * 1000;
        const secondsLeft = this.#total === null ? null : (this.#total - at) / bytesPerSecond;
        this.#options.onProgress?.({
          name: this.#file.name,
          bytes: at,
          totalBytes: this.#total,
          bytesPerSecond,
          secondsLeft,
        });
      }
    } finally {
      fs.closeSync(output);
    }
  }

  #discard(): void {
    this.#version = null;
    for (const path of [this.#part, originPath(this.#part)]) fs.rmSync(path, { force: true });
  }

  #have(): number {
    return fs.statSync(this.#part, { throwIfNoEntry: false })?.size ?? 0;
  }
}

/** Aborts a connection on which nothing comes. */
class Watchdog {
  readonly #timer: NodeJS.Timeout;

  constructor(controller: AbortController, milliseconds: number) {
    this.#timer = globalThis.setTimeout(
      () => controller.abort(new NetworkError("nothing came for too long")),
      milliseconds,
    );
  }

  reset(): void {
    this.#timer.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** Something that another try may well cure. */
class NetworkError extends Error {}

/** Node's fetch wraps what the socket says in a TypeError. */
function isNetworkError(error: unknown): boolean {
  return error instanceof NetworkError || (error instanceof TypeError && error.cause !== undefined);
}

/** The resolver's answer to a name that nobody has, or to no way to ask. */
function isUnknownHost(error: unknown): boolean {
  const { cause } = error as Error;
  return cause instanceof Error && /^(ENOTFOUND|EAI_AGAIN)$/.test((cause as NodeJS.ErrnoException).code ?? "");
}

function describeError(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message} (${cause.message || cause.name})` : message;
}
