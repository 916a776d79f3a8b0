/** The element of the page with this id; the script and its page are built together, so it is there. */
export function part<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`this page has no element "${id}"`);
  return found as T;
}

/** Data of this site as JSON. */
export async function load<T>(address: string): Promise<T> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} did not load: ${String(response.status)}`);
  return (await response.json()) as T;
}
