"""The contestants: each takes a training step (forward, backward) of one network at one size.

All contestants of a race are given the same problem: the parameters that our cell draws, the same
inputs and the same upstream gradient. `result()` shows what a step computes, under our names, so
that a test can see that they all do the same work.

`python -m benchmarks.contestants WHO CELL T,B,M,D DTYPE` serves one of them: for each line on its
input that names a number of steps, it takes them and answers with the CPU seconds of one.
"""

import sys
import time
from dataclasses import dataclass

import numpy as np

from lstmlib.numpy import CELLS, bptt, unroll


def size_for(name, size):
    """The size itself, or with M = D for the cells that demand it."""
    T, B, M, D = size
    return (T, B, D, D) if CELLS[name].size_rule == "equal" else size


@dataclass
class Problem:
    """What all contestants of a race are given."""

    network: object
    params: dict
    x: np.ndarray                       # (T, B, M)
    d_outputs: np.ndarray               # (T, B, D)

    @classmethod
    def of(cls, name, size, dtype):
        T, B, M, D = size
        rng = np.random.default_rng(0)
        network = CELLS[name].smallest(M, D)
        return cls(network, network.init(rng, dtype=dtype),
                   rng.normal(size=(T, B, M)).astype(dtype),
                   rng.normal(size=(T, B, D)).astype(dtype))

    def rounded(self, dtype):
        """The same in float64, with every number rounded to this dtype of torch."""
        torch = _torch()

        def round(value):
            return torch.tensor(value).to(dtype).double().numpy()

        params = {key: round(value) for key, value in self.params.items()}
        return Problem(self.network, params, round(self.x), round(self.d_outputs))


class Ours:
    """lstmlib.numpy, as a user calls it."""

    def __init__(self, problem):
        self.problem = problem

    def step(self):
        problem = self.problem
        run = unroll(problem.network, problem.params, problem.x)
        return run.outputs, bptt(run, problem.d_outputs)

    def result(self):
        outputs, grads = self.step()
        return {"outputs": outputs, "inputs": grads.inputs, **grads.params}


class InTorch:
    """What the contestants in torch share: a training step, the forward pass alone, the results.

    A subclass has `read()`, the outputs from self.x, and `leaves()`, its parameters by our names.
    """

    def __init__(self, problem, device="cpu", dtype=None):
        self.torch, self.problem = _torch(), problem
        self.device, self.dtype = device, dtype or getattr(self.torch, str(problem.x.dtype))
        self.x = self.tensor(problem.x).requires_grad_()
        self.d_outputs = self.tensor(problem.d_outputs)

    def tensor(self, value):
        return self.torch.tensor(value, dtype=self.dtype, device=self.device)

    def step(self):
        for leaf in (self.x, *self.leaves().values()):
            leaf.grad = None
        outputs = self.read()
        outputs.backward(self.d_outputs)
        return outputs

    def forward(self):
        with self.torch.no_grad():
            return self.read()

    def found(self):
        """Outputs and gradients of a step, by our names."""
        outputs = self.step().detach()
        return {"outputs": outputs, "inputs": self.x.grad, **self.grads()}

    def result(self):
        return {key: value.numpy() for key, value in self.found().items()}

    def grads(self):
        return {key: leaf.grad for key, leaf in self.leaves().items()}


class TorchOurs(InTorch):
    """lstmlib.torch, as a user calls it, by the backend that it takes of itself or by one named."""

    def __init__(self, problem, backend="auto", **where):
        super().__init__(problem, **where)
        from lstmlib.torch import from_numpy
        self.module = from_numpy(problem.network, problem.params, backend=backend,
                                 dtype=self.dtype, device=self.device)
        self.params = self.module.state_dict(keep_vars=True)

    def leaves(self):
        return self.params

    def read(self):
        return self.module(self.x)[0]


