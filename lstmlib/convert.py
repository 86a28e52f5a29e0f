"""Weights to and from the layouts of PyTorch, Keras, ONNX and flax.linen, as plain arrays.

    from lstmlib.convert import from_torch, to_onnx

    cell, params = from_torch(torch.nn.LSTM(3, 5))
    node = to_onnx(cell, params)

None of the four need be installed. What each can hold, and how it orders its gates:

    ours              PyTorch    Keras               ONNX                      flax.linen
    RNN, RNNReLU      nn.RNN     SimpleRNN           RNN                       SimpleCell
    LSTM              nn.LSTM    LSTM                LSTM                      LSTMCell
    Peephole          -          -                   LSTM with P               -
    CIFG              -          -                   LSTM with input_forget    -
    GRU               nn.GRU     GRU, reset_after    GRU, linear_before_reset  GRUCell
    GRUResetBefore    -          GRU without it      GRU without it            -
    i f g o           i f g o    i f c o             i o f c, P: i o f         by name
    r z n             r z n      z r h               z r h                     by name

Bidirectional and Stack go along, as far as the target joins directions and layers as they do.
There and back is exact to the last bit, with two exceptions of form: PyTorch has no stack of one
layer (it comes back as the layer alone) and ONNX no subset of peepholes (the others come back as
zeros). Where a target keeps a bias for x and one for h, ours stands in the first and zeros in the
second; reading adds the two. Only the n bias of a GRU that resets after the product is kept apart:
it stands with h, as b_n. In all of them z keeps the old state, as it does here.

Dropout is no weight: only `from_torch` of a module sees it. All arrays given back are new.

For a program that is not among the four, `recognise` runs it and says which of our cells it has,
and in which order its blocks lie.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from lstmlib.numpy import (CIFG, GRU, LSTM, LSTM1997, MGU, RNN, Bidirectional, Cell, GRUResetBefore,
                           Peephole, RNNReLU, Stack, contract, unroll)
from lstmlib.numpy.stack import Composite

__all__ = ["to_torch", "from_torch", "to_keras", "from_keras",
           "to_onnx", "from_onnx", "to_flax", "from_flax", "recognise"]

# In which order, from the top, a target lays the blocks that we name in `cell.blocks`.
PLAIN = {RNN: "h", RNNReLU: "h"}
TORCH = {**PLAIN, LSTM: "ifgo", GRU: "rzn"}
KERAS = {**PLAIN, LSTM: "ifgo", GRU: "zrn", GRUResetBefore: "zrn"}
ONNX_LSTM, ONNX_GRU, ONNX_PEEPHOLES = "iofg", "zrn", "iof"
ONNX = {**PLAIN, LSTM: ONNX_LSTM, Peephole: ONNX_LSTM, CIFG: ONNX_LSTM,
        GRU: ONNX_GRU, GRUResetBefore: ONNX_GRU}
FLAX = {**PLAIN, LSTM: "ifgo", GRU: "rzn"}

WHY_NOT = {
    LSTM1997: ("has no LSTM without a forget gate", "numpy.savez keeps its arrays as they are"),
    Peephole: ("has no peepholes", "Write it with to_onnx; where p is zero, LSTM with W, U and b "
               "is the same cell"),
    CIFG: ("couples no gates", "Write it with to_onnx; where p is zero, an LSTM whose f blocks in "
           "W, U and b are the negated i blocks is the same cell"),
    GRUResetBefore: ("resets after the recurrent product", "Write it with to_keras or to_onnx; "
                     "its weights do not carry over to GRU"),
    MGU: ("has no minimal gated unit of the paper", "The MGUCell of flax resets after the product "
          "and lets f keep the old state: no weights make the two equal"),
}


# ---- PyTorch


def to_torch(cell, params):
    """The state_dict of a torch.nn.RNN, LSTM or GRU that computes the same.

        weight_ih_l0 (4 D, M)   weight_hh_l0 (4 D, D)   bias_ih_l0 (4 D,)   bias_hh_l0 (4 D,)

    and so on for _l1 …, with _reverse at the end for the backward direction; 3 D for a GRU, D for
    an RNN. bias_hh is zero, but for the n block of a GRU, which is b_n. For an RNNReLU make the
    module with nonlinearity="relu", for a Stack with dropout hand its `dropout` to the module.

    ValueError for cells that PyTorch lacks, and for layers or directions of unequal kind or size.

    >>> cell = LSTM(input_size=3, hidden_size=5)
    >>> weights = to_torch(cell, cell.init(np.random.default_rng(0)))
    >>> {name: array.shape for name, array in weights.items()}     # doctest: +NORMALIZE_WHITESPACE
    {'weight_ih_l0': (20, 3), 'weight_hh_l0': (20, 5),
     'bias_ih_l0': (20,), 'bias_hh_l0': (20,)}
    """
    layers = _take_apart(cell, params, "PyTorch", TORCH)
    _demand_equal([one for layer in layers for one, _ in layer], "PyTorch")
    if len({len(layer) for layer in layers}) > 1:
        raise ValueError(contract.problem(
            "cell", repr(cell), "layers that all read in one direction, or all in both",
            "Convert each layer on its own"))
    state_dict = {}
    for number, layer in enumerate(layers):
        for suffix, (one, own) in zip(("", "_reverse"), layer):
            W, U, b_x, b_h = _their_rows(one, own, TORCH[type(one)])
            state_dict[f"weight_ih_l{number}{suffix}"] = W
            state_dict[f"weight_hh_l{number}{suffix}"] = U
            state_dict[f"bias_ih_l{number}{suffix}"] = b_x
            state_dict[f"bias_hh_l{number}{suffix}"] = b_h
    return state_dict


def from_torch(source, activation="tanh"):
    """The cell and parameters that compute what a torch.nn.RNN, LSTM or GRU does.

    source      the module, or its state_dict: tensors or arrays by PyTorch's names
    activation  "tanh" or "relu" of a plain RNN given as a dict; a module brings its own

    Returns (cell, params): one layer is a cell or a Bidirectional, more are a Stack of these, with
    the dropout of the module (a dict has none). bias=False is a bias of zeros. batch_first concerns
    the data: ours is always (T, B, M). ValueError for names and shapes that do not fit, and for
    projections (proj_size); TypeError for modules and dtypes of another kind.

    >>> weights = {"weight_ih_l0": np.ones((6, 3)), "weight_hh_l0": np.ones((6, 2)),
    ...            "bias_ih_l0": np.ones(6), "bias_hh_l0": np.ones(6)}
    >>> cell, params = from_torch(weights)
    >>> cell, params["b"], params["b_n"]
    (GRU(3, 2), array([2., 2., 2., 2., 1., 1.]), array([1., 1.]))
    """
    dropout = 0.0
    if hasattr(source, "state_dict"):
        mode = getattr(source, "mode", None)
        if mode not in ("RNN_TANH", "RNN_RELU", "LSTM", "GRU"):
            raise TypeError(contract.problem(
                "source", type(source).__name__, "a torch.nn.RNN, LSTM or GRU, or its state_dict",
                "Of a larger model give the recurrent module alone"))
        activation = "relu" if mode == "RNN_RELU" else "tanh"
        dropout, source = source.dropout, source.state_dict()
    num_layers, ways, biased = _check_torch_names(source)
    take = _Take()
    U = take(source["weight_hh_l0"], "state_dict['weight_hh_l0']", ("rows", "D"))
    D = U.shape[1]
    kind = _kind(*U.shape, "state_dict['weight_hh_l0']", U.shape, activation,
                 "shape (D, D) of a plain RNN, (3 D, D) of a GRU or (4 D, D) of an LSTM")
    rows = len(kind.blocks) * D
    layers, M = [], "M"
    for number in range(num_layers):
        layer = []
        for suffix in ways:
            shapes = {"weight_ih": (rows, M), "weight_hh": (rows, D),
                      "bias_ih": (rows,), "bias_hh": (rows,)}
            found = {}
            for name, shape in shapes.items():
                key = f"{name}_l{number}{suffix}"
                found[name] = (np.zeros(rows, take.dtype) if "bias" in name and not biased else
                               take(source[key], f"state_dict[{key!r}]", shape))
            M = found["weight_ih"].shape[1]
            layer.append(_our_rows(kind, TORCH[kind], *found.values()))
        layers.append(layer)
        M = len(ways) * D
    return _put_together(layers, num_layers > 1, dropout)


def _check_torch_names(state_dict):
    """How many layers there are, the endings of each one's directions, and whether with biases."""
    if not isinstance(state_dict, Mapping):
        raise TypeError(contract.problem("source", contract.describe(state_dict),
                                         "a torch.nn.RNN, LSTM or GRU, or its state_dict"))
    names = [name for name in state_dict if isinstance(name, str)]
    if any(name.startswith("weight_hr_") for name in names):
        raise ValueError(contract.problem("state_dict", "weight_hr_l0, a projection of h",
                                          "a module with proj_size=0"))
    num_layers = 1
    while f"weight_ih_l{num_layers}" in names:
        num_layers += 1
    ways = ("", "_reverse") if "weight_ih_l0_reverse" in names else ("",)
    biased = any(name.startswith("bias_") for name in names)
    kinds = ("weight_ih", "weight_hh") + (("bias_ih", "bias_hh") if biased else ())
    contract.check_keys(state_dict, "state_dict",
                        [f"{kind}_l{number}{way}" for number in range(num_layers) for way in ways
                         for kind in kinds])
    return num_layers, ways, biased


