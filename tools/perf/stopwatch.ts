/** Milliseconds of the fastest and the median call among those that fit into `seconds`, after one call to warm up. */
export function time(seconds: number, call: () => void): { best: number; median: number; calls: number } {
  call();
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  do {
    const start = performance.now();
    call();
    times.push(performance.now() - start);
  } while (performance.now() < end || times.length < 3);
  times.sort((a, b) => a - b);
  return { best: times[0]!, median: times[times.length >> 1]!, calls: times.length };
}

/** The faster of two ways as a ratio slow / fast, taken in turns so that a machine's drift hits both alike. */
export function ratio(
  seconds: number,
  slow: () => void,
  fast: () => void,
): { ratio: number; slow: number; fast: number } {
  slow();
  fast();
  const pairs: { slow: number; fast: number }[] = [];
  const end = performance.now() + seconds * 1000;
  do {
    const pair = { slow: time(0, slow).best, fast: time(0, fast).best };
    pairs.push(pair);
  } while (performance.now() < end);
  pairs.sort((a, b) => a.slow / a.fast - b.slow / b.fast);
  const middle = pairs[pairs.length >> 1]!;
  return { ratio: middle.slow / middle.fast, ...middle };
}
