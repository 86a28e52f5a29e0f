"""In training the slate was always clean: every string began from zeros, by the program's doing. So nothing ever asked the
network to clear it, and a gate that was never asked stays as it is.

On the stream the last string's letter is still there when the next one begins. Whoever trains there, with the state
carried, is punished for mixing the two up, at every string; and the forget gate is what training can pull shut.

Short windows from zero take that away again: each begins with the clean slate that will not be there in use, and none
holds both a letter and the place where it comes back.
"""
