"""The cells of lstmlib.torch on a GPU, beside what people would use instead.

    python -m benchmarks.gpu --help

cases    what is raced, in order of importance, and the least that it has to compute and move
racing   one case: contestants are built, checked and timed by turns
timing   clocks, turns, the machine's ceilings
worker   cases are run in a process of their own, which may fall or hang
goals    what the table has to show, and what it shows
"""
