"""What every public function asks of its tensors, in the words of lstmlib.numpy.contract."""

import re

import numpy as np
import torch

from lstmlib.numpy import contract
from lstmlib.numpy.contract import problem

DTYPES = (torch.float32, torch.float64, torch.bfloat16, torch.float16)
CAST = (torch.float32, torch.bfloat16, torch.float16)             # what autocast converts


def describe(value):
    """A value in a few words: a tensor by dtype, shape and device."""
    if isinstance(value, torch.Tensor):
        return (f"{type(value).__name__} of {name(value.dtype)} with shape {tuple(value.shape)} "
                f"on {value.device}")
    return contract.describe(value)


def name(dtype):
    """A dtype as NumPy writes it, float32 for torch.float32."""
    return str(dtype).removeprefix("torch.")


def take_dtype(dtype, argument="dtype"):
    """One of the real dtypes; None is torch's own default."""
    dtype = torch.get_default_dtype() if dtype is None else dtype
    if dtype not in DTYPES:
        raise TypeError(problem(argument, repr(dtype), " or ".join(map(str, DTYPES))))
    return dtype


def autocast_dtypes():
    """What torch.autocast asks for at present, by the kinds of devices."""
    return {kind: torch.get_autocast_dtype(kind) for kind in ("cpu", "cuda")
            if torch.is_autocast_enabled(kind)}


def is_out_of_memory(error):
    """Whether an error is a device's, or NumPy's, word for a lack of memory."""
    return (isinstance(error, (torch.OutOfMemoryError, MemoryError))
            or "DefaultCPUAllocator" in str(error))


def out_of_memory(error, x):
    """The device's own error, in our words."""
    asked = re.search(r"(?:[Tt]ried|[Uu]nable) to allocate ([\d.]+ \w+)", str(error))
    return torch.OutOfMemoryError(problem(
        "x", f"{describe(x)}, which asked for {asked[1] if asked else 'more memory'} at once",
        "what fits into the memory that is free there",
        "Take fewer sequences, chunks with the state carried on, or a narrower dtype"))


def take_generator(generator, device):
    """A torch.Generator on this device, or None."""
    if generator is not None and not isinstance(generator, torch.Generator):
        raise TypeError(problem("generator", describe(generator), "a torch.Generator",
                                "Make one with torch.Generator().manual_seed(seed)"))
    if generator is not None and generator.device.type != device.type:
        raise ValueError(problem("generator", f"one on {generator.device}", f"one on {device}",
                                 f"Make one with torch.Generator({device.type!r})"))
    return generator


def check_tensor(value, argument, dtype, device):
    """A tensor of this dtype on this device; nothing is converted or moved."""
    if (isinstance(value, torch.Tensor) and value.dtype == dtype and value.device == device
            and value.layout is torch.strided):
        return
    expected = f"a tensor of {name(dtype)} on {device}"
    if not isinstance(value, torch.Tensor):
        raise TypeError(problem(argument, describe(value), expected,
                                "Make one with torch.as_tensor"))
    if value.layout is not torch.strided:
        raise TypeError(problem(argument, f"layout {value.layout}", expected,
                                "Turn it into a dense tensor first"))
    if value.dtype != dtype:
        raise TypeError(problem(argument, describe(value), expected, "Inputs, states and "
                                f"parameters share one dtype; convert with .to({dtype})"))
    raise ValueError(problem(argument, describe(value), expected, "Inputs, states and "
                             f"parameters share one device; move it with .to('{device}')"))


def check_states(state, shapes, dtype, device):
    """The states of these names and shapes, (B, D) each."""
    contract.check_keys(state, "state", shapes)
    for key, shape in shapes.items():
        check_tensor(state[key], f"state[{key!r}]", dtype, device)
        contract.check_shape(state[key], f"state[{key!r}]", shape,
                             "One row for each of the sequences of x; nothing is broadcast")


def take_lengths(lengths, T, B, device):
    """One integer from 1 to T for each of B sequences, from a list, an array or a tensor.

    A tensor on a GPU is waited for, as its values are checked. All others go there without a wait.
    """
    if isinstance(lengths, torch.Tensor):
        if lengths.dtype.is_floating_point or lengths.dtype.is_complex:
            raise TypeError(problem("lengths", describe(lengths), "integers",
                                    "Convert with .long() if they are whole numbers"))
        lengths = lengths.detach().cpu().numpy()
    taken = contract.take_lengths(lengths, T, B).astype(np.int64)
    taken = torch.from_numpy(taken)
    if device.type == "cuda":
        return taken.pin_memory().to(device, non_blocking=True)
    return taken


def check_parameters(network):
    """All parameters of one dtype, on one device, in their shapes; gives dtype and device."""
    dtype = device = None
    for key, shape in network.param_shapes.items():
        value = network.parameter(key)
        if value.shape != shape:
            contract.check_shape(value, f"parameter {key}", shape)
        if dtype is None:
            dtype, device = value.dtype, value.device
        elif value.dtype is not dtype or value.device != device:
            found = {key: network.parameter(key) for key in network.param_shapes}
            got = ", ".join(f"{key} in {name(value.dtype)} on {value.device}"
                            for key, value in found.items())
            raise ValueError(problem("parameters", got, "one dtype and one device for all",
                                     "Move the whole network with .to(device, dtype)"))
    return take_dtype(dtype, "parameters"), device
