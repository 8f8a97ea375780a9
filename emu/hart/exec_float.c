/*
 * exec_float.c - floating-point instructions that do not round: loads and stores, moves, signs,
 * minima, comparisons, classes.
 *
 * Spec: Unpriv. [single-float], [chap:d].
 */
#include "emu/hart/exec_float.h"

#include <stdbool.h>
#include <stdint.h>

#include "emu/hart/access.h"
#include "emu/hart/bits.h"
#include "emu/hart/exec_memory.h"
#include "emu/hart/float_quick.h"

/* What a register holds after a load of size bytes. */
static inline uint64_t loaded(unsigned size, uint64_t value)
{
    return size == 4 ? FLOAT_BOX | value : value;
}

/* The long ways, which may trap. */

__attribute__((noinline)) static bool load_far(struct hart *hart, const struct insn *insn,
                                               unsigned size)
{
    uint64_t value;

    hart_sync(hart, insn);
    if (!access_load(hart, effective_va(hart, insn), size, &value)) {
        return false;
    }
    set_double(hart, insn, loaded(size, value));
    return true;
}

__attribute__((noinline)) static void load_long(struct hart *hart, const struct insn *insn,
                                                unsigned size)
{
    if (!float_is_on(hart, insn)) {
        return;
    }
    uint64_t pa = take(hart, insn, size, MMU_LOAD);

    if (pa != HART_NOT_TAKEN) {
        set_double(hart, insn, loaded(size, load_bytes(bus_ram_at(hart->bus, pa), size)));
    } else if (!load_far(hart, insn, size)) {
        return;
    }
    go_on_behind(hart, insn);
}

__attribute__((noinline)) static void store_long(struct hart *hart, const struct insn *insn,
                                                 unsigned size)
{
    if (!store_unseen(hart, insn, size, get_double(hart, insn->rs2))) {
        return;
    }
    go_on_behind(hart, insn);
}

/* Until it is known that the load does not fault, FS must not become Dirty. */
static inline void load(struct hart *hart, const struct insn *insn, uint64_t rs1, unsigned size)
{
    const uint8_t *bytes;

    if (!float_is_dirty(hart) || !l0_load(&hart->l0, rs1 + get_imm(insn), size, &bytes)) {
        load_long(hart, insn, size);
        return;
    }
    put_double(hart, insn, loaded(size, load_bytes(bytes, size)));
    NEXT(hart, insn);
}

/* Of a single, the lower half goes to memory, boxed or not
 * [norm:FP_transfer_instrs_narrow_transfer_out]. */
static inline void store(struct hart *hart, const struct insn *insn, uint64_t rs1, unsigned size)
{
    if (!float_is_on(hart, insn)) {
        return;
    }
    uint8_t *bytes;

    if (!l0_store(&hart->l0, rs1 + get_imm(insn), size, &bytes)) {
        store_long(hart, insn, size);
        return;
    }
    store_bytes(bytes, size, get_double(hart, insn->rs2));
    NEXT(hart, insn);
}

HANDLER(flw)
{
    load(hart, insn, rs1, 4);
}

HANDLER(fld)
{
    load(hart, insn, rs1, 8);
}

HANDLER(fsw)
{
    store(hart, insn, rs1, 4);
}

HANDLER(fsd)
{
    store(hart, insn, rs1, 8);
}

/* Makes FS Dirty, and begins again an instruction that writes an f register and cannot fault. */
__attribute__((noinline)) static void make_dirty_first(struct hart *hart, const struct insn *insn)
{
    if (float_is_on(hart, insn)) {
        csr_float_make_dirty(hart);
        insn_execute(hart, insn);
    }
}

/* The lower half again, sign-extended [norm:fmv-x-w_op]. */
HANDLER(fmv_x_w)
{
    if (float_is_on(hart, insn)) {
        set_rd(hart, insn, sign_extend(get_double(hart, insn->rs1), 32));
        NEXT(hart, insn);
    }
}

