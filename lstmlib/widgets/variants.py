"""The variants of the LSTM, one at a time, with what each changes marked."""

import html
import re
from difflib import SequenceMatcher
from itertools import groupby
from typing import NamedTuple

import numpy as np
import traitlets

from lstmlib.numpy import CELLS, contract
from lstmlib.plot import draw_cell
from lstmlib.plot.svg import symbols_as_html
from lstmlib.widgets.control import Control, with_elements

#: The step that is drawn has inputs of M numbers and states of D.
M, D = 3, 2


class Variant(NamedTuple):
    """What is told of a variant, and its step in the order in which it is computed."""

    label: str  # short, on its button
    title: str
    base: str  # the cell that its own change is marked against
    says: str  # what it changes, and whose it is
    marked: str  # what the diagram marks, in words
    step: tuple


_READ = "[a_i ; a_f ; a_g ; a_o] = W x_t + U h_{t-1} + b"
_I = "i_t = σ(a_i + p_i ⊙ c_{t-1})"
_F = "f_t = σ(a_f + p_f ⊙ c_{t-1})"
_O = "o_t = σ(a_o + p_o ⊙ c_t)"
_CANDIDATE = "g_t = tanh(a_g)"
_MEMORY = "c_t = f_t ⊙ c_{t-1} + i_t ⊙ g_t"
_OUTPUT = "h_t = o_t ⊙ tanh(c_t)"

VARIANTS = {
    "lstm": Variant(
        "LSTM", "LSTM", "lstm",
        "Three gates, a candidate, and tanh on the way out: what the others are compared with "
        "(Gers, Schmidhuber and Cummins 2000, with today's tanh).", "",
        (_READ, "i_t = σ(a_i)", "f_t = σ(a_f)", _CANDIDATE, _MEMORY, "o_t = σ(a_o)", _OUTPUT)),
    "lstm_1997": Variant(
        "1997", "LSTM of 1997", "lstm",
        "c keeps all it has and only adds; the candidate lies between −2 and 2, and c is shown "
        "through a flatter function than tanh (Hochreiter and Schmidhuber 1997).",
        "the forget gate's box is a dashed outline with f = 1, c runs on untouched, and the boxes "
        "of g and of the output have other functions",
        ("[a_i ; a_g ; a_o] = W x_t + U h_{t-1} + b", "i_t = σ(a_i)", "g_t = 4σ(a_g) − 2",
         "c_t = c_{t-1} + i_t ⊙ g_t", "o_t = σ(a_o)", "h_t = o_t ⊙ (2σ(c_t) − 1)")),
    "peephole": Variant(
        "peephole", "Peephole LSTM", "lstm",
        "The gates see the cell state, each unit its own alone: i and f the old one, o the new one "
        "(Gers and Schmidhuber 2000; these equations as in Graves 2013).",
        "lines from the old cell state to the boxes of f and i, and from the new one to that of o",
        (_READ, _I, _F, _CANDIDATE, _MEMORY, _O, _OUTPUT)),
    "cifg": Variant(
        "CIFG", "Coupled input and forget gate", "peephole",
        "One gate decides both: the share of the candidate that is written is the share of the old "
        "cell state that is forgotten (Greff et al. 2017).",
        "the forget gate's box is gone, and a circle that takes 1 minus i gives f instead",
        ("[a_i ; a_g ; a_o] = W x_t + U h_{t-1} + b", _I, "f_t = 1 − i_t", _CANDIDATE, _MEMORY,
         _O, _OUTPUT)),
    "nig": Variant(
        "NIG", "No input gate", "peephole",
        "The candidate is written whole at every step (Greff et al. 2017).",
        "the input gate's box is a dashed outline with i = 1, and g runs on to the sum",
        ("[a_f ; a_g ; a_o] = W x_t + U h_{t-1} + b", _F, _CANDIDATE, "c_t = f_t ⊙ c_{t-1} + g_t",
         _O, _OUTPUT)),
    "nfg": Variant(
        "NFG", "No forget gate", "peephole",
        "c keeps all it has and only adds: what is to go from it must be cancelled by its opposite "
        "(Greff et al. 2017).",
        "the forget gate's box is a dashed outline with f = 1, and c runs on untouched",
        ("[a_i ; a_g ; a_o] = W x_t + U h_{t-1} + b", _I, _CANDIDATE, "c_t = c_{t-1} + i_t ⊙ g_t",
         _O, _OUTPUT)),
    "nog": Variant(
        "NOG", "No output gate", "peephole",
        "The memory is always in sight: what is in c shows in h at every step (Greff et al. 2017).",
        "the output gate's box is a dashed outline with o = 1, and tanh of c runs on as h",
        ("[a_i ; a_f ; a_g] = W x_t + U h_{t-1} + b", _I, _F, _CANDIDATE, _MEMORY,
         "h_t = tanh(c_t)")),
    "niaf": Variant(
        "NIAF", "No input activation function", "peephole",
        "The candidate is not squashed: a step may write any amount (Greff et al. 2017).",
        "the box of g says linear in the place of tanh",
        (_READ, _I, _F, "g_t = a_g", _MEMORY, _O, _OUTPUT)),
    "noaf": Variant(
        "NOAF", "No output activation function", "peephole",
        "The memory is not squashed on its way out: where o is open, h grows as c grows "
        "(Greff et al. 2017).",
        "the place of tanh between c and h is a dashed outline, and c runs through it",
        (_READ, _I, _F, _CANDIDATE, _MEMORY, _O, "h_t = o_t ⊙ c_t")),
    "fgr": Variant(
        "FGR", "Full gate recurrence", "peephole",
        "Every gate also hears all three gates of the step before (Greff et al. 2017; gates of the "
        "1997 cell may hear gates too).",
        "a line from the gates of the step before to the boxes of f, i and o",
        (_READ, "[r_i ; r_f ; r_o] = R [i_{t-1} ; f_{t-1} ; o_{t-1}]",
         "i_t = σ(a_i + p_i ⊙ c_{t-1} + r_i)", "f_t = σ(a_f + p_f ⊙ c_{t-1} + r_f)", _CANDIDATE,
         _MEMORY, "o_t = σ(a_o + p_o ⊙ c_t + r_o)", _OUTPUT)),
}


