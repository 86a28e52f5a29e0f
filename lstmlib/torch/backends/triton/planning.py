"""How the work is shared out: a pure function of sizes, for any device described."""

import functools
import math
from typing import NamedTuple


class Device(NamedTuple):
    """What of a GPU decides: multiprocessors, bytes of shared memory for one program, and the
    compute capability before the point."""

    processors: int
    shared: int
    capability: int = 9


class Share(NamedTuple):
    """The share of one program, BD `units` of BB `sequences`, and how the programs go together.

    chunk     columns of U in one piece
    own       one program has all units: nothing is exchanged between steps
    resident  programs that exchange h are on the device at once: a launch runs all steps, else one
    at_once   so many times `sequences` take part in a launch, the others in the next ones
    """

    units: int
    sequences: int
    chunk: int
    own: bool
    resident: bool
    warps: int
    at_once: int = 2 ** 16 - 1                         # CUDA takes no more

    @property
    def meet(self):
        """Whether programs wait for each other between steps."""
        return self.resident and not self.own

    def pieces(self, blocks):
        """Into how many pieces a chunk of so many blocks is cut, so that each warp has its own."""
        return max(1, min(self.warps // blocks, self.chunk // LEAST))

    def grid(self, B, D):
        return -(-D // self.units), -(-B // self.sequences)


class Plan(NamedTuple):
    """The shares on the way forward and back."""

    forward: Share
    backward: Share


LEAST = 16                                             # what tensor cores take at once
LONGEST = 2 ** 22                                      # steps, so that no counter runs over


@functools.lru_cache(maxsize=4096)
def plan(traits, T, B, D, dtype, device, precision="tf32"):
    """The plan for these sizes; a str is the reason why there is none."""
    if device.capability < 8:
        return "It wants a GPU of compute capability 8.0 or later"
    if D % LEAST:
        return f"It serves sizes D that are multiples of {LEAST}, not {D}"
    if B * D * max(traits.inputs, traits.blocks, traits.kept) >= 2 ** 31:
        return f"One step of B = {B} and D = {D} has more than 2**31 numbers"
    if T > LONGEST:
        return f"It reads at most {LONGEST:,} steps; split longer sequences into chunks"
    cores = dtype.itemsize == 2 or dtype.itemsize == 4 and precision == "tf32"
    shares = [_share(traits, B, D, dtype.itemsize, device, warps, back)
              for warps, back in ((4 if cores else 8, False), (8, True))]
    return next((share for share in shares if isinstance(share, str)), Plan(*shares))


def _share(traits, B, D, size, device, warps, back):
    wide, whole = padded(traits), power(D)
    # Sequences: the more programs, the better. Of two products wgmma would compute the second, from
    # 16 on, and the compiler puts the barrier before the fence that it wants.
    few = 8 if traits.heard or B <= 8 * device.processors else LEAST
    own = Share(whole, few, whole, True, True, 4 if whole < 64 else 8)
    if shared_memory(traits, own, D, size, back) <= device.shared:
        return own

    fitting = []
    for units in (8, 16, 32, 64) if back else [max(8, rows // wide) for rows in (8, 16, 32, 64)]:
        for sequences in (8, 16, 32, 64) if back else (16, 32, 64):
            # What a thread holds of the others' numbers on their way: at most 64 registers.
            held = wide if back else 1 + (traits.heard > 0)
            most = 64 * 4 * 32 * warps // (size * sequences * held)
            share = Share(units, sequences, _chunk(D, most), False, True, warps)
            if shared_memory(traits, share, D, size, back) <= device.shared:
                fitting.append(share)
    if not fitting:
        return (f"Of D = {D}, {size} bytes a number, U is too large for {device.shared} bytes of "
                "shared memory a program")
    at_once = [share for share in fitting if math.prod(share.grid(B, D)) <= device.processors]
    if at_once:                                # forwards wgmma wants 64 rows, 16 columns
        return min(at_once, key=lambda share: (0 if back else -share.units,
                                               _cycles(traits, share, B, D, size, back)))
    meeting = [share for share in fitting if share.grid(B, D)[0] <= device.processors]
    if meeting:                                        # in turns, the fewer the better
        share = max(meeting, key=lambda share: (share.sequences, share.units))
        return share._replace(at_once=device.processors // share.grid(B, D)[0])
    if traits.heard:
        return (f"Two products a step need all units on the device at once, but D = {D} is more "
                f"than its {device.processors} multiprocessors take")
    return max(fitting)._replace(resident=False)


def _cycles(traits, share, B, D, size, back):
    """What a step takes for moving numbers: U and what is heard within shared memory, 128 bytes a
    cycle, and what is heard from the cache L2, 3,000 for all programs."""
    matrix = traits.blocks * max(share.units, LEAST) * D * size
    heard = share.sequences * D * size * (traits.blocks if back else 1 + traits.heard)
    return (matrix + 2 * heard) / 128 + math.prod(share.grid(B, D)) * heard / 3000


def _chunk(D, most):
    """The largest power of two up to `most` that cuts D into pieces with little left over."""
    sizes = [2 ** n for n in range(4, 11) if 2 ** n <= max(most, LEAST)]
    return max(size for size in sizes if -(-D // size) * size <= 1.1 * D)


def shared_memory(traits, share, D, size, back):
    """Bytes of shared memory for the rows of U, what others hand over, and taking gates apart."""
    wide, columns = padded(traits), -(-D // share.chunk) * share.chunk
    matrix = (wide + traits.heard) * share.units * columns * size
    handed = share.chunk * share.sequences * size * (wide if back else max(1, traits.heard))
    totals = wide * share.pieces(wide) if back else wide
    return matrix + handed + totals * share.units * share.sequences * max(size, 4)


def padded(traits):
    """Blocks of U in the first product, filled up to a power of two."""
    return power(traits.blocks - traits.heard)


def power(n):
    """The smallest power of two that is at least n."""
    return 1 << (n - 1).bit_length()