class TorchModule(InTorch):
    """The module of torch.nn, with our parameters.

    It has two biases a gate where we have one: ours is its first. The second is zero, but for the
    candidate's of the GRU, which the reset gate acts upon: it is our b_n.
    """

    kinds = {"rnn": ("RNN", {}), "rnn_relu": ("RNN", {"nonlinearity": "relu"}),
             "lstm": ("LSTM", {}), "gru": ("GRU", {})}

    def __init__(self, problem, name, **where):
        super().__init__(problem, **where)
        kind, options = self.kinds[name]
        M, self.D = problem.network.input_size, problem.network.hidden_size
        self.module = getattr(self.torch.nn, kind)(M, self.D, **options)
        self.module.to(self.device, self.dtype)
        params = {key: self.tensor(value) for key, value in problem.params.items()}
        second = self.torch.zeros_like(params["b"])
        if "b_n" in params:
            second[2 * self.D:] = params["b_n"]
        self.module.load_state_dict({"weight_ih_l0": params["W"], "weight_hh_l0": params["U"],
                                     "bias_ih_l0": params["b"], "bias_hh_l0": second})

    def leaves(self):
        module = self.module
        return {"W": module.weight_ih_l0, "U": module.weight_hh_l0, "b": module.bias_ih_l0,
                "second": module.bias_hh_l0}

    def read(self):
        return self.module(self.x)[0]

    def forward(self):
        self.module.eval()                     # or cuDNN makes its notes for the way back
        outputs = super().forward()
        self.module.train()
        return outputs

    def grads(self):
        found = super().grads()
        second = found.pop("second")
        return found | ({"b_n": second[2 * self.D:]} if self.module.mode == "GRU" else {})


class TorchCell(InTorch):
    """The same cell written in torch, one step after the other; autograd finds the way back."""

    def __init__(self, problem, **where):
        super().__init__(problem, **where)
        from benchmarks import torch_cells
        self.outputs = torch_cells.outputs
        self.params = {key: self.tensor(value).requires_grad_()
                       for key, value in problem.params.items()}

    def leaves(self):
        return self.params

    def read(self):
        return self.outputs(self.problem.network, self.params, self.x)


class Products:
    """The matrix products alone that a training step can't avoid: the floor under its time.

        forwards     W x of all steps at once; U h, a product a step
        backwards    Uᵀ δa, a product a step; δW, δU and δx, each one product over all T B rows

    Nothing else is computed, all results go into buffers made before. The products of a step are
    done with sequences as rows and as columns, and the faster of the two layouts is kept.
    """

    def __init__(self, problem):
        rng = np.random.default_rng(0)
        T, B, _ = problem.x.shape
        self.layers = []
        for cell in getattr(problem.network, "layers", (problem.network,)):
            shapes = cell.param_shapes
            for name in shapes:
                if name in ("W", "U", "R"):
                    self.layers.append(_products(rng, T, B, *shapes[name], problem.x.dtype,
                                                 a_step=name != "W"))

    def step(self):
        for products in self.layers:
            products()


def _products(rng, T, B, rows, columns, dtype, a_step):
    """The three products of one matrix (rows, columns); two of them `a_step`, or all at once."""

    def some(*shape):
        return rng.normal(size=shape).astype(dtype)

    matrix, v, d_a = some(rows, columns), some(T * B, columns), some(T * B, rows)
    d_matrix, d_v = np.empty_like(matrix), np.empty_like(v)

    def at_once():
        np.matmul(v, matrix.T, out=d_a)
        np.matmul(d_a.T, v, out=d_matrix)
        np.matmul(d_a, matrix, out=d_v)

    if not a_step:
        return at_once
    transposed = np.ascontiguousarray(matrix.T)

    def step_by_step(left, v, d_a, out_a, out_v):
        def products():
            for t in range(T):
                left(v[t], transposed, matrix, out_a)
            for t in range(T):
                left(d_a[t], matrix, transposed, out_v)
            np.matmul(d_a_rows.T, v_rows, out=d_matrix)
        return products

    d_a_rows, v_rows = d_a, v
    as_rows = step_by_step(lambda a, right, _, out: np.matmul(a, right, out=out),
                           v.reshape(T, B, columns), d_a.reshape(T, B, rows),
                           some(B, rows), some(B, columns))
    as_columns = step_by_step(lambda a, _, left, out: np.matmul(left, a, out=out),
                              v.reshape(T, columns, B), d_a.reshape(T, rows, B),
                              some(rows, B), some(columns, B))
    return min(as_rows, as_columns, key=_seconds)


def _seconds(function):
    function()
    start = time.process_time()
    function()
    return time.process_time() - start


def _torch():
    import torch
    torch.set_num_threads(1)
    return torch


#: The names under which contestants are sent into a race.
WHO = {
    "lstmlib.numpy": lambda name, problem: Ours(problem),
    "lstmlib.torch": lambda name, problem: TorchOurs(problem),
    "torch.nn": lambda name, problem: TorchModule(problem, name),
    "torch cell": lambda name, problem: TorchCell(problem),
    "products": lambda name, problem: Products(problem),
}


def contestant(who, name, size, dtype):
    return WHO[who](name, Problem.of(name, size, dtype))


def serve(who, name, size, dtype):
    step = contestant(who, name, tuple(map(int, size.split(","))), dtype).step
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
