"""What every public function asks of its arguments, and the words in which it says no.

An error names the argument, what was got, what was expected and, where there is one, the remedy.
A wrong shape, key, name or value is a ValueError; a wrong kind of object or number a TypeError.
All of it happens before any arithmetic. Infinities and NaN are values like others and pass.
"""

import math
from collections.abc import Mapping
from numbers import Integral, Real

import numpy as np

REAL = (np.dtype(np.float32), np.dtype(np.float64))
COMPLEX = np.dtype(np.complex128)


def problem(argument, got, expected, remedy=None):
    """The text of every error: argument, got, expected, remedy."""
    text = f"{argument}: got {got}, expected {expected}"
    return f"{text}. {remedy}" if remedy else text


def describe(value):
    """A value in a few words: an array by dtype and shape, anything long by its type."""
    if isinstance(value, np.ndarray):
        return f"{type(value).__name__} of {value.dtype} with shape {value.shape}"
    text = repr(value)
    return f"{type(value).__name__} {text}" if len(text) <= 40 else type(value).__name__


class Registry(dict):
    """A dict from names to classes; an unknown name is a ValueError that lists the known ones."""

    def __init__(self, kind, entries):
        super().__init__(entries)
        self.kind = kind

    def __missing__(self, name):
        known = ", ".join(repr(key) for key in self)
        raise ValueError(problem(f"name of {self.kind}", repr(name), f"one of {known}"))


# ---- single values


def take_size(value, argument):
    """An integer of at least 1."""
    return take_integer(value, argument, least=1)


def take_integer(value, argument, least):
    if type(value) is int and value >= least:              # without asking the register of types
        return value
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Integral):
        raise TypeError(problem(argument, describe(value), f"an integer of at least {least}"))
    if value < least:
        raise ValueError(problem(argument, int(value), f"an integer of at least {least}"))
    return int(value)


def take_number(value, argument, above=-math.inf, least=-math.inf, below=math.inf):
    """A finite real number with above < value, least <= value, value < below."""
    bounds = [f"above {above}" if above > -math.inf else "",
              f"of at least {least}" if least > -math.inf else "",
              f"below {below}" if below < math.inf else ""]
    expected = " and ".join(["a finite number"] + [bound for bound in bounds if bound])
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        raise TypeError(problem(argument, describe(value), expected))
    if not (math.isfinite(value) and above < value and least <= value < below):
        raise ValueError(problem(argument, value, expected))
    return float(value)


def take_flag(value, argument):
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(problem(argument, describe(value), "True or False"))
    return bool(value)


def take_generator(rng, argument="rng"):
    if not isinstance(rng, np.random.Generator):
        raise TypeError(problem(argument, describe(rng), "a numpy.random.Generator",
                                "Make one with np.random.default_rng(seed)"))
    return rng


def take_dtype(dtype, argument="dtype", allowed=(*REAL, COMPLEX)):
    """One of these dtypes, in the byte order of the machine."""
    try:
        found = [] if dtype is None else [np.dtype(dtype).newbyteorder("=")]
    except TypeError:
        found = []
    if not found or found[0] not in allowed:
        raise TypeError(problem(argument, repr(dtype), " or ".join(str(one) for one in allowed)))
    return found[0]


def take_real_dtype(dtype, argument="dtype"):
    return take_dtype(dtype, argument, REAL)


# ---- arrays


def take_array(value, argument, dtype=None, copy=False):
    """`value` as a native array of `dtype`; lists of numbers take it, arrays must have it.

    Without a dtype any of float32, float64 and complex128 will do, and lists become float64.
    """
    if isinstance(value, (list, tuple)):
        return _from_list(value, argument, np.dtype(np.float64) if dtype is None else dtype)
    allowed = (*REAL, COMPLEX) if dtype is None else (dtype,)
    if type(value) is np.ndarray and value.dtype in allowed:
        return np.array(value, order="C", copy=True if copy else None)
    expected = "an array of " + " or ".join(str(one) for one in allowed)
    if not isinstance(value, np.ndarray) or isinstance(value, (np.ma.MaskedArray, np.matrix)):
        raise TypeError(problem(argument, describe(value), expected,
                                "Turn it into a plain NumPy array first"))
    native = value.dtype.newbyteorder("=")
    if native not in allowed:
        remedy = "All arrays of one call share one dtype"
        if native.kind in "iuf":
            remedy += f"; convert with .astype({'float' if dtype is None else f'np.{dtype}'})"
        raise TypeError(problem(argument, f"dtype {value.dtype}", expected, remedy))
    return np.array(value, dtype=native, order="C", copy=True if copy else None)


