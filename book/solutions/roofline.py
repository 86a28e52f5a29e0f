"""The product takes blocks · D · D multiplications for each sequence, and as many additions. Moved
are two arrays of B · D numbers, one of B · blocks · D, and U unless it is there already.

The operations grow with B and the weights' bytes do not. So there is a B from which arithmetic
binds: about half of rate times bytes-a-number over bandwidth where D is much larger than that, and
more where it is not, since the vectors grow with B too. With 600 million operations and 4 million
bytes a µs and two bytes a number that is 150; below it a step that fetches U waits for U.
"""

WIDTHS = {"float64": 8, "float32": 4, "tf32": 4, "bfloat16": 2, "float16": 2}


def step_bound(B, D, blocks, dtype, on_chip, rate, bandwidth):
    """How long a recurrent step takes at least, in µs, and why."""
    size = WIDTHS[dtype]
    operations = 2 * B * blocks * D * D
    numbers = 2 * B * D + B * blocks * D
    if not on_chip:
        numbers = numbers + blocks * D * D
    arithmetic = operations / rate
    traffic = numbers * size / bandwidth
    bound = max(arithmetic, traffic)
    starved = traffic > arithmetic
    return arithmetic, traffic, bound, starved