# ---- Keras


def to_keras(cell, params):
    """What set_weights of a Keras SimpleRNN, LSTM or GRU takes, a list of arrays.

        [kernel (M, 4 D), recurrent kernel (D, 4 D), bias (4 D,)]

    3 D for a GRU, D for a SimpleRNN. GRU goes to reset_after=True (Keras' default) with a bias of
    (2, 3 D), GRUResetBefore to reset_after=False with (3 D,). For a Bidirectional, layer of that
    name: the three arrays of the forward layer, then those of the backward one, which may be of
    unequal size or kind. For a Stack a list of such lists, one a layer. An RNNReLU needs
    activation="relu". All else (gates by sigmoid, merge_mode="concat") is Keras' default.

    ValueError for cells that Keras lacks.

    >>> cell = GRU(input_size=3, hidden_size=5)
    >>> [array.shape for array in to_keras(cell, cell.init(np.random.default_rng(0)))]
    [(3, 15), (5, 15), (2, 15)]
    """
    lists = []
    for layer in _take_apart(cell, params, "Keras", KERAS):
        lists.append([])
        for one, own in layer:
            W, U, b_x, b_h = _their_rows(one, own, KERAS[type(one)])
            bias = np.stack([b_x, b_h]) if type(one) is GRU else b_x
            lists[-1] += [_transpose(W), _transpose(U), bias]
    return lists if isinstance(cell, Stack) else lists[0]


