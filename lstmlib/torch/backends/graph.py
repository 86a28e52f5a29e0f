"""The steps as a CUDA graph: their many small kernels are recorded once and launched as one.

The steps are those of triton, where it needs a launch for each, and else those of eager.

It serves every cell, by name only: recording takes longer than a few calls of eager save, so that
only you know whether it pays. A recording has fixed sizes and fixed memory. Hence a sequence is cut
into chunks of STEPS steps, and what is recorded once for a cell, B and dtype serves every T (what
remains beside whole chunks is recorded too, for each remainder met): no T or B is refused, and
another B costs another recording. The last KEPT recordings are kept, each with memory of its own.

Forwards nothing is kept but the state before each chunk. The way back runs each chunk forwards once
more, from the last to the first, and then through torch's own gradients; it has no second
derivative. All that a call gives has been copied out of the recordings' memory.
"""

import math
import threading
from collections import OrderedDict

import torch

from lstmlib.torch.backends import (BACKENDS, Call, eager, refusal, refuse_second_derivative,
                                    transformed, untraced)
from lstmlib.torch.cells import CELLS as ALL
from lstmlib.torch.contract import DTYPES as ANY
from lstmlib.torch.network import resembling

CELLS = tuple(ALL.values())
DTYPES = {"cuda": ANY}
AUTO = ()
BEATEN = {}
LIMITS = "records chunks of steps before it is fast; no second derivative"

STEPS = 32            # a chunk; of a cell with clocks, so many that all clocks stand as before
KEPT = 16             # recordings, the least recently used of which makes room

_recordings = OrderedDict()
_one_at_a_time = threading.RLock()          # as two calls may share a recording's memory


def refuses(cell, call):
    if call.device.type == "cuda" and torch.cuda.is_current_stream_capturing():
        return "It can't record within another recording; name 'eager' there"
    return transformed()


@untraced
def run(cell, x, state, lengths, start, with_c):
    params = cell.own().values()
    values = [x, *params, *state.values()]
    goes_back = torch.is_grad_enabled() and any(value.requires_grad for value in values)
    sequences = ("h", "c") if with_c else ("h",)
    found = _Replayed.apply(cell, lengths, start, with_c, goes_back, *values)
    return dict(zip(sequences, found)), dict(zip(state, found[len(sequences):]))


class _Replayed(torch.autograd.Function):
    """(x, parameters, first states) -> (sequences, last states), chunk by chunk."""

    @staticmethod
    def forward(ctx, cell, lengths, start, with_c, goes_back, x, *values):
        ctx.save_for_backward(x, *values)
        ctx.num_params, ctx.lengths, ctx.chunks = len(cell.param_shapes), lengths, []
        params, state = values[:ctx.num_params], values[ctx.num_params:]
        sequences = [x.new_empty(*x.shape[:2], cell.hidden_size) for _ in range(1 + with_c)]
        with _one_at_a_time:
            for steps in _cut(cell, len(x)):
                given = [x[steps], *params, *state, *_left(lengths, steps)]
                kind = (cell, len(given), start, with_c)         # chunks are cycles of the clocks
                if goes_back:
                    sent = [whole[steps] for whole in sequences] + list(state)
                    ctx.chunks.append((steps, state, _recording(_back, given + sent, *kind)))
                found = _recording(_forth, given, *kind)(given)
                for whole, part in zip(sequences, found):
                    whole[steps] = part
                state = [value.clone() for value in found[len(sequences):]]
        return *sequences, *state

    @staticmethod
    def backward(ctx, *grads):
        refuse_second_derivative("graph")
        x, *values = ctx.saved_tensors                 # an error if they have changed
        params = values[:ctx.num_params]
        d_state = list(grads[len(grads) - len(values) + len(params):])
        d_sequences = grads[:len(grads) - len(d_state)]
        d_x = torch.empty_like(x)
        wide = torch.promote_types(x.dtype, torch.float32)
        d_params = [torch.zeros_like(value, dtype=wide) for value in params]
        with _one_at_a_time:
            for steps, state, recording in reversed(ctx.chunks):
                found = recording([x[steps], *params, *state, *_left(ctx.lengths, steps),
                                   *(whole[steps] for whole in d_sequences), *d_state])
                d_x[steps] = found[0]
                for total, share in zip(d_params, found[1:]):
                    total += share
                d_state = [value.clone() for value in found[1 + len(params):]]
        d_params = [total.to(x.dtype) for total in d_params]
        return None, None, None, None, None, d_x, *d_params, *d_state


