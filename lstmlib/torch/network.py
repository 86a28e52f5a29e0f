"""What cells, stacks and two directions have in common as modules of torch."""

from contextlib import ExitStack

import torch
from torch import nn

from lstmlib.numpy import contract as words
from lstmlib.torch import backends, contract
from lstmlib.torch.backends import untraced


class Network(nn.Module):
    """A network over time; `twin` is the one of lstmlib.numpy, which knows names and shapes.

    Of the parts of a network no `forward` is called: hooks act on the whole.
    """

    def __init__(self, twin):
        super().__init__()
        self.twin = twin
        self._shapes = twin.param_shapes

    def __repr__(self):
        """The call that makes it, as of its twin."""
        return type(self).__name__ + repr(self.twin).removeprefix(type(self.twin).__name__)

    @property
    def input_size(self):
        return self.twin.input_size

    @property
    def output_size(self):
        return self.twin.output_size

    @property
    def param_shapes(self):
        return dict(self._shapes)

    @property
    def state_names(self):
        return tuple(self.twin.state_names)

    def count(self):
        """The number of parameters, without those entries that are not read."""
        return self.twin.count()

    def forward(self, x, state=None, lengths=None, start=0, reverse=False, generator=None):
        """The outputs (T, B, D) for x (T, B, M), and the state after the last step.

        state      before the first step, {"h": (B, D), ...}; None is zeros
        lengths    (B,) integers from 1 to T where sequences are padded; what lies beyond is not
                   read, the outputs there are zero, and a state is each sequence's own last one
                   (on a GPU they are waited for, as they are checked: better give a list)
        start      number of the first step, for cells with a clock
        reverse    read each sequence from its own last step; outputs stay at their inputs
        generator  a torch.Generator for the masks of dropout in a Stack

        All tensors share the dtype and the device of the parameters, and none is converted or
        moved in silence; under torch.autocast the whole network runs in its dtype instead. NaN
        and infinities propagate. ValueError (shapes, keys, lengths, devices) and TypeError (dtypes,
        kinds) come before any arithmetic; torch.OutOfMemoryError names the size asked for (on the
        way back in torch's own words).
        """
        if torch._C._is_any_autocast_enabled():
            return self._under_autocast(x, state, lengths, start, reverse, generator)
        dtype, device = contract.check_parameters(self)
        x, state, lengths, start, reverse, generator = self._take(
            dtype, device, x, state, lengths, start, reverse, generator)
        try:
            sequences, last = self.read(x, state, lengths, start, reverse, generator)
        except (RuntimeError, MemoryError) as error:
            if contract.is_out_of_memory(error):
                raise contract.out_of_memory(error, x) from error
            raise
        return sequences["h"], last

    def load_numpy(self, params):
        """Take the parameters of the twin, {"W": array, ...}, rounded to this module's dtype."""
        params = words.take_params(params, self.param_shapes)
        for key, value in params.items():
            words.refuse_complex(value.dtype, f"params[{key!r}]")
        setters = {key: self.setter(key) for key in params}      # all, or an error and none
        with torch.no_grad():
            for key, value in params.items():
                setters[key](torch.tensor(value))
        return self

    def to_numpy(self):
        """The parameters as arrays of their own; bfloat16 and float16 become float32."""
        found = {key: self.parameter(key).detach().cpu() for key in self.param_shapes}
        return {key: (value if value.dtype in (torch.float32, torch.float64)
                      else value.float()).numpy().copy() for key, value in found.items()}

    def parameter(self, key):
        """The parameter of a key, such as "W" or "0.W"."""
        return getattr(self, key)

    def own(self):
        """The parameters that are its own and not its parts', as a call reads them."""
        return {}

    @untraced
    def _under_autocast(self, *given):
        """All that is not float64 is made of the dtype of autocast, once. Inside nothing casts."""
        asked = contract.autocast_dtypes()
        with ExitStack() as inside:
            for kind in asked:
                inside.enter_context(torch.autocast(kind, enabled=False))
            _, device = contract.check_parameters(self)
            if device.type in asked:
                return self._cast(asked[device.type], *given)
            return Network.forward(self, *given)

    def _cast(self, dtype, x, state, *others):
        def cast(value):
            fits = isinstance(value, torch.Tensor) and value.dtype in contract.CAST
            return value.to(dtype) if fits else value

        if isinstance(state, dict):
            state = {key: cast(value) for key, value in state.items()}
        return Network.forward(resemble(self, cast), cast(x), state, *others)

    def _take(self, dtype, device, x, state, lengths, start, reverse, generator):
        if self.twin.reads_below:
            raise ValueError(words.problem(
                "network", repr(self), "a cell that reads only x and its own state",
                "It also reads the cell state of the layer below: put it above one, in a Stack"))
        contract.check_tensor(x, "x", dtype, device)
        words.check_shape(x, "x", ("T", "B", self.input_size),
                          "The axes are time, sequence, input")
        T, B, _ = x.shape
        shapes = self.twin.state_shapes(B)
        if state is None:
            zeros, state = {}, {}
            for key, shape in shapes.items():                # one tensor for all of a shape
                if shape not in zeros:
                    zeros[shape] = torch.zeros(shape, dtype=dtype, device=device)
                state[key] = zeros[shape]
        else:
            contract.check_states(state, shapes, dtype, device)
            state = {key: state[key] for key in shapes}
        if lengths is not None:
            lengths = contract.take_lengths(lengths, T, B, device)
        start = words.take_integer(start, "start", least=0)
        reverse = words.take_flag(reverse, "reverse")
        if reverse and self.twin.two_ways:
            raise ValueError(words.problem(
                "reverse", True, f"False for {self!r}",
                "A Bidirectional reads in both directions already"))
        generator = contract.take_generator(generator, device)
        self.check_dropout(generator)
        self.check_backends(T, B, dtype, device)
        return x, state, lengths, start, reverse, generator

    def check_backends(self, T, B, dtype, device):
        """A ValueError where a cell has no backend for this, before any other cell computes."""
        for cell, with_c in self.cells():
            backends.choose(cell, backends.Call(T, B, dtype, device, with_c))

    def check_dropout(self, generator):
        """A ValueError where masks are to be drawn and there is nothing to draw them from."""


def resembling(module, params, parts=None):
    """A module like this one with other parameters, and perhaps other parts; it stays as it is."""
    found = object.__new__(type(module))
    found.__dict__ = {name: value for name, value in vars(module).items() if name not in params}
    found._parameters = params
    if parts is not None:
        found._modules = parts
    return found


def resemble(module, cast):
    """A module like this one in which all parameters, also those of its parts, are cast.

    None is put into the module itself, as torch.func.functional_call does: another thread may be
    at work there, and the module may stand in two places of a network.
    """
    params = {name: value if value is None else cast(value)
              for name, value in module._parameters.items()}
    if isinstance(module, Network):                    # also those that are computed from others
        params |= {name: cast(value) for name, value in module.own().items()}
    return resembling(module, params, {name: part if part is None else resemble(part, cast)
                                       for name, part in module._modules.items()})