HANDLER(fmv_x_d)
{
    if (float_is_on(hart, insn)) {
        set_rd(hart, insn, get_double(hart, insn->rs1));
        NEXT(hart, insn);
    }
}

HANDLER(fmv_w_x)
{
    if (!float_is_dirty(hart)) {
        make_dirty_first(hart, insn);
        return;
    }
    put_single(hart, insn, (uint32_t)get_rs1(hart, insn));
    NEXT(hart, insn);
}

HANDLER(fmv_d_x)
{
    if (!float_is_dirty(hart)) {
        make_dirty_first(hart, insn);
        return;
    }
    put_double(hart, insn, get_rs1(hart, insn));
    NEXT(hart, insn);
}

/* Sign injection is no transfer: it looks at the boxes. It changes no other bit of a NaN
 * [norm:fsgnj-s_fsgnjn-s_fsgnjx-s_op]. */

static uint32_t inject32(uint32_t magnitude, uint32_t sign)
{
    return (magnitude & ~FLOAT32_SIGN) | (sign & FLOAT32_SIGN);
}

static uint64_t inject64(uint64_t magnitude, uint64_t sign)
{
    return (magnitude & ~FLOAT64_SIGN) | (sign & FLOAT64_SIGN);
}

HANDLER(fsgnj_s)
{
    if (!float_is_dirty(hart)) {
        make_dirty_first(hart, insn);
        return;
    }
    uint32_t a = get_single(hart, insn->rs1);
    put_single(hart, insn, inject32(a, get_single(hart, insn->rs2)));
    NEXT(hart, insn);
}

HANDLER(fsgnjn_s)
{
    if (!float_is_dirty(hart)) {
        make_dirty_first(hart, insn);
        return;
    }
    uint32_t a = get_single(hart, insn->rs1);
    put_single(hart, insn, inject32(a, ~get_single(hart, insn->rs2)));
    NEXT(hart, insn);
}

HANDLER(fsgnjx_s)
{
    if (!float_is_dirty(hart)) {
        make_dirty_first(hart, insn);
        return;
    }
    uint32_t a = get_single(hart, insn->rs1);
    put_single(hart, insn, inject32(a, a ^ get_single(hart, insn->rs2)));
    NEXT(hart, insn);
}

HANDLER(fsgnj_d)
{
    if (!float_is_dirty(hart)) {
        make_dirty_first(hart, insn);
        return;
    }
    uint64_t a = get_double(hart, insn->rs1);
    put_double(hart, insn, inject64(a, get_double(hart, insn->rs2)));
    NEXT(hart, insn);
}

HANDLER(fsgnjn_d)
{
    if (!float_is_dirty(hart)) {
        make_dirty_first(hart, insn);
        return;
    }
    uint64_t a = get_double(hart, insn->rs1);
    put_double(hart, insn, inject64(a, ~get_double(hart, insn->rs2)));
    NEXT(hart, insn);
}

HANDLER(fsgnjx_d)
{
    if (!float_is_dirty(hart)) {
        make_dirty_first(hart, insn);
        return;
    }
    uint64_t a = get_double(hart, insn->rs1);
    put_double(hart, insn, inject64(a, a ^ get_double(hart, insn->rs2)));
    NEXT(hart, insn);
}

typedef uint32_t choose32_fn(uint32_t a, uint32_t b, unsigned *flags);
typedef uint64_t choose64_fn(uint64_t a, uint64_t b, unsigned *flags);

static bool choose32(struct hart *hart, const struct insn *insn, choose32_fn *choose)
{
    unsigned flags = hart->csr.fflags;

    if (!float_is_on(hart, insn)) {
        return false;
    }
    set_single(hart, insn,
               choose(get_single(hart, insn->rs1), get_single(hart, insn->rs2), &flags));
    accrue_flags(hart, flags);
    return true;
}

static bool choose64(struct hart *hart, const struct insn *insn, choose64_fn *choose)
{
    unsigned flags = hart->csr.fflags;

    if (!float_is_on(hart, insn)) {
        return false;
    }
    set_double(hart, insn,
               choose(get_double(hart, insn->rs1), get_double(hart, insn->rs2), &flags));
    accrue_flags(hart, flags);
    return true;
}

