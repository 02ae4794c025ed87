"""ONNX's own checker, with its inference of shapes, over the files named, for checker.test.ts."""

import sys

import onnx

for file in sys.argv[1:]:
    onnx.checker.check_model(onnx.load(file), full_check=True)