def _cut(cell, T):
    """The chunks of T steps, as slices; all of them begin with the same clocks."""
    cycle = math.lcm(*cell.twin.periods) if cell.clocked else 1
    size = math.ceil(STEPS / cycle) * cycle
    return [slice(first, min(first + size, T)) for first in range(0, T, size)]


def _left(lengths, steps):
    """What is left of the lengths where a chunk begins: nothing to hand on if there are none."""
    return [] if lengths is None else [lengths - steps.start]


# ---- what is recorded


def _forth(cell, start, with_c, x, *values):
    """Some steps forwards: x, parameters, first states, perhaps lengths -> sequences, states."""
    params, state, lengths = _sort(cell, values)
    run = _steps_of(cell, Call(*x.shape[:2], x.dtype, x.device, with_c))
    sequences, last = run(resembling(cell, params), x, state, lengths, start, with_c)
    return [*sequences.values(), *last.values()]


def _back(cell, start, with_c, *values):
    """The same, and then back: the gradients of x, parameters and first states.

    The gradients of what `_forth` gives stand at the end of the values.
    """
    *given, d_found = _split_off(values, 1 + with_c + len(cell.state_names))
    leaves = 1 + len(cell.param_shapes) + len(cell.state_names)
    with torch.enable_grad():
        given = [value.detach().requires_grad_(place < leaves)
                 for place, value in enumerate(given)]
        found = _forth(cell, start, with_c, *given)
        return torch.autograd.grad(found, given[:leaves], d_found, materialize_grads=True)


def _steps_of(cell, call):
    triton = BACKENDS.get("triton")
    if triton and not refusal("triton", cell, call) and triton.stepwise(cell, call):
        return triton.run
    return eager.run


def _sort(cell, values):
    values = list(values)
    params = {name: values.pop(0) for name in cell.param_shapes}
    state = {name: values.pop(0) for name in cell.state_names}
    return params, state, values.pop() if values else None


def _split_off(values, number):
    return [*values[:-number], values[-number:]]


# ---- recordings


class Recording:
    """A function of tensors with its memory: what goes in, and what comes out."""

    def __init__(self, function, values):
        with torch.inference_mode(False), torch.no_grad():
            self.inputs = [torch.empty_like(value).copy_(value) for value in values]
            self.replay, self.outputs = capture(function, self.inputs)

    def __call__(self, values):
        """What the function gives, until the next call."""
        for held, value in zip(self.inputs, values, strict=True):
            held.copy_(value)
        self.replay()
        return self.outputs


def capture(function, inputs):
    """A function that does again, on the same memory, what this one does; and its outputs."""
    device = inputs[0].device
    stream = torch.cuda.Stream(device)
    stream.wait_stream(torch.cuda.current_stream(device))
    with torch.cuda.stream(stream):
        function(*inputs)            # libraries take what they need at a first call: not recorded
    torch.cuda.current_stream(device).wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, stream=stream, capture_error_mode="thread_local"):
        outputs = function(*inputs)
    return graph.replay, outputs


def _recording(function, values, cell, num_given, start, with_c):
    """The recording of a function for a cell and for values like these."""
    x = values[0]
    clock = start % math.lcm(*cell.twin.periods) if cell.clocked else 0
    stream = torch.cuda.current_stream(x.device).cuda_stream if x.is_cuda else None
    key = (function, type(cell), repr(cell.twin), num_given, clock, with_c, x.shape, x.dtype,
           x.device, stream, torch.get_float32_matmul_precision(),
           torch.backends.cudnn.rnn.fp32_precision)
    if key not in _recordings:
        reading = resembling(cell, {})                 # a recording keeps no network alive
        _recordings[key] = Recording(
            lambda *inputs: function(reading, start, with_c, *inputs), values)
        if len(_recordings) > KEPT:
            _recordings.popitem(last=False)
    _recordings.move_to_end(key)
    return _recordings[key]