def _from_list(value, argument, dtype):
    expected = f"a regular list of numbers, to become {dtype}"
    if _holds_masked(value):
        raise TypeError(problem(argument, "a list that holds a masked array", expected,
                                "NumPy would drop the mask: fill what is masked first"))
    try:
        found = np.array(value)
    except (ValueError, TypeError):
        raise ValueError(problem(argument, "a ragged list", expected,
                                 "Pad the sequences and give their lengths")) from None
    if found.size and found.dtype.kind not in ("iufc" if dtype.kind == "c" else "iuf"):
        raise TypeError(problem(argument, f"a list that holds {found.dtype}", expected))
    with np.errstate(over="ignore"):
        taken = found.astype(dtype)
    if (np.isinf(taken) & np.isfinite(found)).any():
        raise ValueError(problem(argument, f"a number too large for {dtype}", expected,
                                 "Use float64 in the whole call"))
    return taken


def _holds_masked(value):
    return isinstance(value, np.ma.MaskedArray) or (
        isinstance(value, (list, tuple)) and any(map(_holds_masked, value)))


def check_shape(array, argument, expected, remedy=None):
    """Compare with a tuple of sizes; a string in it names a free axis of at least 1."""
    shape = array.shape
    fits = len(shape) == len(expected)
    for size, wanted in zip(shape, expected):
        fits = fits and (size == wanted or isinstance(wanted, str) and size > 0)
    if not fits:
        names = ", ".join(str(wanted) for wanted in expected)
        names = f"({names},)" if len(expected) == 1 else f"({names})"
        free = [wanted for wanted in expected if isinstance(wanted, str)]
        if free:
            names += f" with {', '.join(free)} of at least 1"
        raise ValueError(problem(argument, f"shape {tuple(array.shape)}", f"shape {names}", remedy))


def check_last_axis(array, argument, size, name):
    """Any leading axes, none of them empty, and a last one of a known size."""
    if array.ndim == 0 or array.shape[-1] != size or array.size == 0:
        raise ValueError(problem(argument, f"shape {array.shape}",
                                 f"shape (..., {name} = {size}) without an empty axis"))


def take_indices(value, argument, shape=None):
    """Integers, from an array or a list; bool and float are not integers."""
    expected = "an array or list of integers"
    if isinstance(value, np.ma.MaskedArray) or not isinstance(value, (np.ndarray, list, tuple)):
        if isinstance(value, (bool, np.bool_)) or not isinstance(value, Integral):
            raise TypeError(problem(argument, describe(value), expected))
    try:
        found = np.asarray(value)
    except ValueError:
        raise ValueError(problem(argument, "a ragged list", expected)) from None
    if found.dtype.kind not in "iu":
        if found.size or isinstance(value, np.ndarray):
            raise TypeError(problem(argument, f"dtype {found.dtype}", expected,
                                    "Convert with .astype(int) if they are whole numbers"))
    if shape is not None and found.shape != shape:
        raise ValueError(problem(argument, f"shape {found.shape}", f"shape {shape}"))
    if found.size == 0:
        raise ValueError(problem(argument, f"shape {found.shape}", "no empty axis"))
    return found.astype(found.dtype.newbyteorder("="), copy=False)


def take_ids(value, argument, num_symbols, shape=None, counted=None):
    """Integers from 0 to num_symbols - 1; where `counted` is given, only its True places matter."""
    ids = take_indices(value, argument, shape)
    bad = (ids < 0) | (ids >= num_symbols)
    if counted is not None:
        bad = bad & counted
        ids = np.where(counted, ids, 0)
    if bad.any():
        raise ValueError(problem(argument, f"the value {ids[bad][0]}",
                                 f"integers from 0 to {num_symbols - 1}"))
    return ids


def take_lengths(lengths, T, B):
    """One integer from 1 to T for each of B sequences."""
    lengths = take_indices(lengths, "lengths", shape=(B,))
    wrong = (lengths < 1) | (lengths > T)
    if wrong.any():
        raise ValueError(problem("lengths", f"the value {lengths[wrong][0]}",
                                 f"integers from 1 to T = {T}"))
    return lengths.astype(np.intp)