HANDLER(fmin_s)
{
    if (choose32(hart, insn, float32_min)) {
        NEXT(hart, insn);
    }
}

HANDLER(fmin_d)
{
    if (choose64(hart, insn, float64_min)) {
        NEXT(hart, insn);
    }
}

HANDLER(fmax_s)
{
    if (choose32(hart, insn, float32_max)) {
        NEXT(hart, insn);
    }
}

HANDLER(fmax_d)
{
    if (choose64(hart, insn, float64_max)) {
        NEXT(hart, insn);
    }
}

typedef bool compare32_fn(uint32_t a, uint32_t b, unsigned *flags);
typedef bool quick_compare32_fn(uint32_t a, uint32_t b, bool *result);

__attribute__((noinline)) static void compare32_long(struct hart *hart, const struct insn *insn,
                                                     compare32_fn *compare)
{
    unsigned flags = hart->csr.fflags;

    if (!float_is_on(hart, insn)) {
        return;
    }
    set_rd(hart, insn, compare(get_single(hart, insn->rs1), get_single(hart, insn->rs2), &flags));
    accrue_flags(hart, flags);
    NEXT(hart, insn);
}

__attribute__((always_inline)) static inline void compare32(struct hart *hart,
                                                            const struct insn *insn,
                                                            quick_compare32_fn *quick,
                                                            compare32_fn *compare)
{
    uint64_t a = hart->f[insn->rs1];
    uint64_t b = hart->f[insn->rs2];
    bool result;

    if (float_is_dirty(hart) && is_boxed(a & b) && quick((uint32_t)a, (uint32_t)b, &result)) {
        set_rd(hart, insn, result);
        NEXT(hart, insn);
    }
    compare32_long(hart, insn, compare);
}

typedef bool compare64_fn(uint64_t a, uint64_t b, unsigned *flags);
typedef bool quick_compare64_fn(uint64_t a, uint64_t b, bool *result);

__attribute__((noinline)) static void compare64_long(struct hart *hart, const struct insn *insn,
                                                     compare64_fn *compare)
{
    unsigned flags = hart->csr.fflags;

    if (!float_is_on(hart, insn)) {
        return;
    }
    set_rd(hart, insn, compare(get_double(hart, insn->rs1), get_double(hart, insn->rs2), &flags));
    accrue_flags(hart, flags);
    NEXT(hart, insn);
}

__attribute__((always_inline)) static inline void compare64(struct hart *hart,
                                                            const struct insn *insn,
                                                            quick_compare64_fn *quick,
                                                            compare64_fn *compare)
{
    bool result;

    if (float_is_dirty(hart) &&
        quick(get_double(hart, insn->rs1), get_double(hart, insn->rs2), &result)) {
        set_rd(hart, insn, result);
        NEXT(hart, insn);
    }
    compare64_long(hart, insn, compare);
}

HANDLER(feq_s)
{
    compare32(hart, insn, float32_quick_eq, float32_eq);
}

HANDLER(feq_d)
{
    compare64(hart, insn, float64_quick_eq, float64_eq);
}

HANDLER(flt_s)
{
    compare32(hart, insn, float32_quick_lt, float32_lt);
}

HANDLER(flt_d)
{
    compare64(hart, insn, float64_quick_lt, float64_lt);
}

HANDLER(fle_s)
{
    compare32(hart, insn, float32_quick_le, float32_le);
}

HANDLER(fle_d)
{
    compare64(hart, insn, float64_quick_le, float64_le);
}

HANDLER(fclass_s)
{
    if (float_is_on(hart, insn)) {
        set_rd(hart, insn, float32_classify(get_single(hart, insn->rs1)));
        NEXT(hart, insn);
    }
}

HANDLER(fclass_d)
{
    if (float_is_on(hart, insn)) {
        set_rd(hart, insn, float64_classify(get_double(hart, insn->rs1)));
        NEXT(hart, insn);
    }
}
