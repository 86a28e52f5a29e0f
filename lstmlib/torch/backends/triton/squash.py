"""The functions that squash, in the arithmetic of the kernel: float32, or float64 for float64."""

import triton
import triton.language as tl


@triton.jit
def sigmoid(x):
    return tl.sigmoid(x)


@triton.jit
def tanh(x):
    return 2 * tl.sigmoid(2 * x) - 1                   # no overflow on either side
