"""What the commands show while they run: a bar, and lines of the result past it."""

import sys

from tqdm import tqdm

from lstmlib.progress import wanted


def bar(name):
    def progress(todo):
        return tqdm(todo, desc=name, leave=False, disable=not wanted(), file=sys.stderr)
    return progress


def say(text):
    """A line of the result, past the bar."""
    with tqdm.external_write_mode():
        print(text, flush=True)