def from_keras(weights, activation="tanh"):
    """The cell and parameters that compute what a Keras layer does, from its get_weights().

    weights     [kernel, recurrent kernel, bias], six arrays for a layer in Bidirectional (merged by
                "concat", its default), or a list of such lists, one a layer, for a stack
    activation  "tanh" or "relu" of SimpleRNN

    Returns (cell, params): the width tells SimpleRNN, GRU and LSTM apart, and the bias of a GRU its
    reset: (2, 3 D) after the product, (3 D,) before it. A layer made with use_bias=False needs a
    bias of zeros appended. Other activations than the defaults can't be seen here: don't use them.
    ValueError for shapes and numbers of arrays that do not fit, TypeError for other kinds.

    >>> cell, params = from_keras([np.ones((3, 8)), np.ones((2, 8)), np.ones(8)])
    >>> cell, params["W"].shape
    (LSTM(3, 2), (8, 3))
    """
    if not isinstance(weights, (list, tuple)) or not weights:
        raise TypeError(contract.problem("weights", contract.describe(weights),
                                         "the list that layer.get_weights() gives",
                                         "For several layers give a list of such lists"))
    stacked = isinstance(weights[0], (list, tuple))
    take, layers, M = _Take(), [], "M"
    for number, arrays in enumerate(weights if stacked else [weights]):
        label = f"weights[{number}]" if stacked else "weights"
        if not isinstance(arrays, (list, tuple)) or len(arrays) not in (3, 6):
            got = (f"{len(arrays)} arrays" if isinstance(arrays, (list, tuple)) else
                   contract.describe(arrays))
            raise ValueError(contract.problem(
                label, got, "a list of kernel, recurrent kernel and bias, or twice these",
                "With use_bias=False append zeros; give each layer of a stack a list of its own"))
        layer = []
        for first in range(0, len(arrays), 3):
            layer.append(_from_keras_arrays(take, arrays, label, first, M, activation))
            M = layer[0][0].input_size
        layers.append(layer)
        M = sum(one.hidden_size for one, _ in layer)
    return _put_together(layers, stacked)


def _from_keras_arrays(take, arrays, label, first, M, activation):
    labels = [f"{label}[{first + place}]" for place in range(3)]
    U = take(arrays[first + 1], labels[1], ("D", "columns"))
    D, columns = U.shape
    kind = _kind(columns, D, labels[1], U.shape, activation,
                 "shape (D, D) of a SimpleRNN, (D, 3 D) of a GRU or (D, 4 D) of an LSTM")
    W = take(arrays[first], labels[0], (M, columns),
             "Its columns are those of the recurrent kernel, its rows the numbers that come in")
    b_x, b_h = arrays[first + 2], np.zeros(columns, take.dtype)
    if kind is GRU and np.ndim(b_x) == 1:
        kind = GRUResetBefore
    if kind is GRU:
        b_x, b_h = take(b_x, labels[2], (2, columns), "With reset_after=False it is one row")
    else:
        b_x = take(b_x, labels[2], (columns,))
    return _our_rows(kind, KERAS[kind], W.T, U.T, b_x, b_h)


# ---- ONNX


def to_onnx(cell, params):
    """An ONNX node RNN, LSTM or GRU that computes the same: a dict of three entries.

        op_type     "RNN", "LSTM" or "GRU"
        inputs      {"W": (ways, 4 D, M), "R": (ways, 4 D, D), "B": (ways, 8 D)}, and for peepholes
                    "P": (ways, 3 D); 3 D and 6 D for a GRU, D and 2 D for an RNN; ways is 1 or 2
        attributes  hidden_size, direction, activations and what the kind of cell needs

    A Stack gives a list of nodes. Between two of them Y (T, ways, B, D) becomes X (T, B, ways D):
    transpose axes 1 and 2, then reshape. GRU has linear_before_reset=1, GRUResetBefore 0. CIFG has
    input_forget=1, and as its f blocks, which that ignores, the negated i blocks: f = 1 - i as well
    where it is not heeded.

    ValueError for cells that ONNX lacks and for two directions of unequal kind or size.

    >>> cell = LSTM(input_size=3, hidden_size=5)
    >>> node = to_onnx(cell, cell.init(np.random.default_rng(0)))
    >>> node["op_type"], node["inputs"]["B"].shape, node["attributes"]["direction"]
    ('LSTM', (1, 40), 'forward')
    """
    nodes = []
    for layer in _take_apart(cell, params, "ONNX", ONNX):
        cells = [one for one, _ in layer]
        _demand_equal(cells, "ONNX")
        nodes.append({"op_type": _onnx_operator(type(cells[0])),
                      "inputs": _onnx_inputs(layer), "attributes": _onnx_attributes(cells)})
    return nodes if isinstance(cell, Stack) else nodes[0]


