"""The variants of Greff et al. that change one piece of the peephole LSTM."""

from torch import sigmoid, tanh

import lstmlib.numpy as reference
from lstmlib.torch.cells.peephole import Peephole


class Variant(Peephole):
    """A peephole LSTM with one piece changed, as the switches of the twin say.

    A gate that is missing from the twin's `blocks` is 1, or f = 1 - i where `coupled`.
    """

    def step(self, P, a, state):
        blocks, p_i, p_f, p_o = self.twin.blocks, *P["p"]
        a = dict(zip(blocks, (a + state["h"] @ P["U"].T).chunk(len(blocks), dim=-1)))
        i = sigmoid(a["i"] + p_i * state["c"]) if "i" in a else 1
        f = sigmoid(a["f"] + p_f * state["c"]) if "f" in a else 1 - i if self.twin.coupled else 1
        g = tanh(a["g"]) if self.twin.squashes_input else a["g"]
        c = f * state["c"] + i * g
        o = sigmoid(a["o"] + p_o * c) if "o" in a else 1
        h = o * (tanh(c) if self.twin.squashes_output else c)
        return {"h": h, "c": c}


class CIFG(Variant):
    """Coupled input and forget gate, f = 1 - i: `lstmlib.numpy.CIFG` in torch."""

    of = reference.CIFG


class NIG(Variant):
    """No input gate: `lstmlib.numpy.NIG` in torch."""

    of = reference.NIG


class NFG(Variant):
    """No forget gate: `lstmlib.numpy.NFG` in torch."""

    of = reference.NFG


class NOG(Variant):
    """No output gate: `lstmlib.numpy.NOG` in torch."""

    of = reference.NOG


class NIAF(Variant):
    """No input activation function: `lstmlib.numpy.NIAF` in torch."""

    of = reference.NIAF


class NOAF(Variant):
    """No output activation function: `lstmlib.numpy.NOAF` in torch."""

    of = reference.NOAF
