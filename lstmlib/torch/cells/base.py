"""What all cells share: the parameters of their twins in lstmlib.numpy, and how they begin."""

import inspect

import numpy as np
import torch
from torch import nn
from torch.nn.functional import linear
from torch.nn.utils import parametrize

from lstmlib.numpy.contract import problem
from lstmlib.torch import backends, contract
from lstmlib.torch.network import Network
from lstmlib.torch.unroll import unroll


class Cell(Network):
    """One time step of a recurrent network, as a module that also runs over time.

    A cell names its twin of lstmlib.numpy, whose docstring has the equations, `of`, and writes

    step(P, a, state)
        the new state, from what `inputs` gave for this step and from the old state

    and, where it differs from the rule below,

    prepare()
        the parameters as the steps want them, cut or joined once for all steps
    inputs(P, x)
        a tuple of all that x alone decides, for all steps at once, as a rule W x + b

    backend    "auto", the fastest that serves, or the name of one; may be set later. A class
               derived from a cell is served by "eager" alone, as its step may be another
    generator  a torch.Generator for the first parameters, by the rule of the twin; None is torch's
               own, so that torch.manual_seed decides
    """

    of = None

    def __init_subclass__(cls):
        super().__init_subclass__()
        if "of" in vars(cls):                                # for help(): the options of the twin
            named = list(inspect.signature(Cell.__init__).parameters.values())[-5:-1]
            cls.__signature__ = inspect.Signature(
                [*inspect.signature(cls.of).parameters.values(), *named])

    def __init__(self, input_size, hidden_size, *options, backend="auto", device=None, dtype=None,
                 generator=None, **named_options):
        super().__init__(self.of(input_size, hidden_size, *options, **named_options))
        self.backend = backend
        dtype = contract.take_dtype(dtype)
        for name, shape in self.param_shapes.items():
            self.register_parameter(name, nn.Parameter(torch.empty(shape, device=device,
                                                                   dtype=dtype)))
        self.reset_parameters(generator)

    @property
    def hidden_size(self):
        return self.twin.hidden_size

    @property
    def clocked(self):
        return self.twin.clocked

    @property
    def backend(self):
        return self._backend

    @backend.setter
    def backend(self, name):
        self._backend = backends.take_name(name)

    def reset_parameters(self, generator=None):
        """Draw fresh parameters by the rule of the twin, whose seed the generator draws."""
        contract.take_generator(generator, torch.device("cpu"))
        seed = torch.randint(2 ** 63 - 1, (), generator=generator, device="cpu").item()
        self.load_numpy(self.twin.init(np.random.default_rng(seed)))

    def parameter(self, key):
        """The parameter of this name; asking nn.Module for the attribute takes far longer."""
        found = self._parameters.get(key)
        return getattr(self, key) if found is None else found      # a parametrization, say

    def own(self):
        return {name: self.parameter(name) for name in self._shapes}

    def prepare(self):
        return self.own()

    def setter(self, key):
        """A function that sets the parameter of this name; a ValueError if a hook computes it."""
        if key in self._parameters:
            return self._parameters[key].copy_
        if parametrize.is_parametrized(self, key):
            return lambda value: setattr(self, key, value.to(getattr(self, key)))
        raise ValueError(problem(
            f"parameter {key}", f"one that a hook of {self!r} computes from others",
            "a parameter, or a parametrization",
            "Pruning is made lasting by torch.nn.utils.prune.remove; for weight_norm take the one "
            "of torch.nn.utils.parametrizations"))

    def inputs(self, P, x):
        return (linear(x, P["W"], P["b"]),)

    def cells(self):
        yield self, False

    def check_backends(self, T, B, dtype, device):
        """`unroll` does it, before anything else: nothing is to be asked twice."""

    def read(self, x, state, lengths, start, reverse, generator=None, with_c=False):
        return unroll(self, x, state, lengths, start, reverse, with_c)
