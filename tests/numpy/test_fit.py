"""Network and fit: against torch trained on the same batches, and what the loop promises."""

import math

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from lstmlib.numpy import (RNN, SGD, Adam, Clockwork, Dense, Embedding, Network, RNNReLU,
                           binary_cross_entropy, clip, complex_step, fit, global_norm,
                           mean_squared_error, one_hot, softmax_cross_entropy)

T, B, K, M, D = 7, 5, 11, 3, 2


def network_and_batch(seed=0, loss=softmax_cross_entropy):
    rng = np.random.default_rng(seed)
    network = Network(RNN(M, D), Dense(D, K), Embedding(K, M), loss)
    params = {key: 0.5 * rng.standard_normal(shape)
              for key, shape in network.param_shapes.items()}
    ids = rng.integers(0, K, (T + 1, B))
    return network, params, ids[:-1], ids[1:]


class Twin(torch.nn.Module):
    """The same network in torch."""

    def __init__(self, params):
        super().__init__()
        self.embedding = torch.nn.Embedding(K, M)
        self.rnn = torch.nn.RNN(M, D)
        self.read = torch.nn.Linear(D, K)
        self.double()
        self.named = {"embed.E": self.embedding.weight, "cell.W": self.rnn.weight_ih_l0,
                      "cell.U": self.rnn.weight_hh_l0, "cell.b": self.rnn.bias_ih_l0,
                      "read.V": self.read.weight, "read.b_y": self.read.bias}
        self.rnn.bias_hh_l0.requires_grad = False
        with torch.no_grad():
            self.rnn.bias_hh_l0.zero_()
            for key, weight in self.named.items():
                weight.copy_(torch.tensor(params[key]))

    def loss(self, ids, targets, state=None):
        outputs, last = self.rnn(self.embedding(torch.tensor(ids)), state)
        logits = self.read(outputs)
        return torch.nn.functional.cross_entropy(
            logits.reshape(-1, K), torch.tensor(targets).reshape(-1)), last


def test_loss_and_gradients_are_torchs():
    network, params, ids, targets = network_and_batch()
    result = network.loss_and_grads(params, ids, targets)
    twin = Twin(params)
    loss, last = twin.loss(ids, targets)
    loss.backward()
    assert_allclose(result.loss, loss.item(), rtol=1e-13)
    assert_allclose(result.state["h"], last[0].detach().numpy(), atol=1e-13)
    assert set(result.grads) == set(params)
    for key, weight in twin.named.items():
        assert_allclose(result.grads[key], weight.grad.numpy(), atol=1e-10, err_msg=key)


@pytest.mark.parametrize("extra", [
    {}, {"mask": np.arange(T * B).reshape(T, B) % 3 > 0}, {"lengths": [4, 7, 1, 6, 2]},
    {"mask": np.arange(T * B).reshape(T, B) % 3 > 0, "lengths": [4, 7, 1, 6, 2]}])
@pytest.mark.parametrize("loss", [softmax_cross_entropy, binary_cross_entropy,
                                  mean_squared_error])
def test_gradients_agree_with_complex_step(loss, extra):
    network, params, ids, targets = network_and_batch(loss=loss)
    if loss is not softmax_cross_entropy:
        targets = one_hot(targets, K)
    state = {"h": np.random.default_rng(5).normal(size=(B, D))}
    result = network.loss_and_grads(params, ids, targets, state, **extra)
    numeric = complex_step(
        lambda p: network.evaluate(p, ids, targets, {"h": state["h"] + 0j}, **extra).loss, params)
    for key in params:
        assert_allclose(result.grads[key], numeric[key], atol=1e-10, err_msg=key)
    assert result.loss == network.evaluate(params, ids, targets, state, **extra).loss


def test_padding_counts_nowhere():
    network, params, ids, targets = network_and_batch()
    lengths = np.array([4, 7, 1, 6, 2])
    beyond = np.arange(T)[:, None] >= lengths
    ids, targets = ids.copy(), targets.copy()
    expected = network.loss_and_grads(params, ids, targets, lengths=lengths)
    ids[beyond], targets[beyond] = 0, -1
    got = network.loss_and_grads(params, ids, targets, lengths=lengths)
    assert got.loss == expected.loss
    for key in params:
        assert_array_equal(got.grads[key], expected.grads[key])
    # A mask that counts padding as well is cut to the lengths.
    masked = network.loss_and_grads(params, ids, targets, mask=np.ones((T, B)), lengths=lengths)
    assert masked.loss == expected.loss


