"""Prints the CRC-32 of byte strings by zlib, for checksum.test.ts."""

import zlib

for length in (0, 1, 7, 8, 9, 16, 1000):
    data = bytes((i * 37 + 11) & 0xFF for i in range(length))
    print(f"    [{length}, 0x{zlib.crc32(data):08x}],")
