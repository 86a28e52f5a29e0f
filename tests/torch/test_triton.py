"""The kernels in Triton: interpreted beside lstmlib.numpy, and compiled for GPUs not here."""

import itertools
import multiprocessing
import re
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
import torch
from cases import TOLERANCE, assert_near, by_reference, make, smallest

import lstmlib.numpy as reference
from lstmlib.numpy import CELLS as TWINS
from lstmlib.torch import CELLS, FGR, LSTM, LSTM1997
from lstmlib.torch.backends import Call, refusal
from lstmlib.torch.backends.triton import TRAITS
from lstmlib.torch.backends.triton.planning import Device, plan

pytest.importorskip("triton", reason="Triton is not installed: it is for Linux alone")
import interpreted  # noqa: E402 - it imports the kernels, which import triton
from interpreted import ONE, OWN, STEPS  # noqa: E402

T, B, M = 5, 5, 3
WAY = {"lengths": [3, 5, 1, 4, 2], "reverse": True, "start": 5}
SERVED = [name for name, cls in CELLS.items() if cls in TRAITS]
#: Of each kind of exchange one, as far as one launch a step serves it.
SEVERAL = ["rnn", "lstm", "peephole", "cifg", "depth_gated", "gru", "clockwork"]
TURNS = ONE._replace(at_once=1)
FORMS = {"own": (32, OWN), "exchange": (48, ONE), "steps": (48, STEPS)}
H200 = Device(processors=132, shared=232_448)
A100 = Device(processors=108, shared=166_912)
CPU, CUDA = torch.device("cpu"), torch.device("cuda")


@pytest.fixture(scope="module")
def there():
    """Calls a function of interpreted.py in the process where kernels are interpreted."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context, initializer=interpreted.begin) as worker:
        def call(function, *arguments, **named):
            return worker.submit(function, *arguments, **named).result()
        assert call(interpreted.is_interpreted)
        yield call


def test_all_but_fgr_are_served():
    assert set(CELLS) - set(SERVED) == {"fgr"}


# ---- what the kernels compute


@pytest.mark.parametrize("name, form", [
    *itertools.product(SERVED, ["own", "exchange"]), *((name, "steps") for name in SEVERAL)])
def test_values_and_gradients(name, form, there):
    D, share = FORMS[form]
    case = make(smallest(TWINS[name], M, D), T, B)
    expected = by_reference(case, **WAY)
    assert all(np.abs(value).max() > 1e-3 for value in expected.values())
    assert_near(there(interpreted.by_share, case, share, **WAY), expected, 1e-9)


@pytest.mark.parametrize("name", SERVED)
def test_in_float32_with_what_is_planned(name, there):
    case = make(smallest(TWINS[name], M, 32), T, B, dtype=torch.float32)
    assert_near(there(interpreted.by_share, case, None), by_reference(case),
                TOLERANCE[torch.float32])


OPTIONS = {
    "no peepholes": lambda N: N.Peephole(3, 16, peepholes=""),
    "o alone": lambda N: N.Peephole(3, 16, peepholes="o"),
    "clocks that do not divide": lambda N: N.Clockwork(3, 16, periods=[2, 3, 3], sizes=[9, 2, 5]),
    "nested": lambda N: N.Stack([N.Bidirectional(N.LSTM(3, 16), N.GRU(3, 16)), N.CIFG(32, 16)]),
    "depth": lambda N: N.Stack([N.LSTM(3, 16), N.DepthGated(16, 16), N.DepthGated(16, 16)]),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_networks(name, there):
    case = make(OPTIONS[name](reference), T, B)
    way = {"lengths": WAY["lengths"]}
    assert_near(there(interpreted.by_share, case, OWN, **way), by_reference(case, **way), 1e-9)


@pytest.mark.parametrize("name", ["lstm", "gru"])
def test_sizes_that_are_no_power_of_two(name, there):
    case = make(smallest(TWINS[name], M, 80), T, B)
    for share in (ONE._replace(units=32, resident=False), ONE._replace(units=128, chunk=16)):
        assert_near(there(interpreted.by_share, case, share), by_reference(case), 1e-9)


@pytest.mark.parametrize("name", ["peephole", "mgu"])
def test_sequences_in_turns(name, there):
    case = make(smallest(TWINS[name], M, 48), T, B)
    assert_near(there(interpreted.by_share, case, TURNS, **WAY), by_reference(case, **WAY), 1e-9)


@pytest.mark.parametrize("name", ["lstm", "mut3"])
def test_one_step(name, there):
    case = make(smallest(TWINS[name], M, 48), T=1, B=1)
    assert_near(there(interpreted.by_share, case, ONE), by_reference(case), 1e-9)


@pytest.mark.parametrize("name", SEVERAL)
def test_one_launch_and_one_a_step_agree_to_the_last_bit(name, there):
    case = make(smallest(TWINS[name], M, 16), T, B, dtype=torch.float32)
    one = ONE._replace(units=16, chunk=16)
    got = there(interpreted.by_share, case, one._replace(resident=False), **WAY)
    expected = there(interpreted.by_share, case, one, **WAY)
    summed = {key for key in expected if key.endswith((" p", ".p", "p_d", "b_n"))}  # step by step
    for keys, tolerance in ((summed, 1e-6), (set(expected) - summed, 0)):
        assert_near({key: got[key] for key in keys}, {key: expected[key] for key in keys},
                    tolerance)


@pytest.mark.parametrize("form", ["own", "steps"])
@pytest.mark.parametrize("name", ["lstm", "gru", "depth_gated"])
def test_nothing_is_kept_where_no_gradient_is_wanted(name, form, there):
    D, share = FORMS[form]
    case = make(smallest(TWINS[name], M, D), T, B)
    whole = there(interpreted.by_share, case, share, **WAY)
    found = there(interpreted.without_gradients, case, share, **WAY)
    assert_near(found, {key: whole[key] for key in found}, 0)


@pytest.mark.parametrize("name, form", [("lstm", "exchange"), ("lstm", "steps"),
                                        ("mgu", "exchange")])
def test_a_sequence_hears_no_other_and_nothing_beside_u(name, form, there):
    alone, among = there(interpreted.among_nans, name, *FORMS[form])
    assert_near(among, alone, 0)


def test_what_happens_between_forward_and_backward(there):
    found = there(interpreted.gradients_again)
    assert found["twice"] and found["x untouched"]
    assert "modified by an inplace operation" in found["U changed"]
    assert "inplace" in found["outputs changed"]
    assert "no second derivative. Name the backend 'eager'" in found["second derivative"]


def test_a_launch_that_fails_says_what_to_do(there):
    said = there(interpreted.launch_refused)
    assert said.startswith("backend: got 'triton' on cpu") and "too many blocks" in said
    assert "Name the backend 'eager'" in said


def test_the_last_state_keeps_nothing_else_alive(there):
    """One handed on from chunk to chunk would keep c of all steps of each."""
    assert there(interpreted.bytes_of_last_state) == {"h": 2 * 16 * 4, "c": 2 * 16 * 4}


def test_float16_rounds_once_a_step(there):
    """h, a and the gates' sums are rounded to 11 bits: seven steps of a contraction of D terms."""
    got, expected = there(interpreted.on_narrow, torch.float16, 16)
    assert np.abs(got - expected).max() < 7 * 2 * 2.0 ** -11


