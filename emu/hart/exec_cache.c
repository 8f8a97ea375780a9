/*
 * exec_cache.c - Zicbom and Zicboz: operations on the cache block that holds the address in rs1.
 *
 * No caches are modelled: to clean, flush or invalidate a block changes nothing, but is checked as
 * a real one is. PREFETCH (Zicbop) is a HINT, an ORI with rd = x0.
 *
 * Spec: Unpriv. [cmo], [ext:zicbom], [ext:zicboz], [csr_state]; rules CBO-01 to CBO-03.
 */
#include "emu/hart/exec.h"

#include <stdbool.h>
#include <stdint.h>

#include "emu/hart/access.h"
#include "emu/hart/csr.h"
#include "emu/hart/hart.h"

/* M-mode may do all; below it a field of menvcfg must not be 0, and in U-mode that of senvcfg, too.
 * Of CBIE's two other values one makes of CBO.INVAL a flush, which is the same here. */
static bool is_enabled(const struct hart *hart, uint64_t field)
{
    if (hart->privilege == MMU_MACHINE) {
        return true;
    }
    if (hart->privilege == MMU_USER && (hart->csr.senvcfg & field) == 0) {
        return false;
    }
    return (hart->csr.menvcfg & field) != 0;
}

static void manage_block(struct hart *hart, const struct insn *insn, uint64_t field)
{
    if (!is_enabled(hart, field)) {
        raise_illegal(hart, insn);
        return;
    }
    hart_sync(hart, insn);
    if (access_manage_block(hart, get_rs1(hart, insn))) {
        go_on_behind(hart, insn);
    }
}

/* [norm:cbo-inval] */
HANDLER(cbo_inval)
{
    manage_block(hart, insn, ENVCFG_CBIE);
}

/* [norm:cbo-clean_cbo-flush] */
HANDLER(cbo_clean)
{
    manage_block(hart, insn, ENVCFG_CBCFE);
}

HANDLER(cbo_flush)
{
    manage_block(hart, insn, ENVCFG_CBCFE);
}

/* [norm:cbo-zero_basedon_xenvcfg-CBZE] */
HANDLER(cbo_zero)
{
    if (!is_enabled(hart, ENVCFG_CBZE)) {
        raise_illegal(hart, insn);
        return;
    }
    hart_sync(hart, insn);
    if (access_zero_block(hart, get_rs1(hart, insn))) {
        go_on_behind(hart, insn);
    }
}
