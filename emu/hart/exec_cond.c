/*
 * exec_cond.c - the Zicond extension: rs1 or zero, as the condition in rs2 says.
 *
 * Spec: Unpriv. [ext:zicond].
 */
#include "emu/hart/exec.h"

#include <stdint.h>

void exec_czero_eqz(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs2(hart, insn) == 0 ? 0 : get_rs1(hart, insn));
    NEXT(hart, insn);
}

void exec_czero_nez(struct hart *hart, const struct insn *insn)
{
    set_rd(hart, insn, get_rs2(hart, insn) != 0 ? 0 : get_rs1(hart, insn));
    NEXT(hart, insn);
}
