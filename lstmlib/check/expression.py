"""Numbers as a reader writes them: ``3/8``, ``12%``, ``1/(1+exp(-2))``. Nothing else is run.

The page reads the same texts by the same rules: see ``book/_static_src/exercise.js``.
"""

import ast
import math
import numbers
import re
from decimal import Decimal

LONGEST = 200
DEEPEST = 30
MAY_BE_WRITTEN = (
    "Write a number, a fraction or an expression, such as 0.375, 3/8, 12% or 1/(1+exp(-2)). "
    "It may use + - * / ^ ( ), sqrt, exp, log or ln, log2, log10, tanh, sigmoid, pi and e."
)


class NotANumber(ValueError):
    """What was written gives no number; the message says what was got and what may be written."""


def _sigmoid(x):
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


CONSTANTS = {"pi": math.pi, "e": math.e}
FUNCTIONS = {
    "sqrt": math.sqrt, "exp": math.exp, "log": math.log, "ln": math.log, "log2": math.log2,
    "log10": math.log10, "tanh": math.tanh, "sigmoid": _sigmoid,
}
_LOGARITHMS = ("log", "ln", "log2", "log10")

# Other people's signs, and the wide forms that Chinese and Japanese keyboards give.
_SIGNS = {ord(sign): plain for signs, plain in (
    ("\u2212\u2013", "-"), ("\u00d7\u00b7\u22c5", "*"), ("\u00f7\u2044\u2215", "/"),
    ("\u03c0", " pi "), ("\u03c3", " sigmoid "),
) for sign in signs} | {wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)}
NUMBER = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_TOKEN = re.compile(
    rf"(?P<number>{NUMBER})(?P<percent> *%)?"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>\*\*|[-+*/^()])"
)


def evaluate(answer):
    """The float that a text stands for, or that a number is. Raises :class:`NotANumber`.

    >>> evaluate("3/8"), evaluate("-2^2"), evaluate("12%"), evaluate(0.5)
    (0.375, -4.0, 0.12, 0.5)
    """
    if isinstance(answer, str):
        return _value(answer)
    if isinstance(answer, (numbers.Real, Decimal)) and not isinstance(answer, bool):
        try:
            value = float(answer)
        except OverflowError:
            raise NotANumber("A finite number is asked for, got one too large.") from None
        if not math.isfinite(value):
            raise NotANumber(f"A finite number is asked for, got {value}.")
        return value
    if getattr(answer, "shape", None) == () and callable(getattr(answer, "item", None)):
        return evaluate(answer.item())
    shape = getattr(answer, "shape", None)
    told = f"an array of shape {tuple(shape)}" if shape is not None else (
        repr(answer) if answer is None or isinstance(answer, bool)
        else f"an object of type {type(answer).__name__}")
    raise NotANumber(f"A single number is asked for, got {told}. {MAY_BE_WRITTEN}")


def _value(text):
    text = text.strip()
    if not text:
        raise NotANumber(f"Nothing is written. {MAY_BE_WRITTEN}")
    if len(text) > LONGEST:
        raise NotANumber(f"The text has {len(text)} characters; at most {LONGEST} are read.")
    tokens = _tokens(text)
    _check(text, tokens)
    code = " ".join("**" if token == "^" else str(token) for token in tokens)
    return _run(ast.parse(code, mode="eval").body, text)


def _tokens(text):
    """Numbers as floats; names and signs as strings."""
    plain = re.sub(r"\s", " ", text.translate(_SIGNS))
    if "," in plain:
        found = re.search(r"([0-9]+),([0-9]+)", plain)
        point = f"{found[1]}.{found[2]}" if found else "0.5"
        raise NotANumber(f'"{text}" has a comma. Write a point before the decimals, as in {point}, '
                         "and nothing between thousands.")
    tokens, at = [], 0
    while at < len(plain):
        found = _TOKEN.match(plain, at)
        if plain[at] == " ":
            at += 1
            continue
        if plain[at] == "%":
            raise NotANumber(f'In "{text}" the % does not stand after a number, as in 12%.')
        if not found:
            raise NotANumber(
                f'"{text}" has "{plain[at]}", which is not read here. {MAY_BE_WRITTEN}'
            )
        at = found.end()
        if found["number"]:
            value = float(found["number"]) / (100 if found["percent"] else 1)
            tokens.append(_finite(value, text))
        elif found["name"]:
            name = found["name"].lower()
            if name not in CONSTANTS and name not in FUNCTIONS:
                raise NotANumber(
                    f'"{text}" has "{found["name"]}", which is not known here. {MAY_BE_WRITTEN}'
                )
            tokens.append(name)
        else:
            tokens.append(found["sign"])
    return tokens


