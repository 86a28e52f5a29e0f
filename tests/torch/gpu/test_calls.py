"""What a call promises beside its values: on a GPU, where much happens at once."""

import logging

import pytest
import torch

from lstmlib.torch import BACKENDS, CELLS, GRU, LSTM, RNN, Peephole, Stack, backends

T, B, M, D = 64, 64, 512, 512                          # several programs that exchange h
NAMED = [name for name, backend in BACKENDS.items() if "cuda" in backend.DTYPES]
NARROW = torch.bfloat16


def network(cls=LSTM, M=M, D=D, backend="auto", dtype=NARROW):
    generator = torch.Generator().manual_seed(0)
    return cls(M, D, backend=backend, device="cuda", dtype=dtype, generator=generator)


def inputs(T=T, B=B, M=M, dtype=NARROW, seed=0):
    generator = torch.Generator("cuda").manual_seed(seed)
    return torch.randn(T, B, M, device="cuda", dtype=dtype, generator=generator)


def training(module, x, d_outputs, **way):
    """Outputs, last state and the gradients of x and of the parameters."""
    x = x.detach().requires_grad_()
    outputs, last = module(x, **way)
    grads = torch.autograd.grad(outputs, [x, *module.parameters()], d_outputs)
    return [outputs.detach(), *(value.detach() for value in last.values()), *grads]


def assert_same(got, expected):
    assert len(got) == len(expected)
    for one, other in zip(got, expected):
        assert torch.equal(one, other)


def assert_close(got, expected):
    """Up to a few units of the dtype, as products of other sizes are summed in another order."""
    assert len(got) == len(expected)
    for one, other in zip(got, expected):
        scale = other.abs().max()
        assert 0 < scale and (one - other).abs().max() <= 8 * torch.finfo(one.dtype).eps * scale


# ---- many at once


@pytest.mark.parametrize("cls", [LSTM, Peephole, GRU, CELLS["gru_reset_before"]])
@pytest.mark.parametrize("D", [64, 512])
def test_a_kernel_gives_the_same_bits_each_time(cls, D):
    """A program that reads what another has not written yet would show sooner or later."""
    module, x = network(cls, D=D, backend="triton"), inputs()
    d_outputs = inputs(M=D, seed=1)
    expected = training(module, x, d_outputs)
    with torch.no_grad():
        for _ in range(200):
            assert torch.equal(module(x)[0], expected[0])
    for _ in range(50):
        assert_same(training(module, x, d_outputs), expected)


@pytest.mark.parametrize("cls", [LSTM, Peephole, GRU])
def test_one_launch_for_all_steps_gives_what_a_launch_a_step_gives(cls):
    """Where programs are launched anew for each step nothing can be read too early."""
    from lstmlib.torch.backends import triton
    module, x, d_outputs = network(cls), inputs(), inputs(M=D, seed=1)
    plan = triton.planned(module, backends.Call(T, B, NARROW, x.device))
    assert all(share.resident for share in plan)
    found = []
    for resident in (True, False):
        shares = type(plan)(*(share._replace(resident=resident) for share in plan))
        leaf = x.detach().requires_grad_()
        state = {name: x.new_zeros(B, D) for name in module.state_names}
        sequences, _ = triton.run_by(shares, module, leaf, state, None, 0, False)
        grads = torch.autograd.grad(sequences["h"], [leaf, *module.parameters()], d_outputs)
        found.append([sequences["h"].detach(), *grads])
    assert_close(*found)


def test_programs_that_wait_for_each_other_find_room_together():
    """While products keep the device busy only some of them would find room."""
    module, x, d_outputs = network(backend="triton"), inputs(), inputs(M=D, seed=1)
    expected = training(module, x, d_outputs)
    busy, one = torch.cuda.Stream(), torch.randn(4096, 4096, device="cuda")
    torch.cuda.synchronize()
    for _ in range(20):
        with torch.cuda.stream(busy):
            for _ in range(5):
                one @ one
        assert_same(training(module, x, d_outputs), expected)


def test_a_call_can_be_recorded_in_a_graph():
    """Each replay begins to count anew who has arrived."""
    module, x = network(backend="triton"), inputs()
    with torch.no_grad():
        expected = module(x)[0]
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            outputs, _ = module(x)
    for _ in range(50):
        outputs.zero_()
        graph.replay()
        assert torch.equal(outputs, expected)


@pytest.mark.parametrize("backend", NAMED)
def test_two_streams_do_not_disturb_each_other(backend):
    module, given = network(backend=backend), [inputs(seed=seed) for seed in range(2)]
    d_outputs = inputs(M=D, seed=2)
    alone = [training(module, x, d_outputs)[0] for x in given]
    streams = [torch.cuda.Stream() for _ in given]
    torch.cuda.synchronize()
    for _ in range(20):
        found = []
        for stream, x in zip(streams, given):
            with torch.cuda.stream(stream):
                found.append(training(module, x, d_outputs)[0])
        torch.cuda.synchronize()
        assert_close(found, alone)


