"""Several cells as one network: layers above each other, and two directions side by side."""

import torch

import lstmlib.numpy as reference
from lstmlib.numpy.contract import describe, problem
from lstmlib.torch.backends import take_name
from lstmlib.torch.network import Network

#: The forward half as an attribute, which a state_dict calls "forward".
FORWARD = "forward_"


class Composite(Network):
    """A network made of parts under dotted keys, "0.W", "1.backward.h", as in lstmlib.numpy."""

    def __init__(self, twin, parts):
        super().__init__(twin)
        for name, part in parts.items():
            self.add_module(name, part)

    @property
    def parts(self):
        """The parts by name; one module may stand in two places, which `children` would hide."""
        return dict(zip(self.twin.parts, self._modules.values()))

    def parameter(self, key):
        name, _, rest = key.partition(".")
        part = self.parts[name]
        if part._forward_pre_hooks:                    # nobody calls them here
            part.setter(rest)                          # an error if the parameter waits for one
        return part.parameter(rest)

    def setter(self, key):
        name, _, rest = key.partition(".")
        return self.parts[name].setter(rest)

    @property
    def backend(self):
        """That of its cells, or one for each; setting it sets it in all of them."""
        found = tuple(cell.backend for cell, _ in self.cells())
        return found[0] if len(set(found)) == 1 else found

    @backend.setter
    def backend(self, name):
        take_name(name)
        for cell, _ in self.cells():
            cell.backend = name

    def cells(self):
        for part in self.parts.values():
            yield from part.cells()

    def check_dropout(self, generator):
        for part in self.parts.values():
            part.check_dropout(generator)

    def _own(self, state, name):
        """The entries of one part, under its own keys."""
        head = name + "."
        return {key.removeprefix(head): value for key, value in state.items()
                if key.startswith(head)}


class Stack(Composite):
    """Layers above each other, `lstmlib.numpy.Stack` in torch.

    Dropout stands between layers and acts in training mode, where `forward` must be given the
    generator of its masks: nothing is drawn from torch's own, and nothing left out in silence.
    After .eval() nothing is dropped. A module may stand in several places: they share parameters.

    >>> from lstmlib.torch import LSTM
    >>> stack = Stack([LSTM(3, 4), LSTM(4, 2)])
    >>> list(stack.state_dict())
    ['0.W', '0.U', '0.b', '1.W', '1.U', '1.b']
    """

    def __init__(self, layers, dropout=0.0):
        if not isinstance(layers, (list, tuple)) or not layers:
            raise TypeError(problem("layers", describe(layers), "a list of at least one cell"))
        for number, layer in enumerate(layers):
            _check_part(layer, f"layers[{number}]")
        super().__init__(reference.Stack([layer.twin for layer in layers], dropout),
                         {str(number): layer for number, layer in enumerate(layers)})

    @property
    def layers(self):
        return tuple(self.parts.values())

    @property
    def dropout(self):
        return self.twin.dropout

    def cells(self):
        for layer, with_c in zip(self.layers, self._read_above()):
            if with_c:                           # a cell, of which the next reads c too
                yield layer, True
            else:
                yield from layer.cells()

    def check_dropout(self, generator):
        if self.twin.dropout and self.training and len(self.layers) > 1 and generator is None:
            raise ValueError(problem(
                "generator", None, "a torch.Generator for the masks of dropout",
                "Give forward one, or call .eval() to use the network without dropout"))
        super().check_dropout(generator)

    def read(self, x, state, lengths, start, reverse, generator=None):
        last, below = {}, None
        for number, (layer, with_c) in enumerate(zip(self.layers, self._read_above())):
            if number and self.training and self.twin.dropout:
                x = x * self._mask(x, generator)
            if layer.twin.reads_below:
                x = torch.cat([x, below["c"]], dim=-1)
            options = {"with_c": True} if with_c else {}
            below, new = layer.read(x, self._own(state, str(number)), lengths, start, reverse,
                                    generator, **options)
            last |= {f"{number}.{key}": value for key, value in new.items()}
            x = below["h"]
        return {"h": x}, last

    def _read_above(self):
        """For each layer, whether the one above it reads c of its every step."""
        return [layer.twin.reads_below for layer in self.layers[1:]] + [False]

    def _mask(self, x, generator):
        """0 with probability dropout, else 1 / (1 - dropout), for each number of each step."""
        drawn = torch.rand(x.shape, generator=generator, device=x.device)
        return (drawn >= self.twin.dropout).to(x.dtype) / (1 - self.twin.dropout)


class Bidirectional(Composite):
    """Two networks over the same inputs, one of which reads each sequence backwards.

    `lstmlib.numpy.Bidirectional` in torch; the outputs of both stand side by side. Keys are as
    there, "forward.W"; only as an attribute, and in named_parameters, the forward half is called
    `forward_`, as every module has a method `forward`.

    >>> from lstmlib.torch import LSTM
    >>> list(Bidirectional(LSTM(3, 4), LSTM(3, 4)).state_dict())[::3]
    ['forward.W', 'backward.W']
    """

    def __init__(self, forward, backward):
        _check_part(forward, "forward")
        _check_part(backward, "backward")
        super().__init__(reference.Bidirectional(forward.twin, backward.twin),
                         {FORWARD: forward, "backward": backward})
        self.register_state_dict_post_hook(_rename_saved)
        self.register_load_state_dict_pre_hook(_rename_loaded)

    def read(self, x, state, lengths, start, reverse, generator=None):
        outputs, last = [], {}
        for name, part in self.parts.items():
            sequences, new = part.read(x, self._own(state, name), lengths, start,
                                       name == "backward", generator)
            outputs.append(sequences["h"])
            last |= {f"{name}.{key}": value for key, value in new.items()}
        return {"h": torch.cat(outputs, dim=-1)}, last


def _rename_saved(module, state_dict, prefix, metadata):
    for key in [key for key in state_dict if key.startswith(prefix)]:
        value = state_dict.pop(key)                    # all of them, so that the order stays
        name = key.removeprefix(prefix)
        if name.startswith(FORWARD + "."):
            name = "forward" + name.removeprefix(FORWARD)
        state_dict[prefix + name] = value


def _rename_loaded(module, state_dict, prefix, *_):
    for key in [key for key in state_dict if key.startswith(f"{prefix}forward.")]:
        name = FORWARD + key.removeprefix(f"{prefix}forward")
        state_dict[prefix + name] = state_dict.pop(key)


def _check_part(part, argument):
    if not isinstance(part, Network):
        raise TypeError(problem(argument, describe(part),
                                "a cell, a Stack or a Bidirectional of lstmlib.torch"))
