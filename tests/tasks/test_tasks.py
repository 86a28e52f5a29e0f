"""What the synthetic tasks promise: the letters follow each other, the orbit obeys its equation."""

import numpy as np
import pytest

from lstmlib.numpy import RNN, Dense, Embedding, Network, mean_squared_error
from lstmlib.tasks import TASKS, letters, task
from lstmlib.tasks.dynamics import oscillator, van_der_pol


@pytest.mark.parametrize("name", TASKS)
class TestEveryTask:
    def test_shapes_agree_and_a_seed_decides(self, name):
        first = task(name)(np.random.default_rng(5), batch=7, steps=11)
        again = task(name)(np.random.default_rng(5), batch=7, steps=11)
        other = task(name)(np.random.default_rng(6), batch=7, steps=11)
        inputs, targets, mask = first
        assert inputs.shape[:2] == targets.shape[:2] == mask.shape == (11, 7)
        assert mask.dtype == bool and mask.any()
        assert all((a == b).all() for a, b in zip(first, again))
        assert any((a != b).any() for a, b in zip(first, other))

    def test_the_global_generator_is_left_alone(self, name):
        np.random.seed(3)
        before = np.random.get_state()[1].copy()
        task(name)(np.random.default_rng(5))
        assert (np.random.get_state()[1] == before).all()

    @pytest.mark.parametrize("wrong, error", [
        ({"rng": 3}, TypeError), ({"rng": None}, TypeError), ({"batch": 0}, ValueError),
        ({"steps": 0}, ValueError), ({"steps": 2.0}, TypeError), ({"batch": True}, TypeError)])
    def test_refusals(self, name, wrong, error):
        with pytest.raises(error, match=next(iter(wrong))):
            task(name)(**({"rng": np.random.default_rng(0)} | wrong))


SYMBOLS = {"many_to_one": 5, "many_to_many": 5, "one_to_many": 6, "there_and_back": 5,
           "parity": 2}


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("one_hot", [False, True])
def test_a_network_takes_what_a_task_gives(name, one_hot):
    """Answers at positions that are not asked for make no difference to the loss."""
    rng = np.random.default_rng(4)
    if name == "oscillator":
        batch = task(name)(rng, batch=7, steps=11, position_only=one_hot)
        size = 1 if one_hot else 2
        network = Network(RNN(size, 3), Dense(3, size), loss=mean_squared_error)
    else:
        batch = task(name)(rng, batch=7, steps=11, one_hot=one_hot)
        K = SYMBOLS[name]
        network = (Network(RNN(K, 3), Dense(3, K)) if one_hot
                   else Network(RNN(2, 3), Dense(3, K), Embedding(K, 2)))
    inputs, targets, mask = batch
    params = network.init(rng)
    loss = network.loss_and_grads(params, inputs, targets, mask=mask).loss
    changed = np.where(mask.reshape(mask.shape + (1,) * (targets.ndim - 2)), targets, 1 - targets)
    assert np.isfinite(loss)
    assert network.evaluate(params, inputs, np.abs(changed) if targets.dtype.kind == "i"
                            else changed, mask=mask).loss == loss


def test_an_unknown_task_is_answered_with_the_known_ones():
    with pytest.raises(ValueError) as error:
        task("adding")
    assert "'adding'" in str(error.value)
    assert all(name in str(error.value) for name in TASKS)


SUCCESSOR = dict(zip("abcde", "bcdea"))


@pytest.mark.parametrize("steps", [1, 4])
def test_many_to_one_asks_for_the_letter_after_the_last(steps):
    inputs, targets, mask = letters.many_to_one(np.random.default_rng(0), batch=50, steps=steps)
    assert mask.sum() == 50 and mask[-1].all()
    assert set(letters.word(inputs[0])) == set("abcde")
    for column, target in zip(inputs.T, targets[mask]):
        word = letters.word(column)
        assert all(SUCCESSOR[a] == b for a, b in zip(word, word[1:]))
        assert SUCCESSOR[word[-1]] == letters.word([target])


def test_many_to_many_asks_at_every_step():
    inputs, targets, mask = letters.many_to_many(np.random.default_rng(0), batch=50, steps=6)
    assert mask.all()
    for x, y in zip(letters.word(inputs.ravel()), letters.word(targets.ravel())):
        assert SUCCESSOR[x] == y


def test_one_to_many_shows_one_letter_and_asks_for_a_walk():
    inputs, targets, mask = letters.one_to_many(np.random.default_rng(0), batch=50, steps=6)
    assert (inputs[1:] == letters.BLANK).all() and mask.all()
    for x, column in zip(inputs[0], targets.T):
        word = letters.word([x]) + letters.word(column)
        assert all(SUCCESSOR[a] == b for a, b in zip(word, word[1:]))


