"""deviations.py - what QEMU 7.2 does otherwise than the manual says, or than pagewalk where both may.

Cases leave it out; differential_test.py --include=NAME has it all the same, and shows what QEMU does. What
the manual leaves open, and cannot be left out of a case, runtime.S does not keep: mtval of EBREAK.
"""

DEVIATIONS = {
    "misaligned-amo": "a misaligned AMO traps as a misaligned load, cause 4; Priv. [norm:mcause_exccode_st_sc_amo] "
    "has cause 6",
    "misaligned-sc": "a misaligned SC without a reservation fails and does not trap; Unpriv. [norm:lr_sc_alignment] "
    "wants a trap",
    "misaligned-unmapped": "a misaligned access that faults leaves the aligned address in mtval; Priv. "
    "[norm:mtval_vaddr_wr2] wants that of the part that faulted",
    "read-only-csr": "CSRRS and CSRRC of a read-only CSR with a register that holds zero are done; Unpriv. "
    "[norm:csrrs_csrrc_rs1_x0] excepts x0 alone",
    "ctzw": "CTZW of a register whose lower half is zero counts on into the upper half; Unpriv. [insns-ctzw] "
    "has 32",
    "new-extensions": "QEMU 7.2 has no Zicond, Zicbom and Zicboz: their instructions are illegal there",
}

# The instructions of new-extensions: (mask, match).
NEW_INSTRUCTIONS = (
    (0xFE00507F, 0x0E005033),  # CZERO.EQZ, CZERO.NEZ
    (0x0000707F, 0x0000200F),  # CBO.INVAL, CBO.CLEAN, CBO.FLUSH, CBO.ZERO
)
