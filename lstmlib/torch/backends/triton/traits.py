"""What the kernels must know of each cell."""

import functools
from typing import NamedTuple

import torch

from lstmlib.torch.cells import (CIFG, GRU, LSTM, LSTM1997, MGU, MUT1, MUT2, MUT3, NFG, NIAF, NIG,
                                 NOAF, NOG, RNN, Clockwork, DepthGated, GRUResetBefore, Peephole,
                                 RNNReLU)


class Plain(NamedTuple):
    """The switches of plain.py."""

    rectifier: bool = False
    clock: bool = False


class Gates(NamedTuple):
    """The switches of lstm.py: the gates there are, 1 or 0, and what else differs."""

    i: int = 1
    f: int = 1
    o: int = 1
    peepholes: bool = False
    coupled: bool = False
    squashed_input: bool = True
    squashed_output: bool = True
    old_squash: bool = False
    depth: int = 0


class Reset(NamedTuple):
    """The switches of gru.py."""

    one_gate: int = 0
    z_of_x: bool = False
    z_of_tanh: int = 0
    z_keeps: bool = False


class Traits(NamedTuple):
    """A cell as the kernels see it.

    family   the module of its step functions, and their names there
    has      its switches, which the step functions read
    inputs   blocks of what x alone decides; `apart` says that their gradients are not those of U h
    blocks   blocks of U
    kept     tiles that the way back wants to know
    vectors  parameters that are vectors
    heard    blocks of U, the last ones, that multiply what the family's `heard` makes of h
    """

    family: str
    has: tuple
    inputs: int
    blocks: int
    kept: int
    states: int = 1
    vectors: int = 0
    apart: bool = False
    step: str = "step"
    step_back: str = "step_back"
    heard: int = 0


def _lstm(vectors=0, blocks=4, **has):
    return Traits("lstm", Gates(**has), blocks, blocks, blocks, states=2, vectors=vectors)


def _reset_before(inputs, blocks, apart=False, heard=1, **has):
    return Traits("gru", Reset(**has), inputs, blocks, kept=inputs, apart=apart, heard=heard,
                  step="step_reset_before", step_back="step_back_reset_before")


TRAITS = {
    RNN: Traits("plain", Plain(), 1, 1, 0),
    RNNReLU: Traits("plain", Plain(rectifier=True), 1, 1, 0),
    LSTM: _lstm(),
    LSTM1997: _lstm(blocks=3, f=0, old_squash=True),
    Peephole: _lstm(3, peepholes=True),
    CIFG: _lstm(3, blocks=3, f=0, peepholes=True, coupled=True),
    NIG: _lstm(3, blocks=3, i=0, peepholes=True),
    NFG: _lstm(3, blocks=3, f=0, peepholes=True),
    NOG: _lstm(3, blocks=3, o=0, peepholes=True),
    NIAF: _lstm(3, peepholes=True, squashed_input=False),
    NOAF: _lstm(3, peepholes=True, squashed_output=False),
    DepthGated: Traits("lstm", Gates(peepholes=True, depth=1), inputs=6, blocks=4, kept=6, states=2,
                       vectors=5, apart=True),
    GRU: Traits("gru", Reset(), 3, 3, kept=4, vectors=1, apart=True),
    GRUResetBefore: _reset_before(3, 3, z_keeps=True),
    MGU: _reset_before(2, 2, one_gate=1),
    MUT1: _reset_before(3, 2, apart=True, z_of_x=True),
    MUT2: _reset_before(3, 3),
    MUT3: _reset_before(3, 3, heard=2, z_of_tanh=1),
    Clockwork: Traits("plain", Plain(clock=True), 1, 1, 0, vectors=1),
}


def matrix(cell):
    """U as it is multiplied, (blocks * D, D)."""
    if isinstance(cell, Clockwork):
        period = _periods(cell.twin.periods, cell.twin.sizes, cell.U.device)
        return torch.where(period[:, None] <= period, cell.U, 0)
    return cell.U


def vectors(cell):
    """The parameters that are vectors, (vectors, D), or None."""
    if isinstance(cell, Clockwork):
        return _periods(cell.twin.periods, cell.twin.sizes, cell.U.device)[None]
    if isinstance(cell, GRU):
        return cell.b_n[None]
    if isinstance(cell, DepthGated):
        return torch.stack([*cell.rows(), *cell.p_d])
    if isinstance(cell, Peephole):
        return torch.stack(cell.rows())
    return None


@functools.lru_cache(maxsize=64)
def _periods(periods, sizes, device):
    """The period of each unit of a Clockwork, of use in training too, whoever asks first."""
    each = [period for period, size in zip(periods, sizes) for _ in range(size)]
    with torch.inference_mode(False):
        return torch.tensor(each, device=device)