@pytest.mark.parametrize("name, symbols", SYMBOLS.items())
def test_one_hot_says_the_same_as_ids(name, symbols):
    ids, *rest = task(name)(np.random.default_rng(2), batch=7, steps=11)
    hot, *hot_rest = task(name)(np.random.default_rng(2), batch=7, steps=11, one_hot=True)
    assert hot.shape == (11, 7, symbols) and hot.dtype == np.float64
    assert (hot.argmax(axis=-1) == ids).all() and (hot.sum(axis=-1) == 1).all()
    assert all((a == b).all() for a, b in zip(rest, hot_rest))


def test_there_and_back_is_worth_three_quarters_of_a_bit_to_who_sees_one_letter():
    """The conditional entropies are counted from many walks, and compared with the promise."""
    inputs, targets, mask = letters.there_and_back(np.random.default_rng(0), batch=800, steps=81)
    assert not mask[0].any() and mask[1:].all()

    def entropy(*known):
        code = sum(k.astype(int) * 6 ** i for i, k in enumerate(known))
        joint = np.unique(np.stack([code, targets[1:].ravel()]), axis=1, return_counts=True)
        total = np.bincount(joint[0][0], weights=joint[1])[joint[0][0]]
        return float(-(joint[1] * np.log2(joint[1] / total)).sum() / joint[1].sum())

    assert entropy(inputs[1:].ravel()) == pytest.approx(letters.BITS_FROM_LAST_LETTER, abs=0.01)
    assert entropy(inputs[1:].ravel(), inputs[:-1].ravel()) == 0


def test_in_parity_the_last_answer_and_the_bit_suffice():
    inputs, targets, _ = letters.parity(np.random.default_rng(0), batch=50, steps=30)
    assert (targets[0] == inputs[0]).all()
    assert (targets[1:] == (targets[:-1] != inputs[1:])).all()
    assert abs((targets[1:] == inputs[1:]).mean() - 0.5) < 0.05


def test_ids_refuse_other_letters():
    with pytest.raises(ValueError, match="'fz'|'f, z'"):
        letters.ids("fez")


# -------------------------------------------------------------------------------------- dynamics

def test_the_orbit_obeys_the_differential_equation():
    """Central differences of a finely sampled orbit against the right-hand side."""
    h = 1e-3
    orbit = van_der_pol([[1.3, -0.4], [-2.2, 1.7]], steps=2000, mu=0.7, step=h)
    slope = (orbit[2:] - orbit[:-2]) / (2 * h)
    x, v = orbit[1:-1, :, 0], orbit[1:-1, :, 1]
    np.testing.assert_allclose(slope[..., 0], v, atol=1e-5)
    np.testing.assert_allclose(slope[..., 1], 0.7 * (1 - x ** 2) * v - x, atol=1e-4)


def test_without_damping_it_is_a_circle():
    orbit = van_der_pol([1.0, 0.0], steps=100, mu=0.0, step=0.1)
    t = 0.1 * np.arange(101)
    np.testing.assert_allclose(orbit, np.stack([np.cos(t), -np.sin(t)], axis=1), atol=1e-5)


def test_every_start_ends_on_the_known_cycle():
    """Period 6.6633 and amplitude 2.009 at mu = 1 (tabulated for this oscillator)."""
    orbit = van_der_pol([[0.1, 0.0], [2.5, 2.5]], steps=2000, step=0.05)[1000:]
    assert abs(orbit[..., 0]).max(axis=0) == pytest.approx([2.009, 2.009], abs=2e-3)
    for x in orbit[..., 0].T:
        up = np.flatnonzero((x[:-1] < 0) & (x[1:] >= 0))
        crossing = up + x[up] / (x[up] - x[up + 1])
        assert np.diff(crossing).mean() * 0.05 == pytest.approx(6.6633, abs=2e-3)


def test_the_oscillator_task_asks_for_the_next_point():
    inputs, targets, _ = oscillator(np.random.default_rng(0), batch=5, steps=9)
    for point, after in zip(inputs.reshape(-1, 2), targets.reshape(-1, 2)):
        np.testing.assert_array_equal(van_der_pol(point, 1)[1], after)
    hidden, _, _ = oscillator(np.random.default_rng(0), batch=5, steps=9, position_only=True)
    np.testing.assert_array_equal(hidden, inputs[..., :1])


def test_van_der_pol_refuses_a_start_that_is_no_point():
    for wrong in ({"start": 1.0}, {"start": [1.0, 2.0, 3.0]}, {"steps": -1}, {"step": 0.0},
                  {"mu": float("nan")}):
        with pytest.raises(ValueError, match=f"{next(iter(wrong))}: "):
            van_der_pol(**({"start": [1.0, 0.0], "steps": 3} | wrong))
