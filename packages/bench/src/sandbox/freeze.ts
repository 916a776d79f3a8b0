/** Whether a value can have properties of its own. */
export function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** An object, and the prototype that it gives to others. The conformance kit itself counts calls of Math.random. */
export function freezeDeeply(object: object): void {
  const kept = object === Math ? ["random"] : [];
  freeze(object, kept);
  const prototype: unknown = (object as { prototype?: unknown }).prototype;
  if (isObject(prototype)) freeze(prototype, []);
}

/**
 * Frozen, except that an object which inherits from it may still have a property of the same name: assigning `name` to an
 * error must not throw because Error.prototype.name is frozen.
 */
function freeze(object: object, kept: readonly string[]): void {
  for (const key of Reflect.ownKeys(object)) {
    const found = Reflect.getOwnPropertyDescriptor(object, key);
    if (found?.configurable !== true || kept.includes(String(key)) || !("value" in found)) continue;
    const { value, enumerable = false } = found as { value: unknown; enumerable?: boolean };
    Object.defineProperty(object, key, {
      ...{ configurable: false, enumerable },
      get: () => value,
      set(this: object, replacement: unknown) {
        if (this === object) throw new TypeError(`a method may not change ${String(key)} of a built-in object`);
        Object.defineProperty(this, key, { value: replacement, writable: true, enumerable: true, configurable: true });
      },
    });
  }
  if (kept.length === 0) Object.preventExtensions(object);
}