def from_onnx(nodes):
    """The cell and parameters that compute what ONNX nodes RNN, LSTM or GRU do.

    nodes  a dict of op_type, inputs and attributes as `to_onnx` gives it, or a list of these for a
           stack. inputs holds the arrays W and R, and B and P where the node has them; attributes
           the node's own, absent ones at ONNX' defaults (text may be bytes)

    Returns (cell, params): LSTM, with P Peephole, with input_forget=1 CIFG (P or none); GRU with
    linear_before_reset=1, GRUResetBefore without; RNN or RNNReLU. ValueError for shapes, names and
    attributes that no cell of ours has: other activations, clip, direction="reverse" (read such a
    node as "forward" and give `unroll` reverse=True). TypeError for other kinds.

    >>> node = {"op_type": "GRU", "attributes": {"hidden_size": 2, "linear_before_reset": 1},
    ...         "inputs": {"W": np.ones((1, 6, 3)), "R": np.ones((1, 6, 2))}}
    >>> cell, params = from_onnx(node)
    >>> cell
    GRU(3, 2)
    """
    stacked = isinstance(nodes, (list, tuple))
    if stacked and not nodes:
        raise ValueError(contract.problem("nodes", "an empty list", "at least one node"))
    take, layers, M = _Take(), [], "M"
    for number, node in enumerate(nodes if stacked else [nodes]):
        layer = _from_onnx_node(take, node, f"nodes[{number}]" if stacked else "nodes", M)
        layers.append(layer)
        M = sum(one.hidden_size for one, _ in layer)
    return _put_together(layers, stacked)


def _onnx_operator(kind):
    return {"h": "RNN", ONNX_LSTM: "LSTM", ONNX_GRU: "GRU"}[ONNX[kind]]


def _onnx_activations(kind):
    return {"RNN": ["Relu" if kind is RNNReLU else "Tanh"], "LSTM": ["Sigmoid", "Tanh", "Tanh"],
            "GRU": ["Sigmoid", "Tanh"]}[_onnx_operator(kind)]


def _onnx_attributes(cells):
    kind, operator = type(cells[0]), _onnx_operator(type(cells[0]))
    attributes = {"hidden_size": cells[0].hidden_size,
                  "direction": "bidirectional" if len(cells) == 2 else "forward",
                  "activations": _onnx_activations(kind) * len(cells)}
    if operator == "LSTM":
        attributes["input_forget"] = int(kind is CIFG)
    if operator == "GRU":
        attributes["linear_before_reset"] = int(kind is GRU)
    return attributes


def _onnx_inputs(layer):
    ways = {"W": [], "R": [], "B": []}
    for one, own in layer:
        W, U, b_x, b_h = _their_rows(one, own, ONNX[type(one)])
        ways["W"].append(W)
        ways["R"].append(U)
        ways["B"].append(np.concatenate([b_x, b_h]))
        if type(one) in (Peephole, CIFG):
            p = dict(zip("ifo", one.rows(own["p"])))
            if type(one) is CIFG:
                p["f"] = -p["i"]
            ways.setdefault("P", []).append(np.concatenate([p[gate] for gate in ONNX_PEEPHOLES]))
    return {name: np.stack(arrays) for name, arrays in ways.items()}


def _from_onnx_node(take, node, label, M):
    """The directions of one node, each (cell, params)."""
    contract.check_keys(node, label, ("op_type", "inputs", "attributes"))
    operators = {"RNN": RNN, "GRU": GRU, "LSTM": LSTM}
    if node["op_type"] not in list(operators):
        raise ValueError(contract.problem(f"{label}['op_type']", repr(node["op_type"]),
                                          "'RNN', 'LSTM' or 'GRU'"))
    inputs = node["inputs"]
    optional = ("B", "P") if node["op_type"] == "LSTM" else ("B",)
    known = [name for name in optional if isinstance(inputs, Mapping) and name in inputs]
    contract.check_keys(inputs, f"{label}['inputs']", ("W", "R", *known))

    places = {name: f"{label}['inputs'][{name!r}]" for name in inputs}
    gates = len(operators[node["op_type"]].blocks)
    R = take(inputs["R"], places["R"], ("directions", "rows", "D"))
    num_ways, rows, D = R.shape
    if rows != gates * D:
        raise ValueError(contract.problem(places["R"], f"shape {R.shape}",
                                          f"shape (directions, {gates} D, D) of {node['op_type']}"))
    kind = _read_onnx_attributes(node, label, num_ways, D, "P" in inputs)
    W = take(inputs["W"], places["W"], (num_ways, rows, M))
    B = (take(inputs["B"], places["B"], (num_ways, 2 * rows)) if "B" in inputs else
         np.zeros((num_ways, 2 * rows), take.dtype))
    P = (take(inputs["P"], places["P"], (num_ways, 3 * D)) if "P" in inputs else
         np.zeros((num_ways, 3 * D), take.dtype))
    layer = []
    for way in range(num_ways):
        one, own = _our_rows(kind, ONNX[kind], W[way], R[way], B[way, :rows], B[way, rows:])
        if kind in (Peephole, CIFG):
            own["p"] = _reorder(P[way], ONNX_PEEPHOLES, "ifo").reshape(3, D)
        if kind is CIFG:
            own["p"][1] = 0
        layer.append((one, own))
    return layer


