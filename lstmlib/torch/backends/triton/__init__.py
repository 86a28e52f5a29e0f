"""Our own kernels in Triton: all steps of a sequence in one launch, for nearly every cell.

What x alone decides is one product for all steps. Then one kernel runs the steps: while U is small,
a program holds all of it for all steps; larger ones are shared out, each program with some units
and their rows of U, and between two steps the programs exchange h through memory. Sequences for
which there is no room on the device at once are read in turns, and where not even the units of a
few have room, it is one launch a step.

planning    who does how much: a pure function of sizes; benchmarks.tune_gpu tries what is near
traits      what the kernels must know of each cell
kernels     forwards and backwards
plain lstm gru    the step functions of the families, which say what a cell computes
recurrence  the kernels as a node of autograd

float32 multiplies as torch.backends.cudnn.rnn.fp32_precision says, in TF32 by default, as the
recurrent layers of torch.nn do; products outside the kernel follow torch.backends.cuda.matmul.
Without TF32 there are no tensor cores for float32: it serves, but is slow from D = 512 on. Sums,
gates and c are float32, or float64 for float64; h is rounded to its dtype at each step.

No GPU has run them yet: they are tested in Triton's interpreter and compiled for sm_80 and sm_90.
So "auto" leaves them to whoever names them; `python -m benchmarks.gpu` checks and times them where
there is a GPU, and `AUTO` is the one line to change then.

FGR is not served: its gates hear the gates of all units, a second exchange, of three blocks a step.
"""

import functools
import importlib.util
import os

import torch

from lstmlib.torch.backends import Call, transformed, untraced
from lstmlib.torch.backends.triton.planning import Device, plan
from lstmlib.torch.backends.triton.traits import TRAITS, matrix, vectors
from lstmlib.torch.contract import DTYPES as ALL

CELLS = tuple(TRAITS)
DTYPES = {"cuda": ALL, "cpu": (torch.float32, torch.float64, torch.float16)}
AUTO = ()
BEATEN = {}
LIMITS = ("D a multiple of 16, its U not too large for the GPU; no second derivative; on cpu only "
          "in Triton's interpreter")


def refuses(cell, call):
    if importlib.util.find_spec("triton") is None:
        return "The package triton is not installed"
    if torch.version.hip:
        return "It runs on NVIDIA's GPUs"
    if call.device.type == "cpu" and os.environ.get("TRITON_INTERPRET") != "1":
        return "It runs on cuda; on cpu only in Triton's interpreter, with TRITON_INTERPRET=1"
    if getattr(cell.twin, "truncated", False):
        return "It has the full gradient only, not the truncated one"
    found = planned(cell, call)
    return found if isinstance(found, str) else transformed()


def stepwise(cell, call):
    """Whether a call that is served takes a launch for each step."""
    return not all(share.resident for share in planned(cell, call))


def planned(cell, call):
    return plan(TRAITS[type(cell)], call.T, call.B, cell.hidden_size, call.dtype,
                device(call.device), precision())


def precision():
    """How float32 is multiplied."""
    return "tf32" if torch.backends.cudnn.rnn.fp32_precision == "tf32" else "ieee"


@untraced
def run(cell, x, state, lengths, start, with_c):
    found = planned(cell, Call(*x.shape[:2], x.dtype, x.device))
    return run_by(found, cell, x, state, lengths, start, with_c)


def run_by(plan, cell, x, state, lengths, start, with_c):
    """`run` by a plan of one's own, for tests and for tuning."""
    from lstmlib.torch.backends.triton.recurrence import Job, Recurrence      # they import triton
    blocks = cell.inputs(cell.prepare(), x)
    a = blocks[0] if len(blocks) == 1 else torch.cat(blocks, dim=-1)     # cat copies even one
    given = (a, matrix(cell), vectors(cell), state["h"], state.get("c"))
    keep = torch.is_grad_enabled() and any(
        value is not None and value.requires_grad for value in given)
    job = Job(TRAITS[type(cell)], plan, precision(), start, keep, with_c)
    h, c, *last = Recurrence.apply(job, lengths, *given)
    return {"h": h, "c": c} if with_c else {"h": h}, dict(zip(state, last))


@functools.cache
def device(which):
    """A GPU as plans see it; the interpreter runs one program after the other, and has room."""
    if which.type == "cpu":
        return Device(processors=1, shared=2 ** 40)
    found = torch.cuda.get_device_properties(which)
    return Device(found.multi_processor_count, found.shared_memory_per_block_optin, found.major)