def take_mask(mask, argument, shapes):
    """A mask of bool, or of the numbers 0 and 1, that keeps at least one position."""
    if isinstance(mask, np.ma.MaskedArray) or not isinstance(mask, (np.ndarray, list, tuple)):
        raise TypeError(problem(argument, describe(mask), "an array of bool, or of 0 and 1"))
    try:
        found = np.asarray(mask)
    except ValueError:
        raise ValueError(problem(argument, "a ragged list", "a regular list")) from None
    if found.shape not in shapes:
        raise ValueError(problem(argument, f"shape {found.shape}",
                                 "shape " + " or ".join(str(shape) for shape in shapes)))
    if found.dtype.kind not in "biuf":
        raise TypeError(problem(argument, f"dtype {found.dtype}", "bool, or the numbers 0 and 1"))
    if not ((found == 0) | (found == 1)).all():
        raise ValueError(problem(argument, "values other than 0 and 1", "bool, or 0 and 1"))
    if not found.any():
        raise ValueError(problem(argument, "no position that counts", "at least one",
                                 "Leave out a batch that is all padding"))
    return found.astype(bool)


# ---- dicts of arrays


def check_keys(given, argument, names):
    """A mapping with exactly these keys."""
    expected = "keys " + ", ".join(repr(name) for name in names)
    if not isinstance(given, Mapping):
        raise TypeError(problem(argument, describe(given), f"a dict with {expected}"))
    if set(given) != set(names):
        missing = [repr(name) for name in names if name not in given]
        extra = [repr(name) for name in given if name not in names]
        parts = ([f"without {', '.join(missing)}"] if missing else []) + (
            [f"with unknown {', '.join(extra)}"] if extra else [])
        raise ValueError(problem(argument, "a dict " + " and ".join(parts), expected))


def take_params(params, shapes, argument="params", copy=False):
    """Parameters of these keys and shapes, all of one dtype, as a new dict of native arrays."""
    check_keys(params, argument, shapes)
    dtype = common_dtype(params, argument)
    taken = {}
    for name, shape in shapes.items():
        taken[name] = take_array(params[name], f"{argument}[{name!r}]", dtype, copy)
        check_shape(taken[name], f"{argument}[{name!r}]", shape)
    return taken


def common_dtype(arrays, argument):
    """The one dtype of all arrays of a dict; a dict of lists alone is float64."""
    found = {name: take_array(value, f"{argument}[{name!r}]").dtype
             for name, value in arrays.items() if not isinstance(value, (list, tuple))}
    if len(set(found.values())) > 1:
        got = ", ".join(f"{name!r} in {dtype}" for name, dtype in found.items())
        raise TypeError(problem(argument, got, "one dtype for all",
                                "Convert them with .astype"))
    return next(iter(found.values()), np.dtype(np.float64))


def take_like(arrays, reference, argument, copy=False):
    """A dict with the keys, shapes and dtype of another."""
    check_keys(arrays, argument, reference)
    taken = {}
    for name, other in reference.items():
        taken[name] = take_array(arrays[name], f"{argument}[{name!r}]", other.dtype, copy)
        check_shape(taken[name], f"{argument}[{name!r}]", other.shape)
    return taken


def take_states(state, argument, shapes, dtype):
    """Copies of the states of these names and shapes, (B, D) each."""
    check_keys(state, argument, shapes)
    taken = {}
    for name, shape in shapes.items():
        label = f"{argument}[{name!r}]"
        taken[name] = take_array(state[name], label, dtype, copy=True)
        check_shape(taken[name], label, shape,
                    "One row for each of the sequences of x; nothing is broadcast")
    return taken


def take_flat(params, argument="params"):
    """A non-empty flat dict of arrays of one dtype, whatever its keys."""
    if not isinstance(params, Mapping) or not params:
        raise TypeError(problem(argument, describe(params), "a non-empty dict of arrays"))
    for name, value in params.items():
        if isinstance(value, Mapping):
            raise TypeError(problem(f"{argument}[{name!r}]", "a dict", "an array",
                                    "Parameters are one flat dict; use dotted keys"))
    dtype = common_dtype(params, argument)
    return {name: take_array(value, f"{argument}[{name!r}]", dtype)
            for name, value in params.items()}


def refuse_complex(dtype, argument, remedy=None):
    if dtype.kind == "c":
        raise TypeError(problem(argument, f"dtype {dtype}", "float32 or float64", remedy))


def freeze(array):
    """The array, from now on read-only."""
    array.flags.writeable = False
    return array