class VariantSwitcher(Control):
    """A variant of the LSTM, with what it changes marked: equations, diagram, parameter count.

    ``value`` is one of ``names``, and is chosen by radio buttons. A cell is compared with the
    plain LSTM; those of Greff et al. 2017 have peepholes, which are marked apart from what is
    their own. The diagram shows the same step for all: weights, input and state are shared. In a
    running notebook ``value`` can be read and set.

    >>> switcher = VariantSwitcher("nog")
    >>> switcher.equations()[-1], switcher.count(50, 100)
    ('h_t = tanh(c_t)', 45500)
    """

    names = tuple(VARIANTS)

    _esm = with_elements("variants.js")
    _css = with_elements("variants.css")

    value = traitlets.Unicode().tag(sync=True)
    variants = traitlets.List(read_only=True).tag(sync=True)
    pieces = traitlets.List(read_only=True).tag(sync=True)

    def __init__(self, value="lstm"):
        super().__init__(value=_name(value))
        drawings = {name: _drawn(name) for name in self.names}
        parts = {name: re.findall(r"<[^>]*>[^<]*", drawings[name].markup()) for name in drawings}
        pieces = list(dict.fromkeys(part for each in parts.values() for part in each))
        number = {piece: k for k, piece in enumerate(pieces)}
        self.set_trait("pieces", pieces)
        self.set_trait("variants", [
            {"name": name, "label": one.label, "title": one.title, "says": one.says,
             "lines": marked_step(name), "count": _count_in_words(name),
             "carries": one.base == "peephole",
             "alt": f"One step of this cell: {one.title}. "
                    + (f"Marked is what it changes: {one.marked}." if one.marked else
                       "Nothing is marked."),
             "size": [drawings[name].width, drawings[name].height],
             "drawing": [number[part] for part in parts[name]]}
            for name, one in VARIANTS.items()])

    @traitlets.validate("value")
    def _check_value(self, proposal):
        return _name(proposal["value"])

    def cell(self, input_size=M, hidden_size=D):
        """The chosen cell of lstmlib.numpy, of the sizes that are drawn or any others."""
        return CELLS[self.value](input_size, hidden_size)

    def count(self, input_size=M, hidden_size=D):
        """The number of parameters of the chosen cell."""
        return self.cell(input_size, hidden_size).count()

    def equations(self):
        """The lines of the chosen cell's step, in the order in which they are computed."""
        return list(VARIANTS[self.value].step)

    def __repr__(self):
        return "The variants of the LSTM, one at a time, with what each changes marked"


