"""The kernels as one node of autograd, from what x decides, U and first states to all states."""

from importlib import import_module
from itertools import product
from typing import NamedTuple

import torch
import triton.language as tl

from lstmlib.numpy.contract import problem
from lstmlib.torch.backends import refuse_second_derivative
from lstmlib.torch.backends.triton import kernels
from lstmlib.torch.backends.triton.planning import Plan, padded
from lstmlib.torch.backends.triton.traits import Traits

LINE = 32                                              # counters in a line of the cache


class Job(NamedTuple):
    """All of a call that is no tensor."""

    traits: Traits
    plan: Plan
    precision: str
    start: int
    keep: bool
    with_c: bool


class Recurrence(torch.autograd.Function):
    """(a, U, vectors, first h, first c) -> (h of all steps, c of all steps, last h, last c)."""

    @staticmethod
    def forward(ctx, job, lengths, a, U, vectors, h, c):
        (T, B, _), D, traits = a.shape, U.shape[1], job.traits
        a, U = a.contiguous(), U.contiguous()
        vectors = None if vectors is None else vectors.contiguous()
        slots = T + 1 if job.keep or job.with_c else 1
        hs = a.new_empty(T + 1, B, D)
        hs[0] = h
        cs = None if c is None else a.new_empty(slots, B, D, dtype=wide(a.dtype))
        if c is not None:
            cs[0] = c
        kept = a.new_empty(T, B, traits.kept, D) if job.keep else None
        heard = a.new_empty(T, B, traits.heard * D) if traits.heard else None
        launch(kernels.forward, job, job.plan.forward, U, T, B,
               (a, U, vectors, lengths, hs, cs, kept, heard, B * D if slots > 1 else 0),
               STEP=function(traits, traits.step), KEPT=traits.kept if job.keep else 0,
               HEARD=function(traits, "heard") if traits.heard else None)
        ctx.job = job
        ctx.save_for_backward(lengths, U, vectors, hs, cs, kept, heard)
        every = cs[1:].to(a.dtype) if job.with_c else None
        last = None if c is None else cs[-1].to(a.dtype, copy=True)          # lest all c stay alive
        return hs[1:], every, hs[-1].clone(), last

    @staticmethod
    def backward(ctx, d_hs, d_cs, d_h, d_c):
        refuse_second_derivative("triton")
        lengths, U, vectors, hs, cs, kept, heard = ctx.saved_tensors
        job, (B, D) = ctx.job, hs.shape[1:]
        traits, share, T = job.traits, job.plan.backward, len(hs) - 1
        first = (traits.blocks - traits.heard) * D     # rows of U in the first product
        d_state = torch.stack([d_h] if cs is None else [d_h, d_c]).to(wide(hs.dtype))
        d_u = hs.new_empty(T + 1, B, traits.blocks * D)
        d_u[T] = 0
        d_a = hs.new_empty(T, B, traits.inputs * D) if traits.apart else None
        d_v = d_state.new_zeros(share.grid(B, D)[1], traits.vectors, D)
        launch(kernels.backward, job, share, U, T, B,
               (d_hs.contiguous(), d_cs.contiguous() if job.with_c else None, d_state, U, vectors,
                lengths, hs, cs, kept, d_a, d_u, d_v),
               STEP_BACK=function(traits, traits.step_back), KEPT=traits.kept,
               HEARD_BACK=function(traits, "heard_back") if traits.heard else None,
               **pieces(traits, share))

        d_h = d_state[0].to(hs.dtype) + d_u[0, :, :first] @ U[:first]
        rows = d_u[:T].flatten(0, 1)
        d_U = [rows[:, :first].T @ hs[:T].flatten(0, 1)]
        for n in range(traits.heard):
            d_u_n, heard_n = rows[:, first + n * D:][:, :D], heard[:, :, n * D:][:, :, :D]
            d_U.append(d_u_n.T @ heard_n.flatten(0, 1))
        return (None, None, d_u[:T] if d_a is None else d_a, torch.cat(d_U),
                None if vectors is None else d_v.sum(0).to(vectors.dtype), d_h,
                None if cs is None else d_state[1].to(hs.dtype))


def launch(kernel, job, share, U, T, B, tensors, **functions):
    """Run a kernel over all steps, at once or step by step, of all sequences or one turn's."""
    D = U.shape[1]
    across, batches = share.grid(B, D)
    fixed = {**functions, **constants(job.traits, share, D, U.dtype, job.precision)}
    counter = torch.zeros(batches * LINE, dtype=torch.int32, device=U.device)
    spans = [(0, T)] if share.resident else [(t, t + 1) for t in range(T)]
    if kernel is kernels.backward:
        spans.reverse()
    with torch.cuda.device_of(U):
        for skip, (first, stop) in product(range(0, batches, share.at_once), spans):
            grid = across, min(share.at_once, batches - skip)
            try:
                kernel[grid](*tensors, counter, skip, first, stop, B, job.start, **fixed,
                             **options(share))
            except Exception as error:                 # of the compiler or of the driver
                raise RuntimeError(problem(
                    "backend", f"'triton' on {U.device}, where a kernel could not be compiled or "
                    f"launched: {error}", "a GPU and a compiler that it can use",
                    "Name the backend 'eager'")) from error


def constants(traits, share, D, dtype, precision):
    """What a kernel is compiled for, beside the step functions."""
    return {"HAS": traits.has, "STATES": traits.states, "VECTORS": traits.vectors,
            "GA": traits.inputs, "G": traits.blocks, "G2": traits.heard, "GP": padded(traits),
            "D": D, "BD": share.units, "BB": share.sequences, "DC": share.chunk,
            "N": -(-D // share.chunk), "OWN": share.own, "MEET": share.meet,
            "ACC": tl.float64 if dtype == torch.float64 else tl.float32, "PRECISION": precision}


def pieces(traits, share):
    """Into how many pieces the way back cuts a chunk of U: in the product of h, and in others."""
    return {"CUT": share.pieces(padded(traits)), "CUT_HEARD": share.pieces(1)}


def options(share):
    """How a kernel is compiled and launched.

    All registers that there are may be taken: else the compiler saves some for more programs than
    fit, and loads what the others hand over piece by piece.
    """
    return {"num_warps": share.warps, "maxnreg": min(255, 2048 // share.warps), "num_stages": 1,
            "launch_cooperative_grid": share.meet}


def function(traits, name):
    """A step function of the cell's family."""
    return getattr(import_module(f"lstmlib.torch.backends.triton.{traits.family}"), name)


def wide(dtype):
    """What sums and c are kept in."""
    return torch.float64 if dtype == torch.float64 else torch.float32
