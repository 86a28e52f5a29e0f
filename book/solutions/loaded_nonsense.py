"""The shares give it away: 17, 10, 7 in 100, as in the text, only of other characters. The
network writes the numbers it has learned to write, and today they mean other letters. Its own
piece of yesterday shows it: "f" was v throughout, the blank was j. A cipher, in short. And it
reads the text in the same cipher, which makes it sure of wrong things: 10.5 bits, where knowing
nothing costs 4.75.

The broken line makes the list from a set. Python gives strings other hash values in every
process, so the order of a set of characters changes from start to start. Nothing is wrong until
weights outlive the process. The right line sorts; and a careful program saves the list beside the
weights and compares it on loading.
"""

text = "the transform of a sum is the sum of the transforms"

yesterday = list(set(text))                        # broken: some order
today = yesterday[::2] + yesterday[1::2]           # another process, another order
right = sorted(set(text))                          # the same in every process


def encode(alphabet):
    return [alphabet.index(c) for c in text]


assert encode(yesterday) != encode(today)
assert encode(right) == encode(sorted(today))
assert "".join(right[k] for k in encode(right)) == text
