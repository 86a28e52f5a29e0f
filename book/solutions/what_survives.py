"""With the gates held, c_t is a straight line in c_{t-1}, and an error that goes back over the step is
multiplied by the slope of that line: by whatever stands in front of c_{t-1}. So read each variant's
line for c_t, and nothing else.

The whole cell, NIG, NIAF, NOG, NOAF: f_t, a number of its own. NFG: 1. CIFG: 1 - i_t. What is
added, squashed or not, gated or not, does not stand in front of c_{t-1}. And what happens on the
way from c to h, an output gate or a tanh, lies on a side road: it decides how much of h's error
comes in, not how much of c's error is handed on.
"""

i, f, steps = 0.3, 0.9, 20
on_the_belt = {"whole": f**steps, "nig": f**steps, "nfg": 1.0, "cifg": (1 - i) ** steps}

c = {name: 1.0 for name in on_the_belt}                  # push c_0 by 1 and see what is left
for _ in range(steps):
    c = {"whole": f * c["whole"], "nig": f * c["nig"], "nfg": c["nfg"], "cifg": (1 - i) * c["cifg"]}
assert all(abs(c[name] - left) < 1e-12 for name, left in on_the_belt.items())
assert c["cifg"] < 0.001 < c["whole"] < c["nfg"]