def test_vectors_may_lie_in_any_memory(there):
    got, expected = there(interpreted.vectors_of_any_memory)
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-12)


def test_inference_leaves_nothing_behind_that_training_can_not_use(there):
    assert np.abs(there(interpreted.trained_after_inference)).max() > 0


# ---- what is served


def call(B=64, dtype=torch.bfloat16, T=1024, device=CUDA):
    return Call(T, B, dtype, device)


def test_on_a_cpu_only_by_name_and_interpreted(there):
    cell = LSTM(3, 16)
    assert "TRITON_INTERPRET=1" in refusal("triton", cell, call(dtype=torch.float32, device=CPU))
    assert there(interpreted.chosen_by_auto) != "triton"
    with pytest.raises(ValueError, match="'triton' for LSTM.*TRITON_INTERPRET=1"):
        LSTM(3, 16, backend="triton")(torch.ones(5, 2, 3))


def test_the_library_does_not_import_triton():
    subprocess.run([sys.executable, "-c", "import lstmlib.torch, sys; lstmlib.torch.serves(); "
                    "assert 'triton' not in sys.modules"], check=True)


def test_without_triton_it_is_refused(monkeypatch):
    monkeypatch.setitem(sys.modules, "triton", None)
    assert "not installed" in refusal("triton", LSTM(3, 16), call())


@pytest.fixture
def h200(monkeypatch):
    monkeypatch.setattr("lstmlib.torch.backends.triton.device", lambda which: H200)


def test_what_is_refused(h200):
    assert refusal("triton", LSTM(3, 512), call()) is None
    for cell, one, words in (
            (LSTM(3, 24), call(), "multiples of 16, not 24"),
            (FGR(3, 16), call(), "and no other"),
            (LSTM1997(3, 16, truncated=True), call(), "full gradient"),
            (LSTM(3, 16), call(T=2 ** 23), "steps; split"),
            (LSTM(1, 512), call(B=2 ** 20), "2\\*\\*31"),
            (LSTM(1, 4096), call(), "too large for 232448 bytes")):
        with pytest.raises(ValueError, match=words):
            raise ValueError(refusal("triton", cell, one))


# ---- plans


SIZES = [(2 ** 21, 16), *itertools.product((1, 8, 64, 100, 1024),
                                           (16, 48, 64, 128, 256, 400, 512, 768, 1024))]
DTYPES = (torch.float16, torch.bfloat16, torch.float32, torch.float64)


