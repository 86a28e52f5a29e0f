"""What is it in a clockwork net that says a wave? The task `waveform`, by nets that have less of it.

All are plain tanh networks, with at most the 460 parameters of the clockwork net:

    digits    16 units that hear nine inputs, the binary digits of the step's number: the time
    ticks     16 units that hear nine inputs, 1 where t mod T = 0 for T = 1, 2, 4 ... 256: its clock
    slow      20 units that move by the share 1/T a step, T as above: its time scales, no clock

The slow units are those of a GRU with gates that nothing moves: reset 1, update 1 - 1/T. Waves,
updates, error and seeds are those of `waveform`. The learning rate was chosen for each net by
`waveform_controls_rates`, on other seeds: the one with the smallest mean error over all waves. The
rates tried are those of `waveform_rates` without the smallest.
"""

import numpy as np

from lstmlib.experiments.experiment import AtChosenRate, Experiment
from lstmlib.experiments.protocol import count
from lstmlib.experiments.waveform import (
    CELLS, GRID, MEASURES, QUICK, RATES, SAMPLES, WAVEFORM, WAVEFORM_RATES, measured, wave)
from lstmlib.numpy import GRU, RNN, Adam, Dense, Network, clip, mean_squared_error

PERIODS = np.array(CELLS["clockwork"].periods)
STEPS = np.arange(SAMPLES)[:, None]
INPUTS = {"digits": STEPS // PERIODS % 2, "ticks": STEPS % PERIODS == 0,
          "slow": np.zeros((SAMPLES, 1))}
CONTROLS = {"digits": RNN(9, 16), "ticks": RNN(9, 16), "slow": GRU(1, 20)}
ALWAYS = 40.0                                       # σ of it is 1 in float32


def heard(control):
    """What a net is told, (320, 1, M) in float32."""
    return INPUTS[control].astype(np.float32)[:, None]


def used(control):
    """The parameters of a net that are read and can be moved."""
    cell = CONTROLS[control]
    return count(RNN(cell.input_size, cell.hidden_size), 1) - (
        cell.hidden_size if control == "slow" else 0)


def hold(control, params):
    """(params, free): the parameters with the gates of the slow units set, and 1 where one moves."""
    free = {name: np.ones_like(value) for name, value in params.items()}
    if control == "slow":
        D = CONTROLS[control].hidden_size
        params = {name: value.copy() for name, value in params.items()}
        for name in ("cell.W", "cell.U", "cell.b"):
            params[name][:2 * D] = free[name][:2 * D] = 0
        params["cell.b_n"][:] = free["cell.b_n"][:] = 0
        T = PERIODS[np.arange(D) * len(PERIODS) // D]
        params["cell.b"][:D] = ALWAYS
        params["cell.b"][D:2 * D] = np.where(T > 1, np.log(np.maximum(T - 1, 1)), -ALWAYS)
    return params, free


def learn(seed, control, wave_name, learning_rate, updates):
    """(network, params, errors): a trained net, and its normalised error before each update."""
    target = wave(wave_name).astype(np.float32)[:, None, None]
    cell, x = CONTROLS[control], heard(control)
    network = Network(cell, Dense(cell.hidden_size, 1), loss=mean_squared_error)
    params, free = hold(control, network.init(np.random.default_rng(seed), np.float32))
    adam, losses = Adam(learning_rate), []
    for _ in range(updates):
        found = network.loss_and_grads(params, x, target)
        losses.append(found.loss)
        moved = {name: free[name] * grad for name, grad in found.grads.items()}
        params = adam.step(params, clip(moved, 1.0)[0])
    return network, params, np.array(losses) / target.var()


def waveform(seed, control, wave_name, learning_rate, updates):
    """One net and one wave."""
    network, params, errors = learn(seed, control, wave_name, learning_rate, updates)
    y = network.forward(params, heard(control))[0][:, 0, 0]
    return measured(y, wave(wave_name), errors)


CHOSEN = {"digits": 0.01, "ticks": 0.003, "slow": 0.001}

WAVEFORM_CONTROLS = Experiment(
    about="`waveform` by plain nets that are told the time, or the ticks, or are slow",
    run=AtChosenRate(waveform, by=("control",)),
    grid={"control": tuple(CONTROLS), "wave_name": GRID["wave_name"]}, seeds=WAVEFORM.seeds,
    measures=MEASURES, fixed={"learning_rates": CHOSEN, "updates": WAVEFORM.fixed["updates"]},
    quick=QUICK,
)

WAVEFORM_CONTROLS_RATES = Experiment(
    about="the same at several learning rates, on other seeds, to choose one",
    run=waveform, grid={**WAVEFORM_CONTROLS.grid, "learning_rate": RATES[1:]},
    seeds=WAVEFORM_RATES.seeds, measures=MEASURES,
    fixed={"updates": WAVEFORM.fixed["updates"]}, quick=QUICK,
)
