"""How the work is shared out: a pure function of sizes, for any device described."""

from typing import NamedTuple


class Device(NamedTuple):
    """What of a GPU decides: multiprocessors, and bytes of shared memory for one program."""

    processors: int
    shared: int


class Share(NamedTuple):
    """The share of one program, BD `units` of BB `sequences`, and how the programs go together.

    chunk     columns of U in one piece
    own       one program has all units: nothing is exchanged between steps
    resident  all programs are on the device at once: one launch runs all steps; else one a step
    """

    units: int
    sequences: int
    chunk: int
    own: bool
    resident: bool
    warps: int

    def grid(self, B, D):
        return -(-D // self.units), -(-B // self.sequences)


class Plan(NamedTuple):
    """The shares on the way forward and back."""

    forward: Share
    backward: Share


LEAST = 16                                             # what tensor cores take at once
WORK = 32 * 1024                                       # bytes of shared memory beside U


def plan(traits, B, D, dtype, device):
    """The plan for these sizes; a str is the reason why there is none."""
    if D % LEAST:
        return f"It serves sizes D that are multiples of {LEAST}, not {D}"
    if B * D * max(traits.inputs, traits.blocks, traits.kept) >= 2 ** 31:
        return f"One step of B = {B} and D = {D} has more than 2**31 numbers"
    room = (device.shared - WORK) // dtype.itemsize    # for numbers of U
    wide, all_units = padded(traits) + traits.heard, power(D)
    if wide * all_units ** 2 <= room:
        warps = 4 if all_units < 64 else 8
        return Plan(*2 * [Share(all_units, LEAST, all_units, True, True, warps)])

    units = max(LEAST, 64 // padded(traits))           # 64 rows of U: what one product takes
    if wide * units * D > room:
        return (f"Its rows of U, {wide} x {units} x {D} numbers, don't fit into {device.shared} "
                "bytes of shared memory")
    for sequences in (16, 32, 64):
        share = Share(units, sequences, 64, False, True, 4)
        across, batches = share.grid(B, D)
        if across * batches <= device.processors:
            return Plan(share, share)
    if traits.heard:
        return (f"Two products a step want all programs on the device at once, but D = {D} and "
                f"B = {B} are {across * batches} programs on {device.processors} multiprocessors")
    return Plan(*2 * [share._replace(resident=False)])


def padded(traits):
    """Blocks of U in the first product, filled up to a power of two."""
    return power(traits.blocks - traits.heard)


def power(n):
    """The smallest power of two that is at least n."""
    return 1 << (n - 1).bit_length()
