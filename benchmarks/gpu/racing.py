"""One case: its contestants are built, held against a reference, and timed by turns."""

import functools
import re
from dataclasses import dataclass

import torch

from benchmarks.contestants import InTorch, Problem, TorchCell, TorchModule, TorchOurs
from benchmarks.contestants import Ours as Reference
from benchmarks.gpu import timing
from benchmarks.gpu.cases import EVERY, KERNEL, PHASES, least, takes_part
from lstmlib.torch import BACKENDS, backends, from_numpy

#: A training step of up to so many 10⁹ operations is held against lstmlib.numpy, a longer one
#: against the backend "eager" in float64: that one would be waiting for the CPU.
BY_NUMPY = 5.0
#: An error, as a share of the largest number, beyond which a result is no rounded one.
WRONG = {"float64": 1e-9, "float32": 1e-4, "tf32": 0.05, "float16": 0.05, "bfloat16": 0.2}


@dataclass(frozen=True)
class Rules:
    """How races are run.

    device    where, as torch writes it
    checked   whether results are held against a reference
    timed     whether calls are timed
    turns     of each contestant, one after the other: A B C A B C
    seconds   of one turn, about: as many calls as fit, and at least one
    """

    device: str
    checked: bool = True
    timed: bool = True
    turns: int = 5
    seconds: float = 0.03


def race(case, rules, begin, without=()):
    """The rows of one case, phase after phase, a list each.

    begin     is called with the name of a contestant before it does anything that may not end
    without   contestants that are left out
    """
    timing.precision(case.dtype)
    device = torch.device(rules.device)
    problem = _problem(case.cell, case.size).rounded(timing.of(case.dtype))
    field = _Field(case, rules, begin, device, problem)
    for name, build in field.builders():
        if name not in without:
            field.attempt(name, lambda: field.contestants.update({name: build()}))
    expected = {}
    if rules.checked and field.contestants:
        begin("reference")
        expected = reference(problem, case, device)
    for phase in PHASES:
        yield field.run(phase, expected)


class _Field:
    """The contestants still in the race, and why the others are not."""

    def __init__(self, case, rules, begin, device, problem):
        self.case, self.rules, self.begin, self.device = case, rules, begin, device
        self.problem = problem
        self.auto = taken(problem.network, case, device)
        self.contestants, self.failed = {}, {}

    def builders(self):
        """Names, and functions that build."""
        case, where = self.case, {"device": self.device, "dtype": timing.of(self.case.dtype)}
        made = {
            "torch.nn": lambda: TorchModule(self.problem, case.cell, **where),
            "loop": lambda: TorchCell(self.problem, **where),
            "compiled": lambda: Compiled(self.problem, **where),
            "convolution": lambda: Convolution(self.problem, **where),
        }
        for who in case.who:
            if who in made:
                if takes_part(who, case.cell):
                    yield who, made[who]
                continue
            names = served(self.problem.network, where["dtype"], self.device)
            for name in names if who == EVERY else [who]:
                yield name, functools.partial(TorchOurs, self.problem, name, **where)

    def attempt(self, name, action):
        """Do it, or take the contestant out of the race, with the reason."""
        self.begin(name)
        try:
            return action()
        except Exception as failure:
            if broken(failure):
                raise
            self.contestants.pop(name, None)
            self.failed[name] = in_few_words(failure)
            if self.device.type == "cuda":
                torch.cuda.empty_cache()
            return None

    def run(self, phase, expected):
        case, rules, timed = self.case, self.rules, self.rules.timed and self.case.timed
        rows = {name: self.row(name, phase) for name in self.contestants}
        if expected:
            for name in [name for name in self.contestants if name != "convolution"]:
                self.attempt(name, lambda: rows[name].update(
                    self.checked(self.contestants[name], phase, expected)))
        if timed:
            times = {}
            for name in list(self.contestants):
                call = self.call(name, phase)
                times[name] = self.attempt(
                    name, lambda: timing.warmed(call, rules.seconds, self.device))
            taken = {name: [] for name in self.contestants}
            for _ in range(rules.turns):
                for name in list(self.contestants):
                    call = self.call(name, phase)
                    self.attempt(name, lambda: taken[name].append(
                        timing.clock(call, times[name], self.device)))
            for name in list(self.contestants):
                rows[name].update(timing.summed(taken[name]))
                if case.counted:
                    call = self.call(name, phase)
                    rows[name]["launches"] = self.attempt(
                        name, lambda: timing.kernels(call, self.device))
        for name, reason in self.failed.items():
            rows[name] = self.row(name, phase) | {"status": reason}
        return list(rows.values())

    def call(self, name, phase):
        contestant = self.contestants[name]
        return contestant.forward if phase == "forward" else contestant.step

    def row(self, name, phase):
        case = self.case
        gflop, gbyte = least(self.problem.network, name, case.size, phase, case.dtype)
        return {"cell": case.cell, "backend": name, "phase": phase, "dtype": case.dtype,
                **dict(zip("TBMD", case.size)), "gflop": gflop, "gbyte": gbyte, "status": "ok",
                "auto": "yes" if name == self.auto else None}

    def checked(self, contestant, phase, expected):
        if phase == "forward":
            error = worst({"outputs": contestant.forward()}, expected)
        else:
            error = worst(contestant.found(), expected)
        wrong = not error <= WRONG[self.case.dtype]
        return {"error": error, "status": f"wrong by {error:.1e}" if wrong else "ok"}