def test_an_embedding_is_a_one_hot_input_with_a_larger_w():
    network, params, ids, targets = network_and_batch()
    direct = Network(RNN(K, D), Dense(D, K))
    merged = {key: params[key] for key in params if key != "embed.E"}
    merged["cell.W"] = params["cell.W"] @ params["embed.E"].T
    a = network.loss_and_grads(params, ids, targets)
    b = direct.loss_and_grads(merged, one_hot(ids, K), targets)
    assert_allclose(a.loss, b.loss, rtol=1e-13)
    assert_allclose(a.grads["cell.U"], b.grads["cell.U"], atol=1e-13)
    assert_allclose(params["cell.W"].T @ b.grads["cell.W"], a.grads["embed.E"].T, atol=1e-13)


@pytest.mark.parametrize("carry", [False, True])
@pytest.mark.parametrize("clip_at", [None, 0.05])
def test_training_goes_with_torch(carry, clip_at):
    network, params, _, _ = network_and_batch()
    rng = np.random.default_rng(1)
    batches = [(rng.integers(0, K, (T, B)), rng.integers(0, K, (T, B))) for _ in range(20)]
    twin, state = Twin(params), None
    optimiser = torch.optim.Adam(twin.named.values(), lr=0.01)
    training = fit(network, params, batches, Adam(0.01), clip=clip_at, carry=carry)
    for record, (ids, targets) in zip(training, batches):
        loss, last = twin.loss(ids, targets, state)
        optimiser.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(twin.named.values(), clip_at or math.inf)
        optimiser.step()
        state = last.detach() if carry else None
        assert_allclose([record.loss, record.norm], [loss.item(), norm.item()], rtol=1e-5)
    for key, weight in twin.named.items():
        # torch's clipping divides by norm + 1e-6
        assert_allclose(training.params[key], weight.detach().numpy(), atol=1e-5)


def test_the_history_is_kept_and_the_callback_told():
    network, params, ids, targets = network_and_batch()
    before = {key: value.copy() for key, value in params.items()}
    told = []
    training = fit(network, params, [(ids, targets)] * 4, SGD(0.1), clip=0.01,
                   callback=told.append).run()
    assert [record.step for record in told] == training.history["step"] == [1, 2, 3, 4]
    assert [record.loss for record in told] == training.history["loss"]
    assert [record.norm for record in told] == training.history["norm"]
    assert training.history["loss"] == sorted(training.history["loss"], reverse=True)
    first = network.loss_and_grads(params, ids, targets)
    assert told[0].loss == first.loss and told[0].norm == global_norm(first.grads)
    step = SGD(0.1).step(params, clip(first.grads, 0.01)[0])
    for key in params:
        assert_array_equal(params[key], before[key])
        assert_array_equal(told[0].params[key], step[key])
        assert told[3].params[key] is training.params[key]


def test_one_may_stop_and_go_on():
    network, params, ids, targets = network_and_batch()
    whole = fit(network, params, [(ids, targets)] * 5, Adam(0.1)).run()
    parts = fit(network, params, [(ids, targets)] * 5, Adam(0.1))
    for record in parts:
        if record.step == 2:
            break
    assert parts.history["step"] == [1, 2]
    parts.run()
    assert parts.history == whole.history


def test_a_carried_state_starts_the_next_batch():
    network, params, ids, targets = network_and_batch()
    seen = []
    start = {"h": np.random.default_rng(0).normal(size=(B, D))}
    for carry in (False, True):
        fit(network, params, [(ids, targets)] * 2, SGD(1e-9), carry=carry, state=start,
            callback=lambda record: seen.append(record.loss)).run()
    fresh_first, fresh_second, carried_first, carried_second = seen
    assert fresh_first == carried_first
    assert_allclose(fresh_second, fresh_first, rtol=1e-6)
    expected = network.evaluate(params, ids, targets,
                                network.evaluate(params, ids, targets, start).state)
    assert_allclose(carried_second, expected.loss, rtol=1e-6)
    assert abs(carried_second - fresh_second) > 1e-4


