// Temporary files get the names .nabla-0000000000000001.tmp and so on: strace watches files by their names.

const crypto = require("node:crypto");
const { syncBuiltinESMExports } = require("node:module");

let count = 0;
crypto.randomBytes = (length) => {
  const bytes = Buffer.alloc(length);
  bytes.writeUInt32BE(++count, length - 4);
  return bytes;
};
syncBuiltinESMExports();
