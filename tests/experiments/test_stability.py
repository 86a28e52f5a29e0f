"""The experiment on stability: its convolution, its sizes, and that its table holds."""

import numpy as np
import pytest
import torch

from lstmlib.experiments import rows, run_one
from lstmlib.experiments.convolution import Convolution, ConvolutionNetwork
from lstmlib.experiments.stability import LAYERS, NETS, RATES, TASKS, cell_of
from lstmlib.numpy import LSTM, RNN, Dense, gradcheck, mean_squared_error, softmax_cross_entropy

T, B, M, D = 23, 5, 3, 7


def drawn(plain, layers=3, seed=0):
    """A convolution, its parameters with biases that are not zero, and inputs."""
    rng = np.random.default_rng(seed)
    net = Convolution(M, D, layers, plain=plain)
    params = {name: value + 0.1 * rng.normal(size=value.shape)
              for name, value in net.init(rng).items()}
    return net, params, rng.normal(size=(T, B, M))


def in_torch(params, x, layers, plain):
    """The same by conv1d, which correlates: its first weight is the older input's."""
    h = torch.as_tensor(x).permute(1, 2, 0)                              # (B, M, T)
    for layer in range(layers):
        d = 2 ** layer
        W, U, b = (torch.as_tensor(params[f"{layer}.{name}"]) for name in "WUb")
        padded = torch.nn.functional.pad(h, (d, 0))
        a = torch.nn.functional.conv1d(padded, torch.stack([U, W], dim=2), b, dilation=d)
        bent = a.tanh() if plain else a.relu()
        h = bent if plain or layer == 0 else bent + h
    return h.permute(2, 0, 1)


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("layers", [1, 2, 4])
def test_the_convolution_is_torchs(plain, layers):
    net, params, x = drawn(plain, layers)
    outputs, tape = net.forward(params, x)
    theirs = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
    there = torch.tensor(x, requires_grad=True)
    expected = in_torch(theirs, there, layers, plain)
    np.testing.assert_allclose(outputs, expected.detach(), rtol=1e-12, atol=1e-14)

    upstream = np.random.default_rng(1).normal(size=(T, B, D))
    d_params, d_x = net.back(params, tape, upstream)
    expected.backward(torch.tensor(upstream))
    np.testing.assert_allclose(d_x, there.grad, rtol=1e-11, atol=1e-13)
    assert d_params.keys() == net.param_shapes.keys()
    for name, value in d_params.items():
        np.testing.assert_allclose(value, theirs[name].grad, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("plain", [False, True])
def test_it_reaches_back_over_two_to_the_layers_and_never_ahead(plain):
    net, params, x = drawn(plain, layers=3)
    before, _ = net.forward(params, x)
    for s in (0, 9, T - 1):
        other = x.copy()
        other[s] += 1
        moved = (net.forward(params, other)[0] != before).any(axis=(1, 2))
        assert not moved[:s].any() and moved[s] and not moved[s + 8:].any()
        if s + 7 < T:
            assert moved[s + 7]


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("loss", [mean_squared_error, softmax_cross_entropy])
def test_the_network_has_the_gradient_of_its_loss(plain, loss):
    net, _, x = drawn(plain)
    network = ConvolutionNetwork(net, Dense(D, 4), loss=loss)
    rng = np.random.default_rng(2)
    params = {name: value + 0.1 * rng.normal(size=value.shape)
              for name, value in network.init(rng).items()}
    targets = (rng.normal(size=(T, B, 4)) if loss is mean_squared_error
               else rng.integers(4, size=(T, B)))
    mask = rng.random((T, B)) < 0.6
    found = network.loss_and_grads(params, x, targets, mask=mask)
    evaluated = network.evaluate(params, x, targets, mask=mask)
    assert found.loss == evaluated.loss and found.state == {} and found.stop == T
    assert network.count() == sum(value.size for value in params.values())
    assert gradcheck(lambda p: network.evaluate(p, x, targets, mask=mask).loss, params,
                     found.grads).verdict == "agree"


@pytest.mark.parametrize("net", list(NETS))
@pytest.mark.parametrize("task", list(TASKS))
def test_every_net_is_as_wide_as_fits(task, net):
    M, N = TASKS[task].input_size, TASKS[task].output_size

    def numbers(net, D):
        if net == "rnn":
            inner = D * (M + D + 1)
        elif net == "lstm":
            inner = 4 * D * (M + D + 1)
        else:
            inner = D * (2 * M + 1) + (LAYERS - 1) * D * (2 * D + 1)
        return inner + N * (D + 1)

    cell = cell_of(net, task, 16)
    D = cell.output_size
    assert cell.count() + N * (D + 1) == numbers(net, D)
    assert numbers(net, D) <= numbers("lstm", 16) < numbers(net, D + 1)
    assert isinstance(cell, {"rnn": RNN, "lstm": LSTM}.get(net, Convolution))
    assert getattr(cell, "plain", None) == {"convolution": False, "plain": True}.get(net)


def test_the_reach_covers_the_sequences():
    longest = max(TASKS["embedded_reber"].batch(np.random.default_rng(0), 2000)[2].sum(axis=0))
    assert max(50, longest) < 2 ** LAYERS


def test_the_table_holds_every_run_and_a_live_one_agrees():
    table = rows("stability")
    assert len(table) == len(TASKS) * len(NETS) * len(RATES) * 6
    assert not any(row["error"] for row in table)
    for row in table:
        if (row["task"], row["learning_rate"], row["seed"]) == ("adding", 0.003, 0):
            found = run_one("stability", row)
            assert found["loss_10"] == pytest.approx(row["loss_10"], rel=0.1)
