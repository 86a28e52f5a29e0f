"""torch's own fused RNN, LSTM and GRU: cuDNN on CUDA; on CPU oneDNN, or torch's loop in C++.

The blocks of W, U and b stand in torch's order already. torch adds two biases where we have one:
the second is zero, except that b_n of a GRU is the n block of the second.

On CUDA cuDNN computes float32 with TF32 unless told otherwise, at 10 bits of mantissa in products:
torch.backends.cudnn.rnn.fp32_precision = "ieee" gives it all 23. On CPU oneDNN takes an LSTM in
float32, and in bfloat16 on some machines; all else is torch's loop.
"""

import torch
from torch import _VF
from torch.nn.functional import pad

from lstmlib.torch.backends import transformed, untraced
from lstmlib.torch.cells.gru import GRU
from lstmlib.torch.cells.lstm import LSTM
from lstmlib.torch.cells.rnn import RNN, RNNReLU
from lstmlib.torch.contract import DTYPES as ALL

FUSED = {RNN: _VF.rnn_tanh, RNNReLU: _VF.rnn_relu, LSTM: _VF.lstm, GRU: _VF.gru}
CELLS = tuple(FUSED)
DTYPES = {"cpu": ALL, "cuda": ALL}
AUTO = ("cpu", "cuda")
BEATEN = {}
LONGEST = 65_535                     # steps; cuDNN fails beyond
LIMITS = (f"on cuda T up to {LONGEST:,}; not below a depth_gated layer; no second derivative; not "
          "under vmap or forward mode")

#: What holds a state still, added to a block's pre-activation with this sign: the logistic is
#: exactly 0 or 1 there and its derivative 0, in all dtypes (float16 ends at 65,504). Under the
#: rectifier a sum has no bound of its own: there it is half of what the dtype has.
HOLD = 30_000
HELD = {RNN: {}, RNNReLU: {"h": -1}, LSTM: {"i": -1, "f": 1}, GRU: {"z": 1}}
FLAGS = 8                            # columns added to x: eight keep rows of 16 bits aligned


def refuses(cell, call):
    if call.with_c and cell.state_names != ("h",):
        return "It keeps h of every step, not c, which the layer above reads"
    if call.device.type == "cuda" and call.T > LONGEST:
        return f"On cuda it reads at most {LONGEST:,} steps; split longer sequences into chunks"
    return transformed("Vmap", "Jvp")


@untraced                        # torch.compile can't go back through oneDNN
def run(cell, x, state, lengths, start, with_c):
    P = cell.prepare()
    if lengths is not None:
        x, P = holding(cell, P, x, lengths)
    first = [value.unsqueeze(0) for value in state.values()]
    weights = theirs(P)
    if x.is_cuda:
        first = [value.contiguous() for value in first]
        weights = one_block(weights)
    back = torch.is_grad_enabled() and any(
        value.requires_grad for value in (x, *weights, *first))
    # (biases, layers, dropout, training, both directions, batch first): cuDNN keeps what the way
    # back needs if told that it trains; model.eval() means nothing here.
    h, *last = FUSED[type(cell)](x, first if len(first) > 1 else first[0], weights,
                                 True, 1, 0.0, back, False, False)
    last = {name: value.squeeze(0) for name, value in zip(state, last)}
    if lengths is not None:
        ends = (lengths - 1)[None, :, None].expand(1, *state["h"].shape)
        last["h"] = h.gather(0, ends)[0]
    return {"h": h}, last


def holding(cell, P, x, lengths):
    """x and P with a flag in x beyond each length, for which W holds the cell's memory still.

    Packed sequences leave the fast kernels, so ours are run as they are padded. Beyond its end a
    sequence must not change c, which is known of the last step alone; nor may its h grow without
    bound. h of a sequence's own last step is among the outputs.
    """
    ended = (torch.arange(len(x), device=x.device)[:, None] >= lengths)[:, :, None]
    x = torch.cat([x, pad(ended.to(x.dtype), (0, FLAGS - 1))], dim=-1)
    hold = torch.finfo(x.dtype).max / 2 if isinstance(cell, RNNReLU) else HOLD
    column = torch.cat([x.new_full((cell.hidden_size,), hold * HELD[type(cell)].get(block, 0))
                        for block in cell.twin.blocks])
    return x, {**P, "W": torch.cat([P["W"], pad(column[:, None], (0, FLAGS - 1))], dim=-1)}


def theirs(P):
    """The weights as torch orders them: W, U, the bias beside x and the one beside h."""
    second = torch.zeros_like(P["b"])
    if "b_n" in P:
        second = torch.cat([second[:-len(P["b_n"])], P["b_n"]])
    return [P["W"], P["U"], P["b"], second]


def one_block(weights):
    """The same as views of one block of memory, in the order in which cuDNN reads it.

    From other places cuDNN would copy them itself, and torch would warn.
    """
    block = torch.cat([value.flatten() for value in weights])
    parts = block.split([value.numel() for value in weights])
    return [part.view(value.shape) for part, value in zip(parts, weights)]
