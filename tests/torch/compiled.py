"""Kernels compiled for a GPU that need not be here: what they take of registers and memory."""

import re
import subprocess
import tempfile
from pathlib import Path

import torch
import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

from lstmlib.torch.backends.triton import kernels
from lstmlib.torch.backends.triton.recurrence import constants, function, options, pieces

TYPES = {torch.float32: "fp32", torch.float64: "fp64", torch.bfloat16: "bf16",
         torch.float16: "fp16"}
WIDE = {"cs", "d_state", "d_v"}
NUMBERS = ("skip", "first", "stop", "B", "start", "c_stride")
TOOLS = Path(triton.__file__).parent / "backends/nvidia/bin"


def compiled(way, traits, share, D, dtype, capability=90, lengths=True, keep=True, with_c=False,
             precision="tf32"):
    """The kernel of this way, "forward" or "backward", and its usage by cuobjdump."""
    kernel = getattr(kernels, way)
    given = {"vectors": traits.vectors, "lengths": lengths, "cs": traits.states == 2, "kept": keep,
             "heard": traits.heard, "d_a": traits.apart, "d_cs": with_c}
    fixed = {"KEPT": traits.kept if keep else 0,
             **constants(traits, share, D, dtype, precision)}
    if way == "forward":
        fixed |= {"STEP": function(traits, traits.step),
                  "HEARD": function(traits, "heard") if traits.heard else None}
    else:
        fixed |= {**pieces(traits, share), "STEP_BACK": function(traits, traits.step_back),
                  "HEARD_BACK": function(traits, "heard_back") if traits.heard else None}
    fixed |= {name: None for name, there in given.items() if not there and name in kernel.arg_names}
    wide = "fp64" if dtype == torch.float64 else "fp32"
    special = {"lengths": "*i64", "counter": "*i32", **{name: "*" + wide for name in WIDE}}
    signature, aligned = {}, {}
    for number, name in enumerate(kernel.arg_names):
        if name in fixed:
            signature[name] = "constexpr"
        elif name in NUMBERS:
            signature[name] = "i32"
        else:
            signature[name] = special.get(name, "*" + TYPES[dtype])
            aligned[(number,)] = [["tt.divisibility", 16]]
    source = ASTSource(kernel, signature, constexprs=fixed, attrs=aligned)
    found = triton.compile(source, target=GPUTarget("cuda", capability, 32), options=options(share))
    with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
        file.write(found.asm["cubin"])
        file.flush()
        said = subprocess.run([TOOLS / "cuobjdump", "-res-usage", file.name], capture_output=True,
                              text=True, check=True).stdout
    usage = {name: int(number) for name, number in re.findall(r"(REG|STACK|LOCAL):(\d+)", said)}
    return found, {**usage, "SHARED": found.metadata.shared}
