"""The letter survives the walk wherever a string begins with c at 0: in the first string, and in all others once c is
wiped. So gates and candidate do what they should, and what harms is what stands in c when a string begins, left behind
by the last. h alone does no harm: wiping it does not help.

Clearing is the forget gate's business. But a gate is taught by errors, and on single strings a c that is not cleared at B
costs nothing, because there is nothing in it. Below is a memory of that kind, with its gate for the first symbol of a
string as each kind of training leaves it: it writes 1 for T and -1 for P and is asked for the sign.
"""

strings = ["T", "T", "P", "P", "T"]


def answers(f_at_B):
    """The letters of a stream, as this memory says them."""
    c, said = 0.0, []
    for letter in strings:
        c = f_at_B * c                              # B: what is kept of the last string?
        c = c + (1 if letter == "T" else -1)        # the letter
        said.append("T" if c > 0 else "P")
    return said


# batches = (single.batch(rng, 20) for _ in range(updates)): nothing asks the gate to shut
broken = answers(f_at_B=1.0)
# batches = stream.stream(rng, 20), and fit(..., carry=True): an error teaches it
right = answers(f_at_B=0.0)
assert broken[0] == strings[0] and broken != strings and right == strings
