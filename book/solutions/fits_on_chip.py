"""The states of all units come first, since every row of U meets all of them. What is left is
divided by what a unit takes, its rows in all blocks, and rounded down twice: to whole units, and to
a power of two. The number of programs is rounded up: what is left over has to be owned by somebody.

Larger shares mean fewer programs. So if the largest share needs more programs than there are
multiprocessors, no other will do: it does not fit.
"""


def fits_on_chip(blocks, D, rows, size, shared, multiprocessors):
    """Units a program, programs, and whether they can all be there."""
    left = shared - rows * D * size
    each = blocks * D * size
    most = left // each
    if most < 1:
        return 0, 0, False
    units = 2 ** (min(int(most), D).bit_length() - 1)
    programs = -(-D // units)
    fits = programs <= multiprocessors
    return units, programs, fits