def _read_onnx_attributes(node, label, num_ways, D, peeps):
    """The kind of cell, where the attributes describe one of ours."""
    operator, label = node["op_type"], f"{label}['attributes']"
    if not isinstance(node["attributes"], Mapping):
        raise TypeError(contract.problem(label, contract.describe(node["attributes"]), "a dict"))
    given = {name: _as_text(value) for name, value in node["attributes"].items()}
    direction = given.pop("direction", "forward")
    if direction != {1: "forward", 2: "bidirectional"}.get(num_ways):
        raise ValueError(contract.problem(
            f"{label}['direction']", f"{direction!r} with {num_ways} in R",
            "'forward' with 1, or 'bidirectional' with 2",
            "Read a 'reverse' node as 'forward' and give unroll reverse=True"))
    if given.pop("hidden_size", D) != D:
        raise ValueError(contract.problem(f"{label}['hidden_size']",
                                          node["attributes"]["hidden_size"], f"{D}, as in R"))
    special = {"LSTM": "input_forget", "GRU": "linear_before_reset"}.get(operator)
    switch = given.pop(special, 0)
    if switch not in (0, 1):
        raise ValueError(contract.problem(f"{label}[{special!r}]", switch, "0 or 1"))
    given.pop("layout", 0)                # the order of the data's axes: no matter of weights
    kinds = {"RNN": [RNN, RNNReLU], "GRU": [GRU if switch else GRUResetBefore],
             "LSTM": [CIFG if switch else Peephole if peeps else LSTM]}[operator]
    wanted = {kind: _onnx_activations(kind) * num_ways for kind in kinds}
    activations = given.pop("activations", wanted[kinds[0]])
    if given:
        raise ValueError(contract.problem(label, f"{', '.join(map(repr, given))} too",
                                          "no attribute that changes what the cell computes"))
    for kind, names in wanted.items():
        if isinstance(activations, list) and activations == names:
            return kind
    raise ValueError(contract.problem(f"{label}['activations']", activations,
                                      " or ".join(map(str, wanted.values()))))


def _as_text(value):
    """An attribute as the onnx package reads it, with text where it has bytes."""
    if isinstance(value, (list, tuple)):
        return [_as_text(entry) for entry in value]
    return value.decode() if isinstance(value, bytes) else value


# ---- flax.linen


def to_flax(cell, params):
    """The "params" of a flax.linen SimpleCell, LSTMCell, OptimizedLSTMCell or GRUCell.

        {"ii": {"kernel": (M, D)}, "hi": {"kernel": (D, D), "bias": (D,)}, …}        an LSTM

    For a Bidirectional, those of nn.Bidirectional(nn.RNN(…), nn.RNN(…)): {"forward_rnn": {"cell":
    …}, "backward_rnn": {"cell": …}}. For a Stack, those of nn.Sequential([nn.RNN(…), …]):
    {"layers_0": {"cell": …}, …}. An RNNReLU needs activation_fn=nn.relu. The carry of an LSTM is
    (c, h).

    ValueError for cells that flax lacks. Its MGUCell is not the paper's and so not ours.

    >>> cell = GRU(input_size=3, hidden_size=5)
    >>> tree = to_flax(cell, cell.init(np.random.default_rng(0)))
    >>> list(tree), list(tree["hr"]), list(tree["hn"])
    (['ir', 'hr', 'iz', 'hz', 'in', 'hn'], ['kernel'], ['kernel', 'bias'])
    """
    wrapped = isinstance(cell, Composite)
    trees = []
    for layer in _take_apart(cell, params, "flax.linen", FLAX):
        cells = [_flax_cell(one, own) for one, own in layer]
        cells = [{"cell": tree} for tree in cells] if wrapped else cells
        trees.append(dict(zip(("forward_rnn", "backward_rnn"), cells)) if len(cells) == 2 else
                     cells[0])
    if isinstance(cell, Stack):
        return {f"layers_{number}": tree for number, tree in enumerate(trees)}
    return trees[0]


