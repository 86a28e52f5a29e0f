"""Results that are kept: the tables under book/results and how they are made, extended and read.

    league           bits per character on one test text, one row a model
    gap              accuracy of recall against the gap, a plain network from three initialisations
    gap_rates        the same at several learning rates, from which those of `gap` were chosen
    gap_lstm         `gap` with an LSTM, for two sizes and three forget biases
    gap_lstm_rates   the same at several learning rates, from which those of `gap_lstm` were chosen
    stream           embedded Reber, single strings and a stream, with and without forget gate
    forget_bias      training curves of an LSTM for four forget biases, on four tasks
    characters  bits per character of LSTMs and a tanh network at equal parameters, time, width
    characters_rates    the same at several learning rates, from which those were chosen

The league is written by the chapters. The others are experiments, run by

    python -m lstmlib.experiments list
    python -m lstmlib.experiments run gap --resume

and read by `rows(name)`; `run_one(name, parameters)` repeats one run, so that a chapter can show
that a table still holds, and `interval(values)` says how sure a mean over seeds is.
"""

from lstmlib.experiments.intervals import Interval, interval
from lstmlib.experiments.running import rows, run, run_one

__all__ = ["Interval", "interval", "rows", "run", "run_one"]