@pytest.mark.parametrize("backend", NAMED)
def test_two_runs_may_be_alive_at_once(backend):
    """What one call gave stays as it is while others run, and both can go back."""
    module, d_outputs = network(backend=backend), inputs(M=D, seed=2)
    given = [inputs(seed=seed) for seed in range(2)]
    alone = [training(module, x, d_outputs) for x in given]
    leaves = [x.detach().requires_grad_() for x in given]
    outputs = [module(x)[0] for x in leaves]
    for x, output, expected in zip(leaves, outputs, alone):
        (got,) = torch.autograd.grad(output, [x], d_outputs)
        assert_close([output.detach(), got], [expected[0], expected[3]])


@pytest.mark.parametrize("backend", NAMED)
def test_nothing_is_waited_for(backend):
    """From the call to the end of the way back the GPU is not asked once how far it is."""
    module, x, d_outputs = network(backend=backend), inputs(), inputs(M=D, seed=1)
    training(module, x, d_outputs)                     # compiled, recorded
    lengths = [T] * (B - 1) + [3]
    training(module, x, d_outputs, lengths=lengths)
    torch.cuda.set_sync_debug_mode("error")
    try:
        training(module, x, d_outputs)
        training(module, x, d_outputs, lengths=lengths)
    finally:
        torch.cuda.set_sync_debug_mode("default")


# ---- what goes in


@pytest.mark.parametrize("backend", NAMED)
def test_x_may_lie_anyhow_in_memory(backend):
    module, x, d_outputs = network(backend=backend), inputs(), inputs(M=D, seed=1)
    expected = training(module, x, d_outputs)
    batch_first = x.transpose(0, 1).contiguous().transpose(0, 1)
    every_second = torch.stack([x, -x], dim=-1).flatten(2)[:, :, ::2]
    assert not batch_first.is_contiguous() and not every_second.is_contiguous()
    for other in (batch_first, every_second):
        assert_close(training(module, other, d_outputs), expected)


@pytest.mark.parametrize("backend", NAMED)
def test_lengths_may_be_a_list_or_a_tensor_anywhere(backend):
    module, x, d_outputs = network(backend=backend), inputs(), inputs(M=D, seed=1)
    lengths = [1 + 7 * b % T for b in range(B)]
    expected = training(module, x, d_outputs, lengths=lengths)
    for device in ("cpu", "cuda"):
        given = torch.tensor(lengths, device=device)
        assert_same(training(module, x, d_outputs, lengths=given), expected)
    for b in (0, 5, B - 1):
        assert not expected[0][lengths[b]:, b].any()


@pytest.mark.parametrize("cls", [LSTM, CELLS["gru_reset_before"]])
@pytest.mark.parametrize("T, B, D", [
    (1, 1, 16), (2, 3, 48), (7, 17, 80), (5, 1, 320), (3, 100, 768), (3, 64, 1008), (3, 257, 512),
    (2, 1024, 272), (3000, 2, 32), (3, 8, 2048), (2, 1_100_000, 16)])
def test_sizes_of_all_kinds(cls, T, B, D):
    """As eager computes them: no unit, no sequence and no step is left out, none read beside."""
    ours = network(cls, M=16, D=D, backend="triton", dtype=torch.float32)
    if backends.refusal("triton", ours, backends.Call(T, B, torch.float32, torch.device("cuda"))):
        ours = ours.to(NARROW)                         # U fits where it is half as large
    loop = network(cls, M=16, D=D, backend="eager", dtype=torch.float32)
    x, d_outputs = inputs(T, B, 16, torch.float32), inputs(T, B, D, torch.float32, seed=1)
    dtype = ours.U.dtype
    if backends.refusal("triton", ours, backends.Call(T, B, dtype, torch.device("cuda"))):
        pytest.skip("not served")
    got = training(ours, x.to(dtype), d_outputs.to(dtype))
    for one, other in zip(got, training(loop, x, d_outputs)):
        assert (one - other).abs().max() <= (1e-4 if dtype == torch.float32 else 0.05) \
            * other.abs().max()


def test_more_than_two_to_the_31_numbers():
    """Offsets beyond 32 bits: the last steps are those of a run that begins before them, and what
    goes back from the first steps is that of a short run."""
    T, B, M, few = 4200, 256, 16, 8
    assert T * B * 4 * D >= 2 ** 31
    module, x = network(M=M, backend="triton"), inputs(T, B, M)
    leaf = x.detach().requires_grad_()
    outputs, _ = module(leaf)
    with torch.no_grad():
        _, state = module(x[:-few])
        expected, _ = module(x[-few:], state)
    assert_close([outputs[-few:].detach()], [expected])
    d_outputs = torch.zeros_like(outputs)
    d_outputs[:few] = inputs(few, B, D, seed=1)
    (d_x,) = torch.autograd.grad(outputs, [leaf], d_outputs)
    assert not d_x[few:].any()
    short = x[:few].detach().requires_grad_()
    (expected,) = torch.autograd.grad(module(short)[0], [short], d_outputs[:few])
    assert_close([d_x[:few]], [expected])


