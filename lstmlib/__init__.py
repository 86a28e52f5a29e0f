"""lstmlib: recurrent networks from their equations up.

Nothing is loaded here. Take what you need from its room, for instance
``from lstmlib.numpy import RNN, unroll, bptt``.
"""

__version__ = "0.1.0"
