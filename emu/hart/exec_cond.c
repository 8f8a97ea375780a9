/*
 * exec_cond.c - the Zicond extension: rs1 or zero, as the condition in rs2 says.
 *
 * Spec: Unpriv. [ext:zicond].
 */
#include "emu/hart/exec.h"

#include <stdint.h>

COMPUTES(czero_eqz)
{
    return get_rs2(hart, insn) == 0 ? 0 : rs1;
}

COMPUTES(czero_nez)
{
    return get_rs2(hart, insn) != 0 ? 0 : rs1;
}