def test_a_network_moves_between_devices():
    module, x = network(dtype=torch.float32), inputs(dtype=torch.float32)
    there, _ = module(x)
    here, _ = module.to("cpu")(x.cpu())
    assert (there.cpu() - here).abs().max() <= 1e-4
    fresh = LSTM(M, D)
    fresh.load_state_dict(module.state_dict())
    assert torch.equal(fresh(x.cpu())[0], here)


def test_under_autocast_it_runs_in_the_narrow_dtype():
    module, x = network(dtype=torch.float32), inputs(dtype=torch.float32)
    with torch.autocast("cuda", dtype=NARROW):
        outputs, _ = module(x)
    narrow, _ = module.to(NARROW)(x.to(NARROW))
    assert outputs.dtype == NARROW and torch.equal(outputs, narrow)


@pytest.mark.parametrize("backend", [name for name in NAMED if name != "graph"])
def test_float32_follows_the_switch_of_cudnn(backend):
    """With "tf32" results are rounder than with "ieee", which the test before this one measures."""
    module, x = network(dtype=torch.float32, backend=backend), inputs(dtype=torch.float32)
    exact = network(dtype=torch.float64, backend="eager")
    exact.load_state_dict({key: value.double() for key, value in module.state_dict().items()})
    expected, _ = exact(x.double())

    def off(precision):
        torch.backends.cudnn.rnn.fp32_precision = precision
        torch.set_float32_matmul_precision("highest" if precision == "ieee" else "high")
        with torch.no_grad():
            return (module(x)[0] - expected).abs().max().item()

    assert off("ieee") < 1e-5 < off("tf32") < 1e-2


# ---- what is refused, before anything runs


def test_tensors_of_other_devices_and_dtypes_are_refused():
    module, x = network(), inputs()
    state = {key: torch.zeros(B, D, device="cuda", dtype=NARROW) for key in ("h", "c")}
    with pytest.raises(ValueError, match=r"^x: got .* on cpu, expected .* on cuda:0.*move it"):
        module(x.cpu())
    with pytest.raises(TypeError, match=r"^x: got .* of float16 .*, expected .* of bfloat16"):
        module(x.half())
    with pytest.raises(ValueError, match=r"^state\['c'\]: got .* on cpu, expected .* on cuda:0"):
        module(x, {**state, "c": state["c"].cpu()})
    with pytest.raises(TypeError, match=r"^state\['h'\]: got .* of float32"):
        module(x, {**state, "h": state["h"].float()})
    module.U.data = module.U.data.cpu()
    with pytest.raises(ValueError, match="^parameters: got .*U in bfloat16 on cpu.*, expected"):
        module(x)


def test_too_little_memory_names_the_size_asked_for():
    module, x = network(), inputs()
    expected, _ = module(x)
    torch.cuda.empty_cache()
    total = torch.cuda.get_device_properties(0).total_memory
    long = inputs(8192, 64, 512)                       # h alone: half a GiB
    torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_reserved() + 2 ** 26) / total)
    try:
        with pytest.raises(torch.OutOfMemoryError, match=r"^x: got .*asked for [\d.]+ [MG]iB"):
            module(long)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert torch.equal(module(x)[0], expected)


@pytest.mark.parametrize("backend, cls, D, words", [
    ("triton", LSTM, 37, "multiples of 16"),
    ("triton", CELLS["fgr"], 64, "no other"),
    ("native", Peephole, 64, "RNN, RNNReLU, LSTM, GRU and no other"),
    ("numpy", LSTM, 64, "runs on cpu"),
])
def test_by_name_there_is_no_other_backend(backend, cls, D, words):
    module = network(cls, D=D, backend=backend)
    with pytest.raises(ValueError, match=f"^backend: got '{backend}' for .*{words}"):
        module(inputs())


@pytest.mark.parametrize("cls", [LSTM, CELLS["fgr"]])
@pytest.mark.parametrize("D", [37, 64])
def test_auto_takes_one_that_serves_and_says_so_once(cls, D, caplog):
    module, x = network(cls, D=D), inputs(8)
    with caplog.at_level(logging.DEBUG, logger="lstmlib.torch"):
        for _ in range(3):
            outputs, _ = module(x)
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 1
    chosen = said[0].partition("runs with backend '")[2].partition("'")[0]
    call = backends.Call(8, B, NARROW, x.device)
    assert chosen in NAMED and backends.refusal(chosen, module, call) is None
    assert chosen != "graph" and (D == 64 or chosen != "triton")
    module.backend = chosen
    assert torch.equal(module(x)[0], outputs)


def test_a_stack_asks_all_its_layers_before_the_first_computes():
    stack = Stack([network(RNN, M=M, D=64), network(Peephole, M=64, D=64, backend="native")])
    before = torch.cuda.memory_stats()["allocation.all.allocated"]
    x = inputs(8)
    made = torch.cuda.memory_stats()["allocation.all.allocated"] - before
    with pytest.raises(ValueError, match="^backend: got 'native'"):
        stack(x)
    # Zeros for the first states, and nothing else, were made since.
    after = torch.cuda.memory_stats()["allocation.all.allocated"] - before - made
    assert after <= 2