def marked_step(name):
    """The lines of a cell's step, with those that are gone: [{"html", "kind"}].

    Within a line <ins> is what the variant's base has not, <del> what it has and the variant has
    not, and a span of class "carried" what both have and the plain LSTM has not.
    """
    plain, base, own = ({_left(line): line for line in VARIANTS[one].step}
                        for one in ("lstm", VARIANTS[name].base, name))
    lines = []
    for left in _merged(list(own), list(base)):
        if left not in own:
            lines.append({"kind": "gone", "html": _marked(base[left], "", "")})
        elif left not in base:
            lines.append({"kind": "new", "html": _marked("", own[left], "")})
        else:
            kind = "changed" if own[left] != base[left] else "same"
            lines.append({"kind": kind,
                          "html": _marked(base[left], own[left], plain.get(left, ""))})
    return lines


def _left(line):
    """What a line computes, by its first letter: a, i, f, g, c, o, h, or r."""
    return line.lstrip("[")[0]


def _merged(own, base):
    """All left sides in order, those that are gone where they were."""
    for k, left in enumerate(base):
        if left not in own:
            own = own[:k] + [left] + own[k:]
    return own


def _marked(base, own, plain):
    base, own, plain = (_tokens(line) for line in (base, own, plain))
    added = {k for tag, _, _, start, end in _differences(plain, own) if tag != "equal"
             for k in range(start, end)}
    out = []
    for tag, low, high, start, end in _differences(base, own):
        if tag in ("delete", "replace"):
            out.append(_wrapped(base[low:high], "<del>", "</del>"))
        if tag in ("insert", "replace"):
            out.append(_wrapped(own[start:end], "<ins>", "</ins>"))
        if tag == "equal":
            for carried, run in groupby(range(start, end), added.__contains__):
                marks = ('<span class="carried">', "</span>") if carried else ("", "")
                out.append(_wrapped([own[k] for k in run], *marks))
    return "".join(out).strip()


def _differences(one, other):
    stripped = ([token.strip() for token in tokens] for tokens in (one, other))
    return SequenceMatcher(None, *stripped, autojunk=False).get_opcodes()


def _tokens(line):
    """Symbols with their indices, names, numbers and signs, each with the blank before it."""
    return re.findall(r"\s*(?:[^\W\d_]+_(?:\{[^}]*\}|\w)|[^\W\d_]+|\d+|\S)", line)


def _wrapped(tokens, before, after):
    """Tokens within a mark; the blank before the first stands before the mark."""
    text = "".join(_html(token) for token in tokens)
    return " " * text.startswith(" ") + before + text.strip() + after


def _html(token):
    if token.strip() in tuple("WUbRMD"):
        return token.replace(token.strip(), f"<i>{token.strip()}</i>")
    return symbols_as_html(token)


def formula(cell):
    """The number of parameters as a formula in M and D."""
    text = f"{len(cell.blocks)}D(M + D + 1)"
    if getattr(cell, "peepholes", ""):
        text += f" + {len(cell.peepholes)}D"
    return text + " + 9D²" * ("R" in cell.param_shapes)


def _count_in_words(name):
    cell = CELLS[name](M, D)
    letters = re.sub("[MD]", r"<i>\g<0></i>", html.escape(formula(cell)))
    more = "" if name == "lstm" else f" (LSTM: {CELLS['lstm'](M, D).count()})"
    sizes = ", ".join(f"<i>{letter}</i>&nbsp;=&nbsp;{size}" for letter, size in zip("MD", (M, D)))
    return f"{letters} = {cell.count()} for {sizes}{more}"


def _drawn(name):
    """The step with weights, input and state that all variants share."""
    cell, rng = CELLS[name](M, D), np.random.default_rng(11)
    gates = {gate: {"W": rng.uniform(-1, 1, (D, M)), "U": rng.uniform(-1, 1, (D, D)),
                    "b": np.full(D, float(gate == "f"))} for gate in "ifgo"}
    params = {key: np.concatenate([gates[gate][key] for gate in cell.blocks]) for key in "WUb"}
    others = {"p": rng.uniform(-1, 1, (3, D)), "R": rng.uniform(-1, 1, (3 * D, 3 * D))}
    params |= {key: others[key] for key in others if key in cell.param_shapes}
    x = rng.uniform(-1, 1, M)
    state = {key: rng.uniform(0, 1, D) if key in "ifo" else rng.uniform(-1, 1, D)
             for key in ("h", "c", "i", "f", "o")}
    return draw_cell(cell, params, x, {key: state[key] for key in cell.state_names},
                     changed=name != "lstm")


def _name(value):
    if not isinstance(value, str):
        raise TypeError(contract.problem("value", contract.describe(value), "the name of a cell"))
    if value not in VARIANTS:
        raise ValueError(contract.problem("value", repr(value), "one of "
                                          + ", ".join(repr(name) for name in VARIANTS)))
    return value