def from_flax(params, activation="tanh"):
    """The cell and parameters that compute what flax.linen cells do, from their "params".

    params      the nested dict of a SimpleCell, LSTMCell, OptimizedLSTMCell or GRUCell, of an
                nn.RNN or nn.Bidirectional around them, or of an nn.Sequential of those; also the
                whole {"params": …}
    activation  "tanh" or "relu" of SimpleCell

    Returns (cell, params): a cell, a Bidirectional, or for a Sequential a Stack. Other activations
    and residual=True can't be seen here: don't use them. ValueError for names and shapes that do
    not fit, and for MGUCell, which is not the paper's. TypeError for other kinds.

    >>> tree = {"i": {"kernel": np.ones((3, 2)), "bias": np.zeros(2)},
    ...         "h": {"kernel": np.ones((2, 2))}}
    >>> cell, params = from_flax(tree)
    >>> cell, params["W"].shape
    (RNN(3, 2), (2, 3))
    """
    label = "params"
    if isinstance(params, Mapping) and set(params) == {"params"}:
        params, label = params["params"], "params['params']"
    stacked = isinstance(params, Mapping) and "layers_0" in params
    trees = [(label, params)]
    if stacked:
        names = [f"layers_{number}" for number in range(len(params))]
        contract.check_keys(params, label, names)
        trees = [(f"{label}[{name!r}]", params[name]) for name in names]
    take, layers, M = _Take(), [], "M"
    for label, tree in trees:
        ways = [(label, tree)]
        if isinstance(tree, Mapping) and "forward_rnn" in tree:
            contract.check_keys(tree, label, ("forward_rnn", "backward_rnn"))
            ways = [(f"{label}[{name!r}]", tree[name]) for name in ("forward_rnn", "backward_rnn")]
        layer = []
        for way, part in ways:
            layer.append(_from_flax_cell(take, part, way, M, activation))
            M = layer[0][0].input_size
        layers.append(layer)
        M = sum(one.hidden_size for one, _ in layer)
    return _put_together(layers, stacked)


def _flax_names(kind):
    """Of each block the ending of its names, and the names of those that have a bias."""
    endings = {block: "" if kind in PLAIN else block for block in FLAX[kind]}
    side = "h" if kind is LSTM else "i"
    biased = {block: [side + ending] for block, ending in endings.items()}
    if kind is GRU:
        biased["n"].append("hn")
    return endings, biased


def _flax_cell(cell, params):
    order = FLAX[type(cell)]
    W, U, b_x, b_h = (dict(zip(order, np.split(rows, len(order))))
                      for rows in _their_rows(cell, params, order))
    endings, biased = _flax_names(type(cell))
    tree = {}
    for block, ending in endings.items():
        tree["i" + ending] = {"kernel": _transpose(W[block])}
        tree["h" + ending] = {"kernel": _transpose(U[block])}
        for dense, bias in zip(biased[block], (b_x[block], b_h[block])):
            tree[dense]["bias"] = bias
    return tree


def _from_flax_cell(take, tree, label, M, activation):
    if isinstance(tree, Mapping) and set(tree) == {"cell"}:
        tree, label = tree["cell"], f"{label}['cell']"
    kind = _flax_kind(tree, label)
    endings, biased = _flax_names(kind)
    with_bias = {dense for names in biased.values() for dense in names}
    for dense in tree:
        contract.check_keys(tree[dense], f"{label}[{dense!r}]",
                            ("kernel", "bias") if dense in with_bias else ("kernel",))

    def leaf(dense, name, shape):
        return take(tree[dense][name], f"{label}[{dense!r}][{name!r}]", shape)

    rows, D = {"W": [], "U": [], "b_x": [], "b_h": []}, "D"
    for block, ending in endings.items():
        W = leaf("i" + ending, "kernel", (M, D))
        M, D = W.shape
        rows["W"].append(W.T)
        rows["U"].append(leaf("h" + ending, "kernel", (D, D)).T)
        biases = [leaf(dense, "bias", (D,)) for dense in biased[block]] + [np.zeros(D, W.dtype)]
        rows["b_x"].append(biases[0])
        rows["b_h"].append(biases[1])
    return _our_rows(_plain(kind, activation), FLAX[kind], *map(np.concatenate, rows.values()))


def _flax_kind(tree, label):
    """The class that has these names there."""
    if not isinstance(tree, Mapping):
        raise TypeError(contract.problem(label, contract.describe(tree), "a dict"))
    if set(tree) == {"if", "in", "hf", "hn"}:
        raise ValueError(contract.problem(label, "the names of MGUCell",
                                          "those of SimpleCell, LSTMCell or GRUCell",
                                          WHY_NOT[MGU][1]))
    expected = {kind: sorted(side + ending for ending in _flax_names(kind)[0].values()
                             for side in "ih") for kind in (RNN, LSTM, GRU)}
    for kind, names in expected.items():
        if set(tree) == set(names):
            return kind
    raise ValueError(contract.problem(label, f"the names {' '.join(map(str, tree))}",
                                      ", or ".join(map(" ".join, expected.values()))))


# ---- any other program


class Recognised(NamedTuple):
    """What `recognise` found.

    kind         our class that computes the same
    order        its blocks by our letters, as they lie there
    negated      the block whose W, U and b have the other sign there, or ""
    forget_bias  what is added to b_f at run time
    """

    kind: type
    order: str
    negated: str = ""
    forget_bias: float = 0.0


