"""What may be written as a number, in Python and on the page alike."""

import math
import time
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from lstmlib.check.expression import NotANumber, evaluate

GOOD = {
    "0.375": 0.375, "3/8": 3 / 8, " 3 / 8 ": 3 / 8, "-3/8": -3 / 8, ".5": 0.5, "5.": 5.0, "7": 7.0,
    "007": 7.0, "2e-3": 2e-3, "1E2": 100.0, "1/3+1/6": 0.5, "2-3-4": -5.0, "24/4/2": 3.0, "2*3+4": 10.0,
    "2+3*4": 14.0, "(2+3)*4": 20.0, "-2^2": -4.0, "(-2)^2": 4.0, "2^-1": 0.5, "2**-1": 0.5,
    "2^3^2": 512.0, "-2^-2": -0.25, "2*-3": -6.0, "--2": 2.0, "+-+2": -2.0, "4^0.5": 2.0, "0^0": 1.0,
    "(-8)^3": -512.0, "12%": 0.12, "12.5 %": 0.125, "-50%": -0.5, "10%^2": 0.01, "2^50%": 2**0.5,
    "sqrt(2)": 2**0.5, "exp(1)": math.e, "exp(-1000)": 0.0, "log(e)": 1.0, "ln(e^2)": 2.0,
    "log2(8)": 3.0, "log10(0.001)": -3.0, "tanh(0.5)": math.tanh(0.5), "SQRT(4)": 2.0,
    "sigmoid(2)": 1 / (1 + math.exp(-2)), "sigmoid(-800)": 0.0, "\u03c3(0)": 0.5, "2*\u03c0": 2 * math.pi,
    "1/(1+exp(-2))": 1 / (1 + math.exp(-2)), "pi": math.pi, "e": math.e, "\u22120.5": -0.5,
    "2\u00d73": 6.0, "3\u00f78": 0.375, "\uff11\uff0f\uff12": 0.5, "sqrt (4)": 2.0, "log2(sqrt(16))": 2.0,
    "(" * 30 + "1" + ")" * 30: 1.0, "-" * 199 + "1": -1.0, "1" + "+1" * 99: 100.0,
}
# A text that is refused, and what the sentence must name.
BAD = {
    "": "Nothing is written", "   ": "Nothing is written", "0,375": "0.375", "1,000": "thousands",
    "log(8, 2)": "comma", "\uff10\uff0c\uff15": "0.5", "x": '"x", which is not known',
    "sin(1)": '"sin"', "3\u00b2": '"\u00b2"', "\u00bd": '"\u00bd"', "0.5 bits": '"bits"', "2 pi": "between 2 and pi",
    "2(3)": "between 2 and (", "(1)(2)": "between ) and (", "2e": "between 2 and e",
    "1.2.3": "between 1.2 and 0.3", "5%2": "between 0.05 and 2", "1 2": "between 1 and 2",
    "sqrt 2": "sqrt(2)", "sqrt": "sqrt(2)", "tanh+1": "tanh(2)", "sqrt()": "after (", "()": "after (",
    "3/": "after /", "*3": "before *", ")": "before )", "3//8": "after /", "2*^3": "after *",
    "1+": "after +", "-": "after -", "(3": "not closed", "sqrt((3)": "not closed", "3)": "no opening",
    "(3))+(1": "no opening", "(3/8)%": "after a number, as in 12%", "%": "after a number", "1/0": "divides by zero",
    "1/(2-2)": "divides by zero", "0^-1": "divides by zero", "sqrt(-1)": "square root",
    "log(0)": "not above zero", "ln(-1)": "not above zero", "(-8)^(1/3)": "not whole",
    "9**9**9": "too large", "exp(1000)": "too large", "1e999": "too large", "1e308*10": "too large",
    "nan": '"nan"', "inf": '"inf"', "1j": '"j"', "0x1F": '"x1F"', "1_000": '"_000"', "True": '"True"',
    "h = 0.5": '"h"', "1 if 1 else 2": '"if"', "[1]": '"["', "1;2": '";"', "2 % 3": "between 0.02 and 3",
    "__import__('os').getcwd()": '"__import__"', "().__class__": '"."', "constructor": '"constructor"',
    "toString(1)": '"toString"', "(" * 31 + "1" + ")" * 31: "30 parentheses", "1" * 201: "201 characters",
    "2^2^2^2^2^2": "too large", "1+" * 99 + "a": '"a"', "\U0001d7d8": '"\U0001d7d8"',
}


@pytest.mark.parametrize("text", GOOD)
def test_a_number_is_read(text):
    assert evaluate(text) == pytest.approx(GOOD[text], rel=1e-15, abs=1e-300)


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_number_is_refused_at_once_with_a_sentence_that_names_it(text):
    start = time.perf_counter()
    with pytest.raises(NotANumber) as told:
        evaluate(text)
    assert time.perf_counter() - start < 1
    message = str(told.value)
    assert BAD[text] in message and message.endswith(".")


def test_the_page_reads_the_same_numbers_and_says_the_same_sentences(in_page):
    texts = [*GOOD, *BAD]
    read = in_page("data.map((text) => { try { return exercise.evaluate(text); } catch (e) {"
                   " if (e instanceof exercise.NotANumber) return e.message; throw e; } })", texts)
    for text, got in zip(texts, read, strict=True):
        if text in GOOD:
            assert got == pytest.approx(evaluate(text), rel=1e-14, abs=1e-300), text
        else:
            with pytest.raises(NotANumber) as told:
                evaluate(text)
            assert got == str(told.value), text


def test_numbers_of_all_kinds_are_taken():
    half = [0.5, Fraction(1, 2), Decimal("0.5"), np.float64(0.5), np.float32(0.5), np.longdouble(0.5),
            np.array(0.5), np.array(Fraction(1, 2)), np.str_("1/2"), np.array("1/2")]
    for number in half:
        got = evaluate(number)
        assert got == 0.5 and type(got) is float
    assert [evaluate(n) for n in (2, np.int8(2), np.array(2))] == [2.0, 2.0, 2.0]


def test_a_tensor_of_one_number_is_taken():
    torch = pytest.importorskip("torch")
    assert evaluate(torch.tensor(0.5, requires_grad=True)) == 0.5


@pytest.mark.parametrize("thing, names", [
    (True, "True"), (np.True_, "True"), (None, "None"), (math.nan, "nan"), (-math.inf, "-inf"),
    (np.float64("nan"), "nan"), (np.array(np.inf), "inf"), (Decimal("NaN"), "nan"), (10**400, "too large"),
    (Fraction(10**400), "too large"), (1j, "complex"), (np.array([0.5]), "(1,)"), (np.zeros((2, 3)), "(2, 3)"),
    ([0.5], "list"), (b"0.5", "bytes"), (math.sqrt, "builtin"),
], ids=lambda one: type(one).__name__)
def test_other_things_are_refused_with_a_sentence(thing, names):
    with pytest.raises(NotANumber) as told:
        evaluate(thing)
    assert names in str(told.value)
