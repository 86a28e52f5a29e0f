"""The two kernels, forwards and backwards, and what they are made of.

A program owns BD units of BB sequences and runs all steps. Matrices stand as (units, sequences), so
that the rows of U for all its gates meet the state in one product, [GP * BD, D] x [D, BB]. They are
loaded once, before the first step. Where a program owns all units (OWN), the state goes from one
step to the next on chip; else through memory, h_t in slot t of `hs`, and between two steps the
programs of the same sequences meet (MEET). Launched for one step at a time, they need not.
"""

import triton
import triton.language as tl


@triton.jit
def arrive(counter):
    """Say that what this program has written is there for the others."""
    tl.debug_barrier()
    tl.atomic_add(counter, 1, sem="release")


@triton.jit
def wait(counter, target):
    """Wait until the others have arrived too; what they wrote is seen from then on.

    The counter only grows, by one a program and round: no round can be taken for another.
    """
    while tl.atomic_add(counter, 0, sem="acquire") < target:
        pass
    tl.debug_barrier()


@triton.jit
def read(pointer, stride, at, valid, N: tl.constexpr, ACC: tl.constexpr):
    """N tiles, one a block."""
    found = ()
    for n in tl.static_range(N):
        tile = tl.load(pointer + n * stride + at, mask=valid, other=0)
        found = found + (tile.to(ACC),)
    return found


@triton.jit
def write(pointer, stride, at, valid, tiles, N: tl.constexpr):
    for n in tl.static_range(N):
        tl.store(pointer + n * stride + at, tiles[n].to(pointer.dtype.element_ty), mask=valid)


@triton.jit
def where(alive, new, old, N: tl.constexpr):
    found = ()
    for n in tl.static_range(N):
        found = found + (tl.where(alive, new[n], old[n]),)
    return found


@triton.jit
def add(one, other, N: tl.constexpr):
    found = ()
    for n in tl.static_range(N):
        found = found + (one[n] + other[n],)
    return found


@triton.jit
def zeros(like, N: tl.constexpr):
    found = ()
    for n in tl.static_range(N):
        found = found + (tl.zeros_like(like),)
    return found


@triton.jit
def apart(x, GP: tl.constexpr, BD: tl.constexpr, BB: tl.constexpr):
    """[GP * BD, BB] as a tuple of GP tiles [BD, BB]."""
    if GP == 1:
        return (x,)
    elif GP == 2:
        first, second = x.reshape(2, BD, BB).permute(1, 2, 0).split()
        return first, second
    else:
        low, high = x.reshape(2, 2, BD, BB).permute(2, 3, 1, 0).split()
        first, second = low.split()
        third, fourth = high.split()
        return first, second, third, fourth


@triton.jit
def together(x, G: tl.constexpr, GP: tl.constexpr, BD: tl.constexpr, BB: tl.constexpr):
    """A tuple of G tiles [BD, BB] as [GP, BD, BB], zero from block G on."""
    if GP == 1:
        return x[0].reshape(1, BD, BB)
    elif GP == 2:
        return tl.join(x[0], x[1]).permute(2, 0, 1)
    else:
        last = tl.zeros_like(x[0])
        if G == 4:
            last = x[3]
        low, high = tl.join(x[0], x[1]), tl.join(x[2], last)
        return tl.join(low, high).permute(3, 2, 0, 1).reshape(4, BD, BB)


