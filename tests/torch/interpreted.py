"""What runs in a process of its own, where Triton's kernels are interpreted instead of compiled.

Whether they are is decided when triton is imported, for the whole process.
"""

import os

import numpy as np
import torch
from cases import by_torch, detached

from lstmlib.torch import CELLS, LSTM, from_numpy
from lstmlib.torch.backends import choose, triton
from lstmlib.torch.backends.triton.planning import Plan, Share


def begin():
    os.environ["TRITON_INTERPRET"] = "1"
    torch.set_num_threads(1)


def is_interpreted():
    from lstmlib.torch.backends.triton import kernels
    return type(kernels.forward).__name__ == "InterpretedFunction"


def by_share(case, share, **way):
    """Outputs, last state and gradients by the backend "triton", all its cells shared out so."""
    return shared(share, by_torch, case, backend="triton", **way)


def without_gradients(case, share, **way):
    """Outputs and last state where no gradient is wanted, so that nothing is kept."""
    def run():
        module = from_numpy(case.network, case.params, dtype=case.dtype, backend="triton")
        with torch.no_grad():
            outputs, last = module(torch.tensor(case.x, dtype=case.dtype),
                                   {key: torch.tensor(value, dtype=case.dtype)
                                    for key, value in case.state.items()}, **way)
        return {"outputs": detached(outputs),
                **{f"last {key}": value for key, value in detached(last).items()}}
    return shared(share, run)


def shared(share, function, *arguments, **named):
    planned = triton.plan
    triton.plan = lambda *sizes: planned(*sizes) if share is None else Plan(share, share)
    try:
        return function(*arguments, **named)
    finally:
        triton.plan = planned


def gradients_again():
    """What a user can do between a forward and its backward, and what comes of it."""
    torch.manual_seed(0)
    cell = LSTM(3, 16, backend="triton", dtype=torch.float64)
    x = torch.randn(5, 2, 3, dtype=torch.float64, requires_grad=True)
    outputs, _ = cell(x)
    expected = torch.autograd.grad(outputs.sum(), [x, cell.U], retain_graph=True)
    cell(torch.randn(5, 2, 3, dtype=torch.float64))[0].sum().backward()      # another run between
    again = torch.autograd.grad(outputs.sum(), [x, cell.U], retain_graph=True)
    found = {"twice": all(map(torch.equal, expected, again)),
             "x untouched": torch.equal(x, x.detach().clone())}
    with torch.no_grad():
        cell.U.mul_(2)
    found["U changed"] = said(lambda: torch.autograd.grad(outputs.sum(), x))
    outputs, _ = cell(x)
    found["outputs changed"] = said(lambda: torch.autograd.grad(outputs.mul_(2).sum(), x))
    outputs, _ = cell(x)
    found["second derivative"] = said(
        lambda: torch.autograd.grad((outputs ** 2).sum(), x, create_graph=True))
    return found


def among_nans(name, D, share):
    """h and d x of all sequences but one, before and after that one and all around U are NaN."""
    torch.manual_seed(0)
    cell = CELLS[name](3, D, backend="triton", dtype=torch.float64)
    x = torch.randn(5, 5, 3, dtype=torch.float64)
    found = [others(cell, x, share)]
    around = torch.full((3, *cell.U.shape), torch.nan, dtype=torch.float64)
    around[1] = cell.U.detach()
    cell.U.data = around[1]
    x[:, 2] = torch.nan
    return [*found, others(cell, x, share)]


def others(cell, x, share):
    x = x.clone().requires_grad_()
    outputs, _ = shared(share, cell, x)
    kept = outputs[:, [0, 1, 3, 4]]
    d_x, = torch.autograd.grad((outputs * torch.linspace(0, 1, outputs.shape[2])).sum(), x)
    return {"h": detached(kept), "d x": detached(d_x[:, [0, 1, 3, 4]])}


def said(function):
    try:
        function()
    except RuntimeError as error:
        return str(error)
    return "nothing"


def vectors_of_any_memory():
    """Outputs of a GRU whose b_n lies in every second number of a tensor, here and by eager."""
    cell = CELLS["gru"](3, 16, backend="triton", dtype=torch.float64)
    params = dict(cell.named_parameters())
    params["b_n"] = torch.arange(32, dtype=torch.float64)[::2]
    x, found = torch.ones(5, 2, 3, dtype=torch.float64), []
    for cell.backend in ("triton", "eager"):
        found.append(detached(torch.func.functional_call(cell, params, x)[0]))
    return found


def trained_after_inference():
    """The gradient of a Clockwork that was first called in inference mode."""
    cell = CELLS["clockwork"](3, 16, periods=(1, 7), backend="triton")
    with torch.inference_mode():
        cell(torch.ones(5, 2, 3))
    cell(torch.ones(5, 2, 3))[0].sum().backward()
    return detached(cell.U.grad)


def launch_refused():
    """What a user reads where the driver refuses a launch."""
    from lstmlib.torch.backends.triton import kernels

    class Refused:
        def __getitem__(self, grid):
            raise RuntimeError("Triton Error [CUDA]: too many blocks in cooperative launch")

    kernel, kernels.forward = kernels.forward, Refused()
    try:
        return said(lambda: LSTM(3, 16, backend="triton")(torch.ones(5, 2, 3)))
    finally:
        kernels.forward = kernel


def bytes_of_last_state():
    _, last = LSTM(3, 16, backend="triton")(torch.ones(5, 2, 3))
    return {name: value.untyped_storage().nbytes() for name, value in last.items()}


def chosen_by_auto():
    from lstmlib.torch.backends import BACKENDS, Call
    backend = choose(LSTM(16, 16), Call(5, 2, torch.float32, torch.device("cpu")))
    return next(name for name in BACKENDS if BACKENDS[name] is backend)


def on_narrow(dtype, D):
    """LSTM in a narrow dtype by interpreted kernels and by eager: outputs of both."""
    rng = np.random.default_rng(0)
    x = torch.from_numpy(rng.standard_normal((7, 5, 3))).to(dtype)
    cell = LSTM(3, D, backend="triton", dtype=dtype, generator=torch.Generator().manual_seed(1))
    outputs, last = cell(x)
    assert outputs.dtype == dtype and {value.dtype for value in last.values()} == {dtype}
    wide = LSTM(3, D, backend="eager", dtype=torch.float64)
    wide.load_state_dict(cell.state_dict())
    return detached(outputs), detached(wide(x.double())[0])


#: Eight warps: even of four blocks the way back cuts a chunk into two pieces.
OWN = Share(32, 4, 32, own=True, resident=True, warps=8)
#: D = 48: two chunks of which the second is half empty, and more units than there are.
ONE = Share(64, 4, 32, own=False, resident=True, warps=8)
#: D = 48: three programs for the units times two for five sequences; they exchange h.
STEPS = Share(16, 4, 32, own=False, resident=False, warps=8)


def tuned():
    """What benchmarks.tune_gpu prints for one small case."""
    import contextlib
    import io

    from benchmarks import tune_gpu
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        tune_gpu.STEPS = 2
        tune_gpu.main(["gru,16,3,float32", "--device", "cpu", "--jobs", "1", "--most", "2",
                       "--seconds", "0"])
    return said.getvalue()
