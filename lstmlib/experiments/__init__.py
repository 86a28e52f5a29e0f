"""Results that are kept: the tables under book/results and how they are made, extended and read.

    league            bits per character on one test text, one row a model
    gap               accuracy of recall against the gap, a plain network from three initialisations
    gap_lstm          `gap` with an LSTM, for two sizes and three forget biases
    gap_cells         `gap` with a GRU and a clockwork network
    stream            embedded Reber, single strings and a stream, with and without forget gate
    forget_bias       training curves of an LSTM for four forget biases, on four tasks
    characters        bits per character of LSTMs and tanh networks: equal parameters, time, width
    characters_cells  bits per character of a GRU, of two layers of LSTM, of a clockwork network
    variants          seven changes to the peephole LSTM, each on a task where it should matter
    timing            measuring and repeating an interval, with and without peepholes
    gru               adding with the LSTM, the GRUs and their kin
    gru_pieces        adding with an LSTM that has one piece of a GRU
    depth             one, two and three layers at equal parameters, and the depth-gated LSTM
    stability         plain cell, LSTM and causal convolutions at six learning rates
    direction         reading forwards, backwards and both ways
    waveform          waves from nothing: tanh network, LSTM, clockwork network
    waveform_controls the waves by plain networks that are told the time, or are slow
    clock_time        time of a clockwork network and of a plain one, by turns
    gpu               times and errors of the cells of lstmlib.torch on a GPU, beside their rivals

What NAME_rates holds, where there is one, is the same at several learning rates and on other seeds,
from which the rates of NAME were chosen.

The league is written by the chapters and `gpu`, once it is measured, by python -m benchmarks.gpu:
`measured(name)` reads it. The others are experiments, run by

    python -m lstmlib.experiments list
    python -m lstmlib.experiments run gap --resume

and read by `rows(name)`; `run_one(name, parameters)` repeats one run, so that a chapter can show
that a table still holds, and `interval(values)` says how sure a mean over seeds is.
"""

from lstmlib.experiments.intervals import Interval, interval
from lstmlib.experiments.measured import Measured, measured
from lstmlib.experiments.running import rows, run, run_one

__all__ = ["Interval", "Measured", "interval", "measured", "rows", "run", "run_one"]