@triton.jit
def rows_of(U, u, G: tl.constexpr, GP: tl.constexpr, D: tl.constexpr, BD: tl.constexpr,
            DC: tl.constexpr, N: tl.constexpr):
    """The rows of these units in each of G blocks of U, [GP * BD, DC] for each of N chunks."""
    row = tl.arange(0, GP * BD)[:, None]
    unit = u * BD + row % BD
    found = ()
    for n in tl.static_range(N):
        k = n * DC + tl.arange(0, DC)[None, :]
        valid = (row // BD < G) & (unit < D) & (k < D)
        found = found + (tl.load(U + (row // BD * D + unit) * D + k, mask=valid, other=0),)
    return found


@triton.jit
def columns_of(U, u, G: tl.constexpr, GP: tl.constexpr, D: tl.constexpr, BD: tl.constexpr,
               DC: tl.constexpr, N: tl.constexpr, CUT: tl.constexpr):
    """Their columns in each block of U, as rows: [GP * CUT, BD, DC / CUT] for each of N chunks.

    A chunk of a block is cut into CUT pieces, so that each warp has its own: of one product,
    several warps would all compute the same.
    """
    piece = tl.arange(0, GP * CUT)[:, None, None]
    block = piece // CUT
    unit = u * BD + tl.arange(0, BD)[None, :, None]
    found = ()
    for n in tl.static_range(N):
        k = n * DC + piece % CUT * (DC // CUT) + tl.arange(0, DC // CUT)[None, None, :]
        valid = (block < G) & (unit < D) & (k < D)
        found = found + (tl.load(U + (block * D + k) * D + unit, mask=valid, other=0),)
    return found


@triton.jit
def product(U, own, there, b, valid, stride, GP: tl.constexpr, D: tl.constexpr, BD: tl.constexpr,
            BB: tl.constexpr, DC: tl.constexpr, N: tl.constexpr, OWN: tl.constexpr,
            ACC: tl.constexpr, PRECISION: tl.constexpr):
    """U times the state of all units, taken apart: of our own tile, or of what lies `there`."""
    total = tl.zeros((GP * BD, BB), ACC)
    for n in tl.static_range(N):
        if OWN:
            x = own.to(U[n].dtype)
        else:
            k = n * DC + tl.arange(0, DC)[:, None]
            x = tl.load(there + b * stride + k, mask=valid & (k < D), other=0,
                        cache_modifier=".cg")
        # The last argument rounds nothing. It keeps the compiler from beginning the sum with `a`,
        # whose way there puts the barrier before the fence that wgmma wants between x and itself.
        total = tl.dot(U[n], x, total, input_precision=PRECISION, out_dtype=ACC,
                       max_num_imprecise_acc=1)
    return apart(total, GP, BD, BB)


@triton.jit
def product_back(U, own, there, b, valid, stride, G: tl.constexpr, GP: tl.constexpr,
                 D: tl.constexpr, BD: tl.constexpr, BB: tl.constexpr, DC: tl.constexpr,
                 N: tl.constexpr, CUT: tl.constexpr, OWN: tl.constexpr, ACC: tl.constexpr,
                 PRECISION: tl.constexpr):
    """Its way back: Uᵀ times the gradients of G blocks of all units, for the units we own."""
    total = tl.zeros((GP * CUT, BD, BB), ACC)
    piece = tl.arange(0, GP * CUT)[:, None, None]
    block = piece // CUT
    for n in tl.static_range(N):
        if OWN:
            x = together(own, G, GP, BD, BB).reshape(GP * CUT, BD // CUT, BB).to(U[n].dtype)
        else:
            k = n * DC + piece % CUT * (DC // CUT) + tl.arange(0, DC // CUT)[None, :, None]
            x = tl.load(there + b[None, :, :] * stride + block * D + k,
                        mask=valid[None, :, :] & (block < G) & (k < D), other=0,
                        cache_modifier=".cg")
        total = tl.dot(U[n], x, total, input_precision=PRECISION, out_dtype=ACC)
    return tl.sum(total, axis=0)


@triton.jit(do_not_specialize=["skip", "first", "stop", "B", "start", "c_stride"])
def forward(a, U, vectors, lengths, hs, cs, kept, heard, c_stride, counter, skip, first, stop, B,
            start, STEP: tl.constexpr, HEARD: tl.constexpr, HAS: tl.constexpr,
            STATES: tl.constexpr, VECTORS: tl.constexpr, GA: tl.constexpr, G: tl.constexpr,
            G2: tl.constexpr, GP: tl.constexpr, KEPT: tl.constexpr, D: tl.constexpr,
            BD: tl.constexpr, BB: tl.constexpr, DC: tl.constexpr, N: tl.constexpr,
            OWN: tl.constexpr, MEET: tl.constexpr, ACC: tl.constexpr, PRECISION: tl.constexpr):
    """Steps `first` to `stop`: states into slots first + 1 to stop of hs and cs, from slot first.

    Of the sequences, the first `skip` times BB are left to other launches.
    a (T, B, GA, D), U (G, D, D), hs (T + 1, B, D), cs (T + 1, B, D) or, with c_stride 0, (B, D),
    kept (T, B, KEPT, D), vectors (VECTORS, D). The last G2 blocks of U multiply not h but what
    HEARD makes of it, through `heard` (T, B, G2, D).
    """
    u, n_b = tl.program_id(0), skip + tl.program_id(1)
    unit = u * BD + tl.arange(0, BD)[:, None]
    b = n_b * BB + tl.arange(0, BB)[None, :]
    here, valid = b * D + unit, (b < B) & (unit < D)
    at_a, at_kept, at_heard = b * (GA * D) + unit, b * (KEPT * D) + unit, b * (G2 * D) + unit
    counter += n_b * 32
    target = 0
    G1: tl.constexpr = G - G2
    U_heard = ()
    for n in tl.static_range(G2):
        U_heard = U_heard + (rows_of(U + (G1 + n) * D * D, u, 1, 1, D, BD, DC, N),)
    U_all = rows_of(U, u, G1, GP, D, BD, DC, N)
    v = read(vectors, D, unit, unit < D, VECTORS, ACC)
    if lengths is not None:
        length = tl.load(lengths + b, mask=b < B, other=0)

    a += first.to(tl.int64) * B * GA * D
    hs += first.to(tl.int64) * B * D
    state = read(hs, 0, here, valid, 1, ACC)
    if STATES == 2:
        cs += first.to(tl.int64) * c_stride
        state = state + read(cs, 0, here, valid, 1, ACC)
    if KEPT > 0:
        kept += first.to(tl.int64) * B * KEPT * D
    if G2 > 0:
        heard += first.to(tl.int64) * B * G2 * D
    x = read(a, D, at_a, valid, GA, ACC)
    for t in range(first, stop):
        products = product(U_all, state[0], hs, b, b < B, D, GP, D, BD, BB, DC, N, OWN, ACC,
                           PRECISION)
        if G2 > 0:
            q = HEARD(x, products, state, HAS)
            write(heard, D, at_heard, valid, q, G2)
            if MEET:
                target += tl.num_programs(0)
                arrive(counter)
                wait(counter, target)
            for n in tl.static_range(G2):
                products = products + product(U_heard[n], q[n], heard + n * D, b, b < B, G2 * D, 1,
                                              D, BD, BB, DC, N, OWN, ACC, PRECISION)
            heard += B * G2 * D
        new, keep = STEP(x, products, state, v, start + t, HAS)
        if lengths is not None:
            new = where(t < length, new, state, STATES)
        h = new[0].to(hs.dtype.element_ty)             # rounded, as the others will read it
        hs += B * D
        tl.store(hs + here, h, mask=valid)
        if MEET:
            arrive(counter)                            # the rest need not be waited for
        if STATES == 2:
            cs += c_stride
            write(cs, 0, here, valid, (new[1],), 1)
            state = (h.to(ACC), new[1])
        else:
            state = (h.to(ACC),)
        if KEPT > 0:
            write(kept, D, at_kept, valid, keep, KEPT)
            kept += B * KEPT * D
        if t + 1 < stop:
            a += B * GA * D
            x = read(a, D, at_a, valid, GA, ACC)
            if MEET:
                target += tl.num_programs(0)
                wait(counter, target)


@triton.jit(do_not_specialize=["skip", "first", "stop", "B", "start"])
def backward(d_hs, d_cs, d_state, U, vectors, lengths, hs, cs, kept, d_a, d_u, d_v, counter, skip,
             first, stop, B, start,
             STEP_BACK: tl.constexpr, HEARD_BACK: tl.constexpr, HAS: tl.constexpr,
             STATES: tl.constexpr, VECTORS: tl.constexpr, GA: tl.constexpr, G: tl.constexpr,
             G2: tl.constexpr, GP: tl.constexpr, KEPT: tl.constexpr, D: tl.constexpr,
             BD: tl.constexpr, BB: tl.constexpr, DC: tl.constexpr, N: tl.constexpr,
             CUT: tl.constexpr, CUT_HEARD: tl.constexpr, OWN: tl.constexpr, MEET: tl.constexpr,
             ACC: tl.constexpr, PRECISION: tl.constexpr):
    """Steps `stop` - 1 down to `first`: gradients of U h into slots of d_u (T + 1, B, G, D).

    d_hs, d_cs (T, B, D) are the gradients of all h and c from outside, d_state (STATES, B, D)
    those of the states after step `stop` - 1, in the end those before `first` without what U h
    adds. d_a (T, B, GA, D) is None where it is d_u. To d_v (batch blocks, VECTORS, D) the sums
    over steps and sequences are added.
    """
    u, n_b = tl.program_id(0), skip + tl.program_id(1)
    unit = u * BD + tl.arange(0, BD)[:, None]
    b = n_b * BB + tl.arange(0, BB)[None, :]
    here, valid = b * D + unit, (b < B) & (unit < D)
    at_a, at_u, at_kept = b * (GA * D) + unit, b * (G * D) + unit, b * (KEPT * D) + unit
    counter += n_b * 32
    target = 0
    G1: tl.constexpr = G - G2
    U_heard = ()
    for n in tl.static_range(G2):
        U_heard = U_heard + (columns_of(U + (G1 + n) * D * D, u, 1, 1, D, BD, DC, N,
                                          CUT_HEARD),)
    U_all = columns_of(U, u, G1, GP, D, BD, DC, N, CUT)
    v = read(vectors, D, unit, unit < D, VECTORS, ACC)
    if lengths is not None:
        length = tl.load(lengths + b, mask=b < B, other=0)

    last = (stop - 1).to(tl.int64)
    d_hs += last * B * D
    if d_cs is not None:
        d_cs += last * B * D
    hs += last * B * D
    new = read(hs + B * D, 0, here, valid, 1, ACC)
    old = read(hs, 0, here, valid, 1, ACC)
    if STATES == 2:
        cs += last * B * D
        new = new + read(cs + B * D, 0, here, valid, 1, ACC)
        old = old + read(cs, 0, here, valid, 1, ACC)
    if d_a is not None:
        d_a += last * B * GA * D
    d_u += last * B * G * D
    kept += last * B * KEPT * D
    keep = read(kept, D, at_kept, valid, KEPT, ACC)
    d_out = read(d_hs, 0, here, valid, 1, ACC)
    d_after = read(d_state, B * D, here, valid, STATES, ACC)
    d_products = zeros(d_out[0], G1)
    d_vectors = zeros(d_out[0], VECTORS)
    for back in range(stop - first):
        t = stop - 1 - back
        d_h = product_back(U_all, d_products, d_u + B * G * D, b, b < B, G * D, G1, GP, D, BD, BB,
                           DC, N, CUT, OWN, ACC, PRECISION)
        d_h += d_out[0] + d_after[0]
        if d_cs is not None:
            d_new = (d_h, d_after[1] + read(d_cs, 0, here, valid, 1, ACC)[0])
            d_cs -= B * D
        elif STATES == 2:
            d_new = (d_h, d_after[1])
        else:
            d_new = (d_h,)
        d_heard = ()
        if G2 > 0:
            d_q = HEARD_BACK(keep, old, d_new, HAS)
            if lengths is not None:
                d_q = where(t < length, d_q, zeros(d_h, G2), G2)
            write(d_u + G1 * D, D, at_u, valid, d_q, G2)
            if MEET:
                target += tl.num_programs(0)
                arrive(counter)
                wait(counter, target)
            for n in tl.static_range(G2):
                d_heard = d_heard + (product_back(
                    U_heard[n], (d_q[n],), d_u + (G1 + n) * D, b, b < B, G * D, 1, 1, D, BD, BB, DC,
                    N, CUT_HEARD, OWN, ACC, PRECISION),)
        d_blocks, d_products, d_after, d_rows = STEP_BACK(keep, old, new, d_new, d_heard, v,
                                                          start + t, HAS)
        if lengths is not None:
            alive = t < length
            d_blocks = where(alive, d_blocks, zeros(d_h, GA), GA)
            d_products = where(alive, d_products, zeros(d_h, G1), G1)
            d_after = where(alive, d_after, d_new, STATES)
            d_rows = where(alive, d_rows, zeros(d_h, VECTORS), VECTORS)
        write(d_u, D, at_u, valid, d_products, G1)
        if MEET:
            arrive(counter)
        if d_a is not None:
            write(d_a, D, at_a, valid, d_blocks, GA)
            d_a -= B * GA * D
        d_vectors = add(d_vectors, d_rows, VECTORS)
        if t > first:
            d_hs -= B * D
            hs -= B * D
            kept -= B * KEPT * D
            d_u -= B * G * D
            new = old
            old = read(hs, 0, here, valid, 1, ACC)
            if STATES == 2:
                cs -= B * D
                old = old + read(cs, 0, here, valid, 1, ACC)
            keep = read(kept, D, at_kept, valid, KEPT, ACC)
            d_out = read(d_hs, 0, here, valid, 1, ACC)
            if MEET:
                target += tl.num_programs(0)
                wait(counter, target)
    write(d_state, B * D, here, valid, d_after, STATES)
    for n in tl.static_range(VECTORS):
        at = d_v + (n_b * VECTORS + n) * D + unit
        total = tl.sum(d_vectors[n], axis=1)[:, None]
        tl.store(at, tl.load(at, mask=unit < D) + total, mask=unit < D)
