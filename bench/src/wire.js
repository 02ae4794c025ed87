// Requests and replies between the harness and its workers: one line of JSON each. Float32 arrays
// travel as { float32: base64 }.

export const encode = (message) =>
  JSON.stringify(message, (_, value) =>
    value instanceof Float32Array
      ? {
          float32: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64"),
        }
      : value,
  );

export const decode = (line) =>
  JSON.parse(line, (_, value) => {
    if (typeof value?.float32 !== "string") return value;
    // A copy: pooled buffers are not aligned
    return new Float32Array(Uint8Array.from(Buffer.from(value.float32, "base64")).buffer);
  });
