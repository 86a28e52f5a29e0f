"""What an experiment is: a function, and the grid of runs that it is asked for."""

import importlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace

#: Where each experiment is declared; the module is imported when it is asked for.
EXPERIMENTS = {
    "gap": "lstmlib.experiments.gap.GAP",
    "gap_rates": "lstmlib.experiments.gap.GAP_RATES",
    "gap_lstm": "lstmlib.experiments.gap_lstm.GAP_LSTM",
    "gap_lstm_rates": "lstmlib.experiments.gap_lstm.GAP_LSTM_RATES",
    "gap_lstm_high_rates": "lstmlib.experiments.gap_lstm.GAP_LSTM_HIGH_RATES",
    "stream": "lstmlib.experiments.stream.STREAM",
    "forget_bias": "lstmlib.experiments.forget_bias.FORGET_BIAS",
    "characters": "lstmlib.experiments.characters.CHARACTERS",
    "characters_rates": "lstmlib.experiments.characters.CHARACTERS_RATES",
    "gap_cells": "lstmlib.experiments.gap_cells.GAP_CELLS",
    "gap_cells_rates": "lstmlib.experiments.gap_cells.GAP_CELLS_RATES",
    "characters_cells": "lstmlib.experiments.characters_cells.CHARACTERS_CELLS",
    "characters_cells_rates": "lstmlib.experiments.characters_cells.CHARACTERS_CELLS_RATES",
    "direction": "lstmlib.experiments.direction.DIRECTION",
    "direction_rates": "lstmlib.experiments.direction.DIRECTION_RATES",
    "gru": "lstmlib.experiments.gru.GRU_ADDING",
    "gru_rates": "lstmlib.experiments.gru.GRU_RATES",
    "gru_pieces": "lstmlib.experiments.gru_pieces.GRU_PIECES",
    "gru_pieces_rates": "lstmlib.experiments.gru_pieces.GRU_PIECES_RATES",
    "waveform": "lstmlib.experiments.waveform.WAVEFORM",
    "waveform_rates": "lstmlib.experiments.waveform.WAVEFORM_RATES",
    "waveform_controls": "lstmlib.experiments.waveform_controls.WAVEFORM_CONTROLS",
    "waveform_controls_rates":
        "lstmlib.experiments.waveform_controls.WAVEFORM_CONTROLS_RATES",
    "clock_time": "lstmlib.experiments.clock_time.CLOCK_TIME",
    "variants": "lstmlib.experiments.variants.VARIANTS",
    "variants_rates": "lstmlib.experiments.variants.VARIANTS_RATES",
    "timing": "lstmlib.experiments.timing.TIMING",
    "timing_rates": "lstmlib.experiments.timing.TIMING_RATES",
    "depth": "lstmlib.experiments.depth.DEPTH",
    "depth_rates": "lstmlib.experiments.depth.DEPTH_RATES",
    "stability": "lstmlib.experiments.stability.STABILITY",
}


#: What every row of a table tells of its run beside parameters and measures.
ORIGIN = ("seconds", "error", "date", "commit", "versions", "machine")


@dataclass(frozen=True)
class Experiment:
    """A function of parameters and a seed, and the values it is run with.

    about     one line: what is measured
    run       run(seed=..., **parameters, **fixed) -> {measure: number}; a function of a module, so
              that it can be sent elsewhere, and of its arguments alone: two runs share nothing
    grid      {parameter: values}; every combination is run with every seed
    seeds     the seeds; all combinations of one seed come before the next
    measures  {measure: what it is}: the numbers that a run returns; where the name ends in _seconds
              it is a time, all others are the same when the run is repeated
    fixed     {parameter: value}, the same in all runs; a table is made with one set of them
    quick     {"grid" or "seeds" or "fixed": what replaces it}, for a run of seconds

    Values of the grid are str, int or float; those of `fixed` whatever JSON holds.
    """

    about: str
    run: Callable
    grid: dict
    seeds: tuple
    measures: dict
    fixed: dict = field(default_factory=dict)
    quick: dict = field(default_factory=dict)

    def __post_init__(self):
        for parameter, values in self.grid.items():
            kinds = {type(value) for value in values}
            if len(kinds) != 1 or not kinds <= {str, int, float}:
                raise TypeError(f"grid[{parameter!r}]: got {values!r}, expected one value or more, "
                                "all str, all int or all float")
        taken = (*self.parameters, *ORIGIN)
        for measure in self.measures:
            if measure in taken:
                raise ValueError(f"measures: got {measure!r}, expected a name other than the "
                                 f"table's own: {', '.join(taken)}")

    @property
    def parameters(self):
        """What tells one run from another: the names of the grid, and the seed."""
        return (*self.grid, "seed")

    def runs(self):
        """The parameters of every run, as a list of dicts."""
        return [dict(zip(self.parameters, (*values, seed))) for seed in self.seeds
                for values in itertools.product(*self.grid.values())]

    def quickly(self):
        """The same experiment, small enough for seconds."""
        grid = {**self.grid, **self.quick.get("grid", {})}
        fixed = {**self.fixed, **self.quick.get("fixed", {})}
        return replace(self, grid=grid, fixed=fixed, seeds=self.quick.get("seeds", self.seeds))

    def read(self, parameter, text):
        """A value of the table as what it was."""
        return int(text) if parameter == "seed" else type(self.grid[parameter][0])(text)


@dataclass(frozen=True)
class AtChosenRate:
    """A function of a learning rate, at the rate that was chosen for some of its parameters.

    run   run(seed=..., learning_rate=..., **parameters) -> {measure: number}
    by    the parameters that the choice depends on; as called here it takes learning_rates, the
          rates nested by the values of these as texts, {"adding": {"2 gated": 0.03, ...}, ...}
    """

    run: Callable
    by: tuple

    def __call__(self, seed, learning_rates, **parameters):
        rate = learning_rates
        for name in self.by:
            rate = rate[str(parameters[name])]
        return self.run(seed=seed, learning_rate=rate, **parameters)


def experiment(name):
    """The experiment called `name`. ValueError, with the list of names: there is none."""
    if name not in EXPERIMENTS:
        raise ValueError(f"name: got {name!r}, expected one of {', '.join(EXPERIMENTS)}")
    module, attribute = EXPERIMENTS[name].rsplit(".", 1)
    return getattr(importlib.import_module(module), attribute)
