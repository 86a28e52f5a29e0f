"""The contestants: each builds a training step (forward, backward) for one size.

`python -m benchmarks.contestants NAME T B M D DTYPE` serves one of them: for each line on its input
that names a number of steps, it takes them and answers with the CPU seconds of one.
"""

import sys
import time

import numpy as np


def lstmlib_rnn(T, B, M, D, dtype):
    from lstmlib.numpy import RNN, bptt, unroll
    rng = np.random.default_rng(0)
    cell = RNN(M, D)
    params = cell.init(rng, dtype=dtype)
    x = rng.normal(size=(T, B, M)).astype(dtype)
    d_outputs = rng.normal(size=(T, B, D)).astype(dtype)
    return lambda: bptt(unroll(cell, params, x), d_outputs)


def torch_rnn(T, B, M, D, dtype):
    import torch
    torch.set_num_threads(1)
    torch.manual_seed(0)
    kind = getattr(torch, np.dtype(dtype).name)
    module = torch.nn.RNN(M, D).to(kind)
    x = torch.randn(T, B, M, dtype=kind, requires_grad=True)
    d_outputs = torch.randn(T, B, D, dtype=kind)

    def step():
        module.zero_grad(set_to_none=True)
        x.grad = None
        module(x)[0].backward(d_outputs)

    return step


CONTESTANTS = {"rnn": {"lstmlib.numpy": lstmlib_rnn, "torch.nn": torch_rnn}}


def serve(cell, name, *size):
    *numbers, dtype = size
    step = CONTESTANTS[cell][name](*map(int, numbers), dtype)
    step()
    print("ready", flush=True)
    for line in sys.stdin:
        count = int(line)
        start = time.process_time()
        for _ in range(count):
            step()
        print((time.process_time() - start) / count, flush=True)


if __name__ == "__main__":
    serve(*sys.argv[1:])