def test_a_carried_clock_goes_on_with_the_state():
    """A sequence of 14 steps in chunks of 7, 3 and 4, against the sequence read in one go."""
    network = Network(Clockwork(M, 4, periods=[1, 2, 4, 8]), Dense(4, 2), loss=mean_squared_error)
    rng = np.random.default_rng(5)
    params = network.init(rng)
    x, y = rng.normal(size=(14, B, M)), rng.normal(size=(14, B, 2))
    chunks = [(x[part], y[part]) for part in (slice(0, 7), slice(7, 10), slice(10, 14))]
    losses = {carry: fit(network, params, chunks, SGD(1e-12), carry=carry).run().history["loss"]
              for carry in (True, False)}
    whole = network.evaluate(params, x, y)
    assert whole.stop == 14
    assert_allclose(np.dot(losses[True], [7, 3, 4]) / 14, whole.loss, rtol=1e-9)
    assert abs(np.dot(losses[False], [7, 3, 4]) / 14 - whole.loss) > 1e-4
    first = network.loss_and_grads(params, *chunks[0])
    again = network.forward(params, chunks[1][0], first.state, start=first.stop)[0]
    assert_allclose(again, network.forward(params, x)[0][7:10], rtol=1e-12)


def test_a_mask_may_come_with_a_batch():
    network, params, ids, targets = network_and_batch()
    mask = np.zeros((T, B), bool)
    mask[-1] = True
    record = next(fit(network, params, [(ids, targets, mask)], SGD(0.1)))
    assert record.loss == network.evaluate(params, ids, targets, mask=mask).loss


def test_batches_are_taken_one_at_a_time():
    network, params, ids, targets = network_and_batch()
    taken = []

    def batches():
        for number in range(3):
            taken.append(number)
            yield ids, targets

    training = fit(network, params, batches(), SGD(0.1))
    assert taken == []
    next(training)
    assert taken == [0]


def test_a_loss_that_is_not_finite_is_recorded():
    network = Network(RNNReLU(1, 1), Dense(1, 1), loss=mean_squared_error)
    params = network.init(np.random.default_rng(0))
    x = np.full((2, 1, 1), np.nan)
    record = next(fit(network, params, [(x, np.zeros((2, 1, 1)))], SGD(0.1), clip=1.0))
    assert math.isnan(record.loss) and math.isnan(record.norm)


def test_a_loss_of_ones_own():
    def absolute_error(y, targets, mask=None):
        return float(np.abs(y - targets).mean()), np.sign(y - targets) / y.size

    network = Network(RNN(1, 4), Dense(4, 1), loss=absolute_error)
    x = np.random.default_rng(0).normal(size=(5, 3, 1))
    params = network.init(np.random.default_rng(1))
    training = fit(network, params, [(x, np.full((5, 3, 1), 0.7))] * 100, SGD(0.1)).run()
    assert training.history["loss"][-1] < 0.3 * training.history["loss"][0]


def test_float32_is_trained_in_float32():
    network = Network(RNN(M, D), Dense(D, K), Embedding(K, M))
    params = network.init(np.random.default_rng(0), np.float32)
    _, _, ids, targets = network_and_batch()
    training = fit(network, params, [(ids, targets)] * 3, Adam(0.01), clip=0.1, carry=True).run()
    assert {value.dtype for value in training.params.values()} == {np.dtype(np.float32)}
    assert training.state["h"].dtype == np.float32


def test_counts_its_parameters():
    network, params, _, _ = network_and_batch()
    assert network.count() == sum(value.size for value in params.values())
    assert network.count() == K * M + D * (M + D + 1) + K * (D + 1)


def test_what_a_clockwork_cell_never_reads_is_not_counted():
    """Of the four modules of one unit each hears itself and the slower ones: 10 of 16."""
    network = Network(Clockwork(M, 4, periods=[1, 2, 4, 8]), Dense(4, 2))
    assert network.count() == 4 * M + 10 + 4 + 2 * 4 + 2
