"""What can be said of the reader's function by reading it, without running it."""

import ast
import inspect
import linecache
import textwrap


def is_starter(exercise, answer):
    """Is it what the exercise begins with, untouched?"""
    if not inspect.isfunction(answer):
        return False
    space = {}
    exec(compile(textwrap.dedent(exercise.starter), "<starter>", "exec"), space)
    return _skeleton(answer.__code__) == _skeleton(space[exercise.function].__code__)


def _skeleton(code):
    """A function's code without the places it was written at."""
    consts = tuple(_skeleton(each) if inspect.iscode(each) else (type(each).__name__, repr(each))
                   for each in code.co_consts)
    return code.co_code, consts, code.co_names, code.co_varnames


def wrong_arguments(exercise, answer):
    """A sentence, where it cannot be called with what the exercise gives; else None."""
    names = exercise.arguments
    try:
        signature = inspect.signature(answer)
    except (TypeError, ValueError):
        return None
    try:
        signature.bind(*names)
    except TypeError as error:
        return (f"Your function must take {len(names)} argument{'s' * (len(names) != 1)}, "
                f"`{', '.join(names)}`; it takes `{signature}` ({error}).")
    return None


def place(answer, frames):
    """Where in the reader's own code it happened."""
    if not inspect.isfunction(answer) or not frames:
        return None
    code = answer.__code__
    own = [frame for frame in frames if frame[0] == code.co_filename]
    if not own:
        return None
    _, line, name = own[-1]
    text = linecache.getline(code.co_filename, line).strip()
    where = f"`{name}`"
    if name == code.co_name:
        where = f"line {line - code.co_firstlineno + 1} of {where}"
    return f"It happened in {where}" + (f": `{text}`" if text else ".")


def unfinished(answer):
    """Where a blank of the starter still stands."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(answer)))
    except (OSError, TypeError, SyntaxError, ValueError):
        return None
    for node in ast.walk(tree):
        said = node.value if isinstance(node, ast.Expr) else None
        if isinstance(said, ast.Constant) and said.value is Ellipsis:
            return f"A `...` still stands in line {node.lineno} of your function."
    return None
