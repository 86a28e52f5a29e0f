"""Compressors as models of text: what zlib and lzma need for a test text, in bits per character.

A compressor that has just read the training text spends on the test text

    8 (len(compress(train + test)) - len(compress(train))) / characters of test

bits per character, so it can be put beside any model that predicts. Two things to know: zlib
looks back 32 kB at most, so that all but the end of a long training text is lost on it, while
lzma gets a dictionary that holds everything here; and both were made for speed, not for this
race. Texts are compressed in UTF-8. Another build of zlib or lzma may differ in the third digit.
"""

import lzma
import zlib

from lstmlib.numpy import contract


def _zlib(data):
    return zlib.compress(data, 9)


def _lzma(data):
    dictionary = min(max(len(data), 1 << 16), (1 << 32) - (1 << 29))
    method = {"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": dictionary}
    return lzma.compress(data, format=lzma.FORMAT_XZ, check=lzma.CHECK_NONE, filters=[method])


COMPRESSORS = contract.Registry("compressor", {"zlib": _zlib, "lzma": _lzma})


def bits(compressor, train, test):
    """Bits per character of the text `test` for a compressor that has read the text `train`.

    ValueError: the compressor is unknown, or there is no test text.

    >>> 0 <= bits("lzma", "she sells sea shells " * 50, "she sells sea shells") < 2
    True
    """
    compress = COMPRESSORS[compressor]
    for argument, text in (("train", train), ("test", test)):
        if not isinstance(text, str):
            raise TypeError(contract.problem(argument, contract.describe(text), "a str"))
    if not test:
        raise ValueError(contract.problem("test", "no character", "at least one"))
    before, after = (len(compress(text.encode("utf-8"))) for text in (train, train + test))
    return 8 * (after - before) / len(test)