def _told(token):
    return f"{token:.6g}" if isinstance(token, float) else token


def _check(text, tokens):
    """Every text that passes is an expression of Python's."""
    wants_number, depth = True, 0
    for k, token in enumerate(tokens):
        before = tokens[k - 1] if k else None
        if before in FUNCTIONS and token != "(":
            raise NotANumber(_bare(before, text))
        if isinstance(token, float) or token in CONSTANTS or token in FUNCTIONS or token == "(":
            if not wants_number:
                raise NotANumber(f'In "{text}" a sign is missing between {_told(before)} and '
                                 f"{_told(token)}; a product is written with *.")
            wants_number = token in FUNCTIONS or token == "("
            depth += token == "("
            if depth > DEEPEST:
                raise NotANumber(
                    f"More than {DEEPEST} parentheses within one another are not read."
                )
        elif wants_number and token not in ("+", "-"):
            where = f"after {_told(before)}" if k else f"before {token}"
            raise NotANumber(f'In "{text}" a number is missing {where}.')
        elif token == ")":
            if not depth:
                raise NotANumber(f'In "{text}" a closing parenthesis has no opening one.')
            depth -= 1
        else:
            wants_number = True
    if tokens[-1] in FUNCTIONS:
        raise NotANumber(_bare(tokens[-1], text))
    if wants_number:
        raise NotANumber(f'In "{text}" a number is missing after {_told(tokens[-1])}.')
    if depth:
        raise NotANumber(f'In "{text}" a parenthesis is not closed.')


def _bare(name, text):
    return f'In "{text}" the function {name} needs parentheses, as in {name}(2).'


def _run(node, text):
    match node:
        case ast.Constant(float(value)):
            return value
        case ast.Name(name):
            return CONSTANTS[name]
        case ast.UnaryOp(sign, inner):
            value = _run(inner, text)
            return -value if isinstance(sign, ast.USub) else value
        case ast.Call(ast.Name(name), [inner]):
            return _apply(name, _run(inner, text), text)
        case ast.BinOp(left, sign, right):
            return _combine(_run(left, text), sign, _run(right, text), text)
    raise AssertionError(ast.dump(node))


def _apply(name, x, text):
    if name == "sqrt" and x < 0:
        raise NotANumber(f'"{text}" takes the square root of a negative number.')
    if name in _LOGARITHMS and x <= 0:
        raise NotANumber(f'"{text}" takes the logarithm of a number that is not above zero.')
    try:
        return FUNCTIONS[name](x)
    except OverflowError:
        return _finite(math.inf, text)


def _combine(left, sign, right, text):
    match sign:
        case ast.Add():
            value = left + right
        case ast.Sub():
            value = left - right
        case ast.Mult():
            value = left * right
        case ast.Div():
            value = left / _divisor(right, text)
        case ast.Pow():
            if left < 0 and right != math.floor(right):
                raise NotANumber(f'"{text}" raises a negative number to a power that is not whole.')
            if right < 0:
                _divisor(left, text)
            try:
                value = left**right
            except OverflowError:
                value = math.inf
    return _finite(value, text)


def _divisor(value, text):
    if value == 0:
        raise NotANumber(f'"{text}" divides by zero.')
    return value


def _finite(value, text):
    if not math.isfinite(value):
        raise NotANumber(f'"{text}" is too large to be a number here.')
    return value
