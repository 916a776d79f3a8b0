/** Milliseconds of the fastest and the median call among those that fit into `seconds`, after one call to warm up. */
export async function time(
  seconds: number,
  call: () => unknown,
): Promise<{ best: number; median: number; calls: number }> {
  await call();
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  do {
    const start = performance.now();
    await call();
    times.push(performance.now() - start);
  } while (performance.now() < end || times.length < 3);
  times.sort((a, b) => a - b);
  return { best: times[0]!, median: times[times.length >> 1]!, calls: times.length };
}