# By the number of blocks: a class of ours, the block negated there, the forget bias added there.
FORMS = {3: [(GRU, "", 0.0), (GRU, "z", 0.0), (GRUResetBefore, "", 0.0), (GRUResetBefore, "z", 0.0),
             (CIFG, "", 0.0), (CIFG, "i", 0.0)],
         4: [(LSTM, "", 0.0), (LSTM, "", 1.0)]}
PROBE_WEIGHT = 0.7
PROBE_PUSH = np.array([1.0, -1.5])
PROBE_INPUTS = np.array([0.9, -0.4, 1.1, -0.8, 0.6])[:, None, None]


def recognise(run, num_blocks=4):
    """Which of our cells a program has, and in which order its blocks lie, found by running it.

    run(weight, bias, x)  its cell of 1 input and 2 units, with every entry of its weight matrices
                          equal to `weight` and with `bias`, 2 numbers a block; a second bias and
                          the state at the start are zeros. It reads x, (5, 1, 1), and gives h at
                          each step: 10 numbers, of any shape (5, …, 2)
    num_blocks            4 of an LSTM; 3 of a GRU or of an LSTM with coupled gates

    While all weights are equal it does not matter how their matrices lie, and only the bias tells
    the blocks apart: one block at a time gets a bias, and what comes out is compared with ours, to
    1e-3. Two units, for with one a GRU that resets before the product equals one that resets after.
    ValueError where no cell of ours gives these numbers (other activations, for one), TypeError
    where `run` is no function.

    >>> def run(weight, bias, x):                             # a stranger: i, g, f, o and f + 1
    ...     i, g, f, o = np.split(bias, 4)
    ...     params = {"W": np.full((8, 1), weight), "U": np.full((8, 2), weight),
    ...               "b": np.concatenate([i, f + 1, g, o])}
    ...     return unroll(LSTM(1, 2), params, x).outputs
    >>> recognise(run)[1:]
    ('igfo', '', 1.0)
    """
    if not callable(run):
        raise TypeError(contract.problem("run", contract.describe(run), "a function"))
    if num_blocks not in list(FORMS):
        raise ValueError(contract.problem("num_blocks", num_blocks, "3 or 4"))
    theirs = [_their_answer(run, np.outer(row, PROBE_PUSH).ravel()) for row in np.eye(num_blocks)]
    for kind, negated, forget_bias in FORMS[num_blocks]:
        ours = {block: _our_answer(kind, block, negated, forget_bias) for block in kind.blocks}
        order = "".join(block for answer in theirs for block, own in ours.items()
                        if np.allclose(answer, own, rtol=0, atol=1e-3))
        if sorted(order) == sorted(kind.blocks):
            return Recognised(kind, order, negated, forget_bias)
    known = ", ".join(dict.fromkeys(kind.__name__ for kind, _, _ in FORMS[num_blocks]))
    raise ValueError(contract.problem("run", "outputs of another cell", f"those of {known}",
                                      "Look at its activations, and at the state it starts from"))


def _their_answer(run, bias):
    answer = np.asarray(run(PROBE_WEIGHT, bias, PROBE_INPUTS.copy()), dtype=float)
    if answer.size != 2 * len(PROBE_INPUTS) or answer.shape[:1] != PROBE_INPUTS.shape[:1]:
        raise ValueError(contract.problem("run", f"outputs of shape {answer.shape}",
                                          "(5, 1, 2): h of 2 units at 5 steps"))
    return answer.reshape(len(PROBE_INPUTS), 2)


def _our_answer(kind, pushed, negated, forget_bias):
    """h of a cell of ours in which one block has a bias."""
    cell = kind(1, 2)
    sign = np.repeat([-1 if block == negated else 1 for block in kind.blocks], 2)
    push = np.outer([block == pushed for block in kind.blocks], PROBE_PUSH).ravel()
    added = np.repeat([forget_bias if block == "f" else 0.0 for block in kind.blocks], 2)
    params = {name: np.zeros(shape) for name, shape in cell.param_shapes.items()}
    params["W"] += PROBE_WEIGHT * sign[:, None]
    params["U"] += PROBE_WEIGHT * sign[:, None]
    params["b"] += sign * push + added
    return unroll(cell, params, PROBE_INPUTS).outputs[:, 0]


# ---- what the four share


class _Take:
    """Takes arrays and tensors one after the other, each as an array of the dtype of the first."""

    dtype = None

    def __call__(self, value, label, shape, remedy=None):
        if hasattr(value, "detach"):
            value = value.detach().cpu()
        if hasattr(value, "__array__") and not isinstance(value, np.ndarray):
            try:
                value = np.asarray(value)
            except TypeError:                             # a dtype that NumPy does not have
                raise self._wrong_dtype(label, value.dtype) from None
        if isinstance(value, np.ndarray) and value.dtype.newbyteorder("=") not in contract.REAL:
            raise self._wrong_dtype(label, value.dtype)
        array = contract.take_array(value, label, self.dtype)
        contract.refuse_complex(array.dtype, label)
        contract.check_shape(array, label, shape, remedy)
        self.dtype = array.dtype
        return array

    @staticmethod
    def _wrong_dtype(label, dtype):
        return TypeError(contract.problem(
            label, f"dtype {dtype}", "float32 or float64",
            "Convert first: a module with .float(), an array with .astype(np.float32)"))


