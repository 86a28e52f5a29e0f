"""Module m is awake at one step in 2^m and hears 8 - m modules of 64 units. So the multiplications
go down to a fifth. The launches are counted otherwise: ten for each module that is awake, and 1 +
1/2 + 1/4 + ... are awake at a step, nearly two. Twenty launches of 5 µs make 100 µs a step, where
the plain network's twelve make 60.

In one kernel for all awake modules the two would be about equal. To be faster than that a network
must have fewer steps, or fewer launches.
"""

awake = [1 / 2**m for m in range(8)]
multiplications = sum(share * 64 * 64 * (8 - m) for m, share in enumerate(awake))
assert round(multiplications / 512**2, 2) == 0.22

launches = sum(10 * share for share in awake)
assert round(launches * 5e-3 * 1000) == 100                   # ms for 1,000 steps
assert 12 * 5e-3 * 1000 == 60
