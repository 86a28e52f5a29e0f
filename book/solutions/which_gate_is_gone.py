"""What the box adds is small beside 40: a gate that is told 40 is open, one that is told -40 is shut,
whatever else it hears. So every experiment has its gates at one end or the other, and asks what no
other piece can answer.

Shut i and f: the new c should be 0. If the old c is still there, f did not obey: it is gone, or it
is open because i is shut, and a second step tells these two apart, with i open. If a candidate is
there, i did not obey. Shut o: h should be 0. The two squashing functions show only where there is
something to squash: a candidate told 40 must not write more than 1, and a c of 5 must not show as
5.
"""

SHUT, OPEN = -40.0, 40.0


def which_gate_is_gone(step):
    """The name of the variant in the box."""
    h, c = step(SHUT, SHUT, OPEN, OPEN, 3.0)
    old_is_left, candidate_is_there = c > 2, 0.5 < c < 2
    if old_is_left:
        h, c = step(OPEN, SHUT, OPEN, OPEN, 3.0)
        return "nfg" if c > 2 else "cifg"
    if candidate_is_there:
        return "nig"
    h, c = step(OPEN, SHUT, OPEN, SHUT, 0.0)
    if abs(h) > 0.5:
        return "nog"
    if abs(c) > 2:
        return "niaf"
    h, c = step(SHUT, OPEN, OPEN, OPEN, 5.0)
    if h > 2:
        return "noaf"
    return "peephole"
