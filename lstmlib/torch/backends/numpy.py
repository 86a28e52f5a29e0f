"""The fast forms of lstmlib.numpy, forwards and backwards, on tensors of the CPU.

The way back is written by hand, so that autograd sees one node for the whole sequence. Who asks for
a second derivative is given the way back of "eager", which has one.
"""

from copy import copy

import numpy as np
import torch

from lstmlib.numpy.cells.base import Checked
from lstmlib.numpy.fast import FAST
from lstmlib.torch.backends import eager, transformed, untraced
from lstmlib.torch.cells import CELLS as ALL
from lstmlib.torch.cells import LSTM
from lstmlib.torch.network import resembling

CELLS = tuple(cls for cls in ALL.values() if cls.of in FAST)
DTYPES = {"cpu": (torch.float32, torch.float64)}
AUTO = ("cpu",)
BEATEN = {(LSTM, "cpu", torch.float32): "native"}      # which takes oneDNN here, and there alone
LIMITS = "not under torch.func or forward mode"


def refuses(cell, call):
    return transformed()


@untraced
def run(cell, x, state, lengths, start, with_c):
    names = ("h", "c") if with_c else ("h",)
    params = cell.own().values()
    found = _Reference.apply(cell, lengths, start, names, x, *params, *state.values())
    return dict(zip(names, found)), dict(zip(state, found[len(names):]))


class _Reference(torch.autograd.Function):
    """(x, parameters, first states) -> (sequences of `names`, last states)."""

    @staticmethod
    def forward(ctx, cell, lengths, start, names, x, *values):
        tape = run_over(cell, lengths, start, x, *values)
        # What a way back has saved, torch lets go of after it, also where the loss is kept. Only
        # tensors are saved so: the tape goes along with one.
        carrier = x.new_empty(0)
        carrier.tape = tape
        ctx.save_for_backward(lengths, carrier, x, *values)
        ctx.cell, ctx.start, ctx.names = cell, start, names
        found = [tape.outputs] if names == ("h",) else [tape.outputs, tape.sequences()["c"]]
        # Copies: whoever changed what the tape holds in place would change the way back.
        return tuple(torch.from_numpy(value.copy()) for value in (*found, *tape.state.values()))

    @staticmethod
    def backward(ctx, *grads):
        lengths, carrier, *saved = ctx.saved_tensors   # an error if they have changed
        if torch.is_grad_enabled():                    # create_graph: it has to be differentiable
            return None, None, None, None, *back_by_eager(ctx, lengths, saved, grads)
        d_outputs, *grads = map(array, grads)
        d_cells = grads.pop(0) if "c" in ctx.names else None
        d_state = dict(zip(ctx.cell.state_names, grads))
        # The way back makes its notes on a copy: a tape never changes, and two may go back at once.
        tape = getattr(carrier, "tape", None)
        if tape is None:                               # somebody put it aside as numbers
            tape = run_over(ctx.cell, lengths, ctx.start, *saved)
        d_params, d_x, d_first = copy(tape).backward(d_outputs, d_state, d_cells)
        found = (d_x, *(d_params[name] for name in ctx.cell.param_shapes),
                 *(d_first[name] for name in ctx.cell.state_names))
        return None, None, None, None, *(
            torch.from_numpy(np.ascontiguousarray(value)) for value in found)


def run_over(cell, lengths, start, x, *values):
    """The tape of a run, as the reference keeps it."""
    x, *values = map(array, (x, *values))
    params = Checked(zip(cell.param_shapes, values))
    state = dict(zip(cell.state_names, values[len(params):]))
    lengths = None if lengths is None else lengths.numpy()
    return FAST[cell.of](cell.twin, params, x, state, lengths, start)


def back_by_eager(ctx, lengths, saved, grads):
    """The same gradients, as a function of all that they depend on."""
    saved = [value.view_as(value) for value in saved]  # apart, where two are one tensor
    x, *values = saved
    params = dict(zip(ctx.cell.param_shapes, values))
    state = dict(zip(ctx.cell.state_names, values[len(params):]))
    sequences, last = eager.run(resembling(ctx.cell, params), x, state, lengths, ctx.start,
                                "c" in ctx.names)
    leaves = [value for value in saved if value.requires_grad]
    found = iter(torch.autograd.grad([*sequences.values(), *last.values()], leaves, grads,
                                     create_graph=True, materialize_grads=True))
    return [next(found) if value.requires_grad else None for value in saved]


def array(value):
    return value.detach().resolve_neg().numpy()
