"""The last to come knows it, because `add` gave it n - 1. It sets the count back while all the
others still wait, so that nobody can come in between, and then changes the turn. Whoever waits sees
that the turn is another than it was, however late the look, for it can't change again before the
one who waits has come to the next barrier.

Each line's place is needed. Asked after `add`, the turn may be the new one already. Opened before
the count is set back, somebody of the next step may have come in between.

Another way has no reset: `due = (due + n) % 16`, `add(count, 1)`, and wait while `(read(count) -
due) % 16 >= 8`. The difference is 0 to n - 1 when all have come, and 16 - n to 15 before, so that
it can be told as long as n is at most 8.
"""


def barrier(n):
    """The lines that each of n programs runs after every step."""
    return """
    mine = read(turn)
    if add(count, 1) == n - 1:
        write(count, 0)
        add(turn, 1)
    else:
        while read(turn) == mine:
            pass
    """