@functools.lru_cache(1)
def _problem(cell, size):
    """The next case may be the same in another dtype."""
    return Problem.of(cell, size, "float64")


def served(network, dtype, device):
    """The backends that say they have these cells, in this dtype on this kind of device."""
    cells = [type(cell) for cell, _ in from_numpy(network).cells()]
    return [name for name, backend in BACKENDS.items()
            if dtype in backend.DTYPES.get(device.type, ())
            and (backend.CELLS is None or all(cell in backend.CELLS for cell in cells))]


def taken(network, case, device):
    """The backend that "auto" takes, for the cell or for the topmost layer."""
    T, B, _, _ = case.size
    dtype = timing.of(case.dtype)
    *_, (cell, with_c) = from_numpy(network, dtype=dtype, device=device).cells()
    chosen = backends.choose(cell, backends.Call(T, B, dtype, device, with_c))
    return next(name for name, backend in BACKENDS.items() if backend is chosen)


def reference(problem, case, device):
    """What a training step gives in float64, as tensors on the device."""
    gflop, _ = least(problem.network, "", case.size, "training", "float64")
    if gflop <= BY_NUMPY:
        return {key: torch.tensor(value.copy(), device=device)
                for key, value in Reference(problem).result().items()}
    return TorchOurs(problem, "eager", device=device, dtype=torch.float64).found()


def worst(found, expected):
    """The largest error, as a share of the largest number of the same array; NaN if there is one.
    """
    errors = [(value.double() - expected[key]).abs().max() / expected[key].abs().max()
              for key, value in found.items()]
    return torch.stack(errors).max().item()


# ---- what may go wrong


def broken(failure):
    """Whether the device can't go on: all that this process would do there fails from now on."""
    return any(word in str(failure) for word in (
        "illegal memory access", "misaligned address", "device-side assert", "unspecified launch",
        "illegal instruction", "hardware exception"))


def in_few_words(failure):
    """The reason: of our own errors what comes after argument, got and expected; one line."""
    text = str(failure) or type(failure).__name__
    if isinstance(failure, torch.OutOfMemoryError):
        text = f"out of memory: {text}"
    elif ": got " in text and ", expected " in text:
        text = text.partition(", expected ")[2].partition(". ")[2] or text
    else:
        text = f"{type(failure).__name__}: {text}"
    line = re.sub(r"/[\w.-]+(/[\w.-]+)+", "(a file)", text.strip().splitlines()[0])
    return line if len(line) <= 160 else line[:157] + "..."


# ---- two rivals more


class Compiled(TorchCell):
    """The same loop, taken through torch.compile: unrolled, and made into few kernels."""

    def __init__(self, problem, **where):
        super().__init__(problem, **where)
        torch.compiler.reset()                # or it gives up after eight networks, for good
        self.outputs = torch.compile(self.outputs, fullgraph=True, dynamic=False)


class Convolution(InTorch):
    """A causal convolution over KERNEL steps, with as many inputs and outputs: no step waits.

    It computes something else and is not checked. Its tensors are (B, M, T), as it wants them.
    """

    def __init__(self, problem, **where):
        super().__init__(problem, **where)
        M, D = problem.network.input_size, problem.network.output_size
        self.x = self.x.detach().permute(1, 2, 0).contiguous().requires_grad_()
        self.d_outputs = self.d_outputs.permute(1, 2, 0).contiguous()
        self.layer = torch.nn.Conv1d(M, D, KERNEL, device=self.device, dtype=self.dtype)

    def leaves(self):
        return dict(self.layer.named_parameters())

    def read(self):
        return self.layer(torch.nn.functional.pad(self.x, (KERNEL - 1, 0)))
