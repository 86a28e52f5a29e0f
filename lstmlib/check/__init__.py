"""Exercises that say which mistake it is.

>>> from lstmlib.check import check, exercises, hint, progress, solution, symptoms

``check(id, answer)`` judges an answer: a function, numbers worked out on paper, or the letter of an
option. ``hint(id)`` gives three hints, ``solution(id)`` the book's own answer, ``exercises()``
lists them all and ``progress()`` says which you have solved.

Answers that are functions run in a process of their own, for at most 10 seconds (on every system;
the environment variable LSTMLIB_CHECK_SECONDS sets another limit) and with at most 2 GB of memory
(where the system enforces it: Linux; macOS and Windows do not). There they can neither read the
solutions nor change your files, and nothing that they do reaches your notebook.

What you have solved is kept in ``progress.json``, in the folder that the environment variable
LSTMLIB_HOME names, or in ``.lstmlib`` in your home folder. Delete it at any time.

The way of an answer: answering (``check``) > reading, packing > asking > the process judge > its
child; back by outcomes > judging (comparing, observing, tables) > verdict, record. Numbers and
letters: expression, answers. What exercises there are: exercise, registry. What pages show: forms.
"""

from lstmlib.check.answering import check
from lstmlib.check.showing import exercises, hint, progress, solution, symptoms

__all__ = ["check", "exercises", "hint", "progress", "solution", "symptoms"]
