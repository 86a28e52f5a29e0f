"""Chapter 4, and the small text of two of its exercises."""

import numpy as np

ORDER = ["bits-by-hand", "perplexity", "stop-early", "letter-for-state", "bigram-bits",
         "embed-letters", "streams", "draw-letter", "loaded-nonsense", "spell-better"]

READ = '''alphabet = " abcdefghijklmnopqrstuvwxyz"
text = "".join(c if c in alphabet else " " for c in np.fft.__doc__.lower())
text = " ".join(text.split())
ids = np.array([alphabet.index(c) for c in text])'''


def read():
    """What NumPy's `fft` says of itself, in small letters and blanks: integers 0 ... 26, (length,).

    It is read by the lines that the page shows.
    """
    space = {"np": np}
    exec(READ, space)
    return space["ids"]