def _take_apart(cell, params, target, orders):
    """A list of layers, each a list of its one or two directions, each (cell, params)."""
    if not isinstance(cell, (Cell, Composite)):
        raise TypeError(contract.problem("cell", contract.describe(cell),
                                         "a cell, a Stack or a Bidirectional"))
    params = contract.take_params(params, cell.param_shapes)
    contract.refuse_complex(next(iter(params.values())).dtype, "params")
    outer = [("cell", cell, params)]
    if isinstance(cell, Stack):
        outer = [(f"cell.layers[{name}]", layer, cell.part(params, name))
                 for name, layer in cell.parts.items()]
    layers = []
    for place, layer, own in outer:
        inner = [(place, layer, own)]
        if isinstance(layer, Bidirectional):
            inner = [(f"{place}.{name}", half, layer.part(own, name))
                     for name, half in layer.parts.items()]
        for spot, one, _ in inner:
            _demand_known(one, spot, target, orders)
        layers.append([(one, held) for _, one, held in inner])
    return layers


def _demand_known(one, label, target, orders):
    if isinstance(one, Composite):
        raise ValueError(contract.problem(
            label, repr(one), f"a cell: {target} joins directions after each layer",
            "Lay a Stack of Stacks out flat; let each layer be a Bidirectional of two cells"))
    if type(one) not in orders:
        why, remedy = WHY_NOT.get(type(one), ("is not known to have this cell",
                                            "numpy.savez keeps its arrays as they are"))
        known = ", ".join(kind.__name__ for kind in orders)
        raise ValueError(contract.problem(label, repr(one), f"one of {known}: {target} {why}",
                                          remedy))


def _demand_equal(cells, target):
    if len({(type(one), one.hidden_size) for one in cells}) > 1:
        raise ValueError(contract.problem(
            "cell", ", ".join(map(repr, cells)),
            f"cells of one kind and one hidden_size: {target} has one for all of them",
            "Convert them one by one"))


def _put_together(layers, stacked, dropout=0.0):
    """The network and its flat parameters from a list of layers of one or two (cell, params)."""
    networks, params = [], {}
    for number, layer in enumerate(layers):
        head = f"{number}." if stacked else ""
        for way, (_, own) in zip(("forward.", "backward.") if len(layer) == 2 else ("",), layer):
            params.update({f"{head}{way}{name}": array for name, array in own.items()})
        cells = [one for one, _ in layer]
        networks.append(Bidirectional(*cells) if len(cells) == 2 else cells[0])
    return Stack(networks, dropout=dropout) if stacked else networks[0], params


def _kind(length, D, label, shape, activation, expected):
    """The class that has as many blocks as the recurrent matrix of this shape."""
    kind = {1: RNN, 3: GRU, 4: LSTM}.get(length // D if length % D == 0 else None)
    if kind is None:
        raise ValueError(contract.problem(label, f"shape {shape}", expected))
    return _plain(kind, activation)


def _plain(kind, activation):
    """RNN or RNNReLU where a plain RNN is read; nothing else has a choice."""
    if activation not in ("tanh", "relu") or (activation == "relu" and kind is not RNN):
        raise ValueError(contract.problem("activation", repr(activation),
                                          "'tanh', or for a plain RNN 'relu'"))
    return RNNReLU if activation == "relu" else kind


def _reorder(rows, had, wanted):
    """Blocks of rows laid in the order `had`, laid in the order `wanted`: always a new array."""
    blocks = dict(zip(had, np.split(rows, len(had))))
    if "f" not in had and "f" in wanted:                # coupled: 1 - i = 1 - σ(a_i) = σ(-a_i)
        blocks["f"] = -blocks["i"]
    return np.ascontiguousarray(np.concatenate([blocks[block] for block in wanted]))


def _their_rows(cell, params, order):
    """W, U, and a bias beside x and one beside h, their rows in the target's order."""
    b_x, b_h = params["b"], np.zeros_like(params["b"])
    if type(cell) is GRU:
        b_h[-cell.hidden_size:] = params["b_n"]
    return [_reorder(rows, cell.blocks, order) for rows in (params["W"], params["U"], b_x, b_h)]


def _our_rows(kind, order, W, U, b_x, b_h):
    """The cell and its parameters from rows in the target's order."""
    W, U, b_x, b_h = (_reorder(rows, order, kind.blocks) for rows in (W, U, b_x, b_h))
    D, apart = U.shape[1], {}
    if kind is GRU:                                     # what r resets: r ⊙ (U_n h + b_n)
        apart["b_n"] = b_h[-D:].copy()
        b_h[-D:] = 0
    b = np.where(b_h == 0, b_x, b_x + b_h)              # -0 + 0 is not -0
    return kind(W.shape[1], D), {"W": W, "U": U, "b": b, **apart}


def _transpose(matrix):
    return np.array(matrix.T, order="C")
