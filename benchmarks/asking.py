"""The arguments of the commands: each is taken, or refused in a sentence."""

import argparse
import math

from lstmlib.numpy import CELLS


def sentence(got, expected):
    return argparse.ArgumentTypeError(f"got {got!r}, expected {expected}")


def size(text):
    try:
        numbers = tuple(int(number) for number in text.split(","))
    except ValueError:
        numbers = ()
    if len(numbers) != 4 or min(numbers) < 1:
        raise sentence(text, "T,B,M,D, four integers of at least 1, such as 100,32,64,128")
    return numbers


def one_of(*names):
    def take(text):
        if text not in names:
            raise sentence(text, "one of " + ", ".join(names))
        return text
    return take


def cell_names(text):
    names = tuple(text.split(","))
    unknown = [name for name in names if name not in CELLS]
    if unknown:
        raise sentence(unknown[0], "names joined by commas, out of " + ", ".join(CELLS))
    return names


def count(text):
    if not text.isdecimal() or int(text) < 1:
        raise sentence(text, "an integer of at least 1")
    return int(text)


def duration(unit):
    def take(text):
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not 0 < value < math.inf:
            raise sentence(text, f"a number of {unit} above 0")
        return value
    return take
