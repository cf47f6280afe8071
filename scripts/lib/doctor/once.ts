/** Calls a function once, and gives everybody its first result, a rejected promise as well. */
export function once<Arguments extends readonly unknown[], Value>(
  make: (...given: Arguments) => Value,
): (...given: Arguments) => Value {
  let made: { readonly value: Value } | undefined;
  return (...given) => {
    made ??= { value: make(...given) };
    return made.value;
  };
}
