/**
 * Unpacks a block of Snappy, as remote write has it.
 * Format: https://github.com/google/snappy/blob/main/format_description.txt
 */
export function unpackSnappy(packed: Uint8Array): Buffer {
  let at = 0;
  const byte = (): number => {
    const value = packed[at];
    if (value === undefined) throw new Error('the block ends too early');
    at += 1;
    return value;
  };
  const littleEndian = (bytes: number): number => {
    let value = 0;
    for (let index = 0; index < bytes; index += 1) value += byte() * 2 ** (8 * index);
    return value;
  };
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const part = byte();
    length += (part & 0x7f) * 2 ** shift;
    if (part < 0x80) break;
  }
  const whole = Buffer.alloc(length);
  let end = 0;
  while (at < packed.length) {
    const tag = byte();
    const kind = tag & 3;
    if (kind === 0) {
      const short = tag >> 2;
      const size = (short < 60 ? short : littleEndian(short - 59)) + 1;
      whole.set(packed.subarray(at, at + size), end);
      at += size;
      end += size;
      continue;
    }
    const size = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const offset = kind === 1 ? (tag >> 5) * 256 + byte() : littleEndian(kind === 2 ? 2 : 4);
    // Byte by byte: what is copied may reach into what it makes.
    for (let index = 0; index < size; index += 1, end += 1) whole[end] = whole[end - offset] ?? 0;
  }
  if (end !== length) throw new Error(`expected ${length} bytes, got ${end}`);
  return whole;
}
