"""Clocks, turns, and the ceilings of the machine.

Work on a GPU is queued: a call returns before it is done. So the clock is a pair of CUDA events
around several calls, with a wait for the device before the first and after the last. The cache
(L2) is not emptied between calls: small networks find their weights there, as they would in use.
"""

import statistics
import time

import torch

from benchmarks.gpu.cases import BYTES

MOST = 1000                                            # calls of one turn
SLOW = 0.1                                             # seconds: a call that needs no more warm-up


def clock(call, times, device):
    """Seconds of one call, from the mean of several in a row."""
    if device.type != "cuda":
        start = time.perf_counter()
        for _ in range(times):
            call()
        return (time.perf_counter() - start) / times
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    torch.cuda.synchronize(device)
    start.record()
    for _ in range(times):
        call()
    end.record()
    torch.cuda.synchronize(device)
    return start.elapsed_time(end) / 1000 / times


def warmed(call, seconds, device):
    """How many calls make a turn of about `seconds`, after the calls that prepare and compile."""
    call()
    once = clock(call, 1, device)
    if once < SLOW:
        once = clock(call, 3, device)
    return max(1, min(MOST, round(seconds / once)))


def kernels(call, device):
    """Kernels that one call launches, counted by torch's profiler; None where it can't."""
    if device.type != "cuda":
        return None
    from torch.profiler import ProfilerActivity, profile
    torch.cuda.synchronize(device)
    with profile(activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA]) as profiled:
        call()
        torch.cuda.synchronize(device)
    return counted(profiled.events()) or None


def counted(events):
    """Those events that are kernels: on the device, and neither copies nor fills of memory."""
    return sum(event.device_type == torch.autograd.DeviceType.CUDA
               and not event.name.startswith(("Memcpy", "Memset")) for event in events)


# ---- the ceilings


def ceilings(device, rules, begin):
    """A row for each: what the machine reaches where nothing stands in its way.

    copy     a copy within the device's memory, counting bytes read and bytes written
    matmul   a large product of random matrices, for each dtype
    launch   an operation on a single number, many in a row: what one kernel costs at least
    """
    def row(name, dtype, call, **more):
        times = warmed(call, rules.seconds, device)
        return {"cell": "", "backend": name, "phase": "", "dtype": dtype, "status": "ok", **more,
                **summed([clock(call, times, device) for _ in range(rules.turns)])}

    small = device.type == "cpu"
    numbers = 2 ** 20 if small else 2 ** 28            # 1 GiB: many times the cache
    begin("copy")
    source, target = (torch.randn(numbers, device=device) for _ in range(2))
    yield row("copy", "", lambda: target.copy_(source), gbyte=2 * 4e-9 * numbers)
    del source, target
    for dtype in BYTES:
        n = 256 if small else 8192 if dtype in ("tf32", "bfloat16", "float16") else 4096
        begin("matmul")
        precision(dtype)
        one, other, product = (torch.randn(n, n, device=device).to(of(dtype)) for _ in range(3))
        yield row("matmul", dtype, lambda: torch.matmul(one, other, out=product),
                  gflop=2e-9 * n ** 3, T=1, B=n, M=n, D=n)
    begin("launch")
    one = torch.zeros(1, device=device)
    yield row("launch", "", lambda: one.add_(1), launches=1)


def summed(taken):
    """Milliseconds of the turns: median, least, most."""
    ms = [1000 * seconds for seconds in taken]
    return {"ms": statistics.median(ms), "ms_low": min(ms), "ms_high": max(ms)}


# ---- dtypes


def of(dtype):
    """The dtype of the tensors."""
    return torch.float32 if dtype == "tf32" else getattr(torch, dtype)


def precision(dtype):
    """Let float32 products use the matrix units' 19 bits, for "tf32" and for nothing else."""
    torch.set_float32_matmul_precision("high" if dtype == "tf32" else "highest")
    for kind in (torch.backends.cudnn.rnn, torch.backends.cudnn.conv):
        kind.fp32_precision = "tf32" if dtype == "tf32" else "ieee"