@pytest.mark.parametrize("device", [H200, A100], ids=["H200", "A100"])
@pytest.mark.parametrize("name", SERVED)
def test_plans_can_be_carried_out(name, device):
    """Every unit and sequence has its program; those that meet are on the device at once."""
    for B, D in SIZES:
        for dtype in DTYPES:
            found = plan(TRAITS[CELLS[name]], 1024, B, D, dtype, device)
            if isinstance(found, str):
                continue
            for share in found:
                across, batches = share.grid(B, D)
                assert across * share.units >= D and batches * share.sequences >= B
                assert not share.own or across == 1
                at_once = across * min(batches, share.at_once)
                assert share.own or not share.resident or at_once <= device.processors
                assert min(batches, share.at_once) < 2 ** 16 and across < 2 ** 31
                assert share.chunk // share.pieces(1) >= 16     # what a product takes at least
                assert not TRAITS[CELLS[name]].heard or share.resident
                for size in (share.units, share.sequences, share.chunk):
                    assert size & (size - 1) == 0                       # powers of two


def test_what_must_be_served_is_served_in_one_launch():
    """On an H200: up to 1,024 units of 64 sequences, in what has tensor cores."""
    for name in SERVED:
        for D in (64, 128, 256, 512, 1024):
            for dtype in (torch.float16, torch.bfloat16, torch.float32):
                found = plan(TRAITS[CELLS[name]], 1024, 64, D, dtype, H200)
                assert all(share.resident for share in found), (name, D, dtype, found)


def test_turns():
    """More sequences than the programs on the device can take are read in turns, all evenly."""
    for B in (256, 1024, 4096):
        for share in plan(TRAITS[LSTM], 1024, B, 512, torch.bfloat16, H200):
            assert share.resident and -(-B // share.sequences // share.at_once) == -(-B // 256)


def test_on_a_small_device():
    small = Device(processors=20, shared=H200.shared)
    old = Device(processors=40, shared=65_536, capability=7)
    assert "8.0" in plan(TRAITS[LSTM], 9, 64, 64, torch.float16, old)
    assert "Two products" in plan(TRAITS[CELLS["mgu"]], 9, 64, 1024, torch.bfloat16, small)
    assert not plan(TRAITS[LSTM], 9, 64, 1024, torch.bfloat16, small).forward.resident


# ---- compiled


COMPILED = [
    ("lstm", 512, torch.bfloat16, 90, 64), ("lstm", 64, torch.float32, 90, 64),
    ("peephole", 128, torch.bfloat16, 90, 64), ("gru", 512, torch.float16, 90, 64),
    ("mgu", 64, torch.bfloat16, 90, 64), ("mgu", 512, torch.bfloat16, 90, 64),
    ("clockwork", 512, torch.bfloat16, 90, 64), ("mut3", 64, torch.bfloat16, 90, 2000),
    ("lstm", 64, torch.bfloat16, 90, 2000), ("lstm", 512, torch.bfloat16, 80, 64),
]


EVENTS = {"bar.sync": "b", "fence.proxy.async": "f", "wgmma.mma_async": "w", "st.global": "s",
          "ld.global.cg": "l", ".release.": "R", ".acquire.": "A"}


def in_order(ptx):
    """The events of a kernel that others must see in time, each a letter."""
    return "".join(EVENTS[found] for found in re.findall("|".join(map(re.escape, EVENTS)), ptx))


@pytest.mark.parametrize("way", ["forward", "backward"])
@pytest.mark.parametrize("name, D, dtype, capability, B", COMPILED)
def test_compiled_it_fits_and_spills_nothing(name, D, dtype, capability, B, way):
    from compiled import compiled

    from lstmlib.torch.backends.triton.planning import shared_memory
    traits, device = TRAITS[CELLS[name]], H200 if capability == 90 else A100
    share = getattr(plan(traits, 1024, B, D, dtype, device), way)
    kernel, usage = compiled(way, traits, share, D, dtype, capability)
    assert usage["STACK"] == usage["LOCAL"] == 0
    assert usage["REG"] * 32 * share.warps <= 65536
    assert usage["SHARED"] <= shared_memory(traits, share, D, dtype.itemsize, way == "backward")
    assert usage["SHARED"] <= device.shared
    events = in_order(kernel.asm["ptx"])
    assert not re.search("sR", events)                           # all warps have stored, then one
    assert not re.search("A[^b]*l", events)                      # says so; none reads too early
    assert not re.search("fw", events)                           # nor wgmma what is not there yet
    assert "mma" in kernel.asm["ptx"]                            # tensor cores
    assert kernel.metadata.launch_cooperative_grid == ("acquire" in kernel.asm["ptx"])
    assert ("acquire" in kernel.asm["ptx"]) == (not share.own)   # there they meet


def test_the_program_that_tunes_runs(there):
    said = there(interpreted.tuned)
    assert said.count("microseconds a step") == 2 and said.count("as planned") >= 2
    assert "failed" not in said and "fails" not in said
