"""One small break per rule: (rule, file, text, what it becomes). The text stands in the file exactly once.

Each is a mistake that someone could make, and the test of its rule must see it. Without a row: AD-04, as one
hart never loses the race of step 9 (tests/mmu/step9_test.c does); FEN-06, as every mistake in it is over-fencing,
which is legal, or breaks FEN-01 to FEN-04; PRI-01, PRI-03, PRI-04, RET-04, SATP-07, SATP-08, FEN-07, FEN-09,
FEN-10, FEN-12, FEN-13, FEN-15, FEN-19, AD-11, AD-13, TRP-04, PRM-13, PTW-15, NAP-02, RSW-01, PTE-02, PTE-03, which allow
several behaviours or say the same as a rule that has a row.
"""

ACCESS = "emu/hart/access.c"
BANK = "mmu/bank.c"
BANK_H = "mmu/bank.h"
CSR = "emu/hart/csr.c"
MMU = "mmu/mmu.c"
MMU_H = "mmu/mmu.h"
PERMISSION = "mmu/permission.h"
PMP = "emu/hart/pmp.h"
SYSTEM = "emu/hart/exec_system.c"
TRANSLATE = "mmu/translate.c"
TRAP = "emu/hart/trap.c"
UNIT = "mmu/unit.h"
WALK = "mmu/walk.c"
WALK_H = "mmu/walk.h"

RULE_MUTANTS = [
    ("SATP-01", WALK, "(walk->mode.satp & SATP_PPN) << PAGE_SHIFT", "(walk->mode.satp & 0xfff) << PAGE_SHIFT"),
    ("SATP-02", CSR, "if (mmu_supports_mode(hart->mmu, value)) {", "{"),
    ("SATP-03", MMU_H, "&& mode->satp >> SATP_MODE_SHIFT != SATP_MODE_BARE", "&& mode->satp != ~UINT64_C(0)"),
    ("SATP-05", CSR, "field_get(value, SATP_ASID) & (asid_limit - 1)", "field_get(value, SATP_ASID) & 0xfff0"),
    ("SATP-06", MMU_H, "return mode->privilege != MMU_MACHINE && mode", "return mode"),
    ("SATP-09", BANK_H, "(entry->space == space || ", "(true || "),
    ("SATP-10", CSR, "MSTATUS_TVM) != 0", "MSTATUS_TVM) == 2"),
    ("VA-01", WALK_H, "return (va + (UINT64_C(1) << (width - 1))) >> width == 0;", "return width != 0;"),
    ("VA-02", TRANSLATE, "if (!walk_is_canonical(mode->satp, va)) {", "if (false) {"),
    ("VA-03", TRANSLATE, "if (!mmu_is_active(mode)) {", "if (!mmu_is_active(mode) && va >> 39 == 0) {"),
    ("VA-04", WALK, "(va >> (PAGE_SHIFT + level * VPN_BITS)) & ((1u << VPN_BITS) - 1)", "(va >> (PAGE_SHIFT + level * VPN_BITS)) & ((1u << VPN_BITS) - 2)"),
    ("VA-05", TRAP, "csr->mepc = hart->pc;", "csr->mepc = hart->pc & 0x7fffffffff;"),
    ("PTW-01", WALK, ".level = walk_levels(walk->mode.satp) - 1,", ".level = walk_levels(walk->mode.satp) - 2,"),
    ("PTW-02", WALK, "vpn_index(walk->va, at->level) * PTE_SIZE", "vpn_index(walk->va, at->level) * 4"),
    ("PTW-03", WALK, "return rule == MMU_PTE_UNREADABLE || rule == MMU_PTE_UNWRITABLE", "return rule == MMU_PTE_UNWRITABLE"),
    ("PTW-04", ACCESS, "pmp_allows(&hart->pmp, pa, PTE_SIZE, access, MMU_SUPERVISOR)", "pmp_allows(&hart->pmp, pa, PTE_SIZE, access, MMU_MACHINE)"),
    ("PTW-05", WALK, "if (!pte_is_valid(pte)) {", "if (pte == 0) {"),
    ("PTW-06", WALK, "(pte & (PTE_R | PTE_W)) == PTE_W", "(pte & (PTE_R | PTE_W | PTE_X)) == PTE_W"),
    ("PTW-07", WALK, "if ((pte & PTE_RESERVED) != 0) {", "if (pte_is_leaf(pte) && (pte & PTE_RESERVED) != 0) {"),
    ("PTW-08", WALK, "return MMU_NO_LEAF;", "return MMU_PTE_UNREADABLE;"),
    ("PTW-09", "mmu/pte.h", "(pte & (PTE_R | PTE_X)) != 0", "(pte & PTE_R) != 0"),
    ("PTW-10", WALK, "if (!is_aligned(leaf->pte, leaf->level)) {", "if (leaf->level == 2 && !is_aligned(leaf->pte, leaf->level)) {"),
    ("PTW-11", WALK_H, "& ~offset_mask) | (va & offset_mask)", "& ~offset_mask) | (va & offset_mask & 0x1fffff)"),
    ("PTW-12", TRAP, "[MMU_STORE] = TRAP_STORE_PAGE_FAULT", "[MMU_STORE] = TRAP_LOAD_PAGE_FAULT"),
    ("PTW-13", "mmu/pte.h", "#define PTE_PPN UINT64_C(0x003ffffffffffc00)", "#define PTE_PPN UINT64_C(0x000ffffffffffc00)"),
    ("PTW-14", ACCESS, "if (!pmp_allows(&hart->pmp, part->pa, part->size, part->access, mode->privilege)) {", "if (false) {"),
    ("PTW-16", WALK, "if (walk->rule == MMU_ALLOWED) {\n            walk->rule = set_accessed_dirty", "if (walk->rule != MMU_NOT_VALID && leaf != NULL) {\n            walk->rule = set_accessed_dirty"),
    ("PTE-01", "mmu/pte.h", "UINT64_C(0x1fc0000000000000)", "UINT64_C(0x1f80000000000000)"),
    ("PTE-04", WALK, "(pte & (PTE_D | PTE_A | PTE_U)) != 0", "(pte & (PTE_D | PTE_A)) != 0"),
    ("PTE-05", WALK, "if ((pte & PTE_RESERVED) != 0) {", "if ((pte & (PTE_RESERVED | PTE_RSW)) != 0) {"),
    ("PTE-06", WALK, "(pte & (PTE_D | PTE_A | PTE_U)) != 0", "(pte & (PTE_D | PTE_A | PTE_U | PTE_G)) != 0"),
    ("PTE-07", PERMISSION, "bool is_user_page = (pte & PTE_U) != 0;", "bool is_user_page = (pte & (PTE_U | PTE_G)) != 0;"),
    ("PTE-08", PERMISSION, "case MMU_FETCH: return (pte & PTE_X) != 0", "case MMU_FETCH: return (pte & (PTE_X | PTE_R)) == (PTE_X | PTE_R)"),
    ("PRM-01", PERMISSION, "case MMU_FETCH: return (pte & PTE_X) != 0", "case MMU_FETCH: return (pte & (PTE_X | PTE_R)) != 0"),
    ("PRM-02", PERMISSION, "return (pte & readable) != 0 ? MMU_ALLOWED : MMU_NOT_READABLE;", "return readable != 0 ? MMU_ALLOWED : MMU_NOT_READABLE;"),
    ("PRM-03", PERMISSION, "case MMU_STORE: return (pte & PTE_W) != 0", "case MMU_STORE: return (pte & PTE_R) != 0"),
    ("PRM-04", ACCESS, "uint64_t operand,\n                uint64_t *old)\n{\n    struct part part = {.access = MMU_STORE", "uint64_t operand,\n                uint64_t *old)\n{\n    struct part part = {.access = MMU_LOAD"),
    ("PRM-05", PERMISSION, "return is_user_page ? MMU_ALLOWED : MMU_NOT_FOR_USER;", "return MMU_ALLOWED;"),
    ("PRM-06", PERMISSION, "(access == MMU_FETCH || !mode->sum)", "(access == MMU_FETCH || access == MMU_STORE || !mode->sum)"),
    ("PRM-07", PERMISSION, "(access == MMU_FETCH || !mode->sum)", "(!mode->sum)"),
    ("PRM-08", ACCESS, ".sum = (mstatus & MSTATUS_SUM) != 0,", ".sum = !is_lent && (mstatus & MSTATUS_SUM) != 0,"),
    ("PRM-09", PERMISSION, "uint64_t readable = mode->mxr ? PTE_R | PTE_X : PTE_R;", "uint64_t readable = mode->mxr ? PTE_X : PTE_R;"),
    ("PRM-10", PERMISSION, "uint64_t readable = mode->mxr ? PTE_R | PTE_X : PTE_R;", "uint64_t readable = mode->mxr && mode->privilege == MMU_SUPERVISOR ? PTE_R | PTE_X : PTE_R;"),
    ("PRM-11", UNIT, "pte_is_valid(pte) ? permission_check(pte, request->mode, request->access) : MMU_NOT_VALID;", "MMU_ALLOWED;"),
    ("PRM-12", ACCESS, "if (!pmp_allows(&hart->pmp, part->pa, part->size, part->access, mode->privilege)) {", "if (!mode->mxr && !pmp_allows(&hart->pmp, part->pa, part->size, part->access, mode->privilege)) {"),
    ("PRM-14", CSR, "MSTATUS_MPRV | MSTATUS_SUM | MSTATUS_MXR", "MSTATUS_MPRV | MSTATUS_MXR"),
    ("MPR-01", ACCESS, "is_lent ? (enum mmu_privilege)field_get(mstatus, MSTATUS_MPP) : hart->privilege", "is_lent ? MMU_SUPERVISOR : hart->privilege"),
    ("MPR-02", ACCESS, "bool is_lent = access != MMU_FETCH && ", "bool is_lent = "),
    ("MPR-03", MMU_H, "return mode->privilege != MMU_MACHINE && mode", "return mode"),
    ("MPR-04", TRAP, "if (previous != MMU_MACHINE) {", "if (false) {"),
    ("MPR-05", TRAP, "return hart->privilege != MMU_MACHINE && (hart->csr.medeleg", "return (hart->csr.medeleg"),
    ("AD-02", PERMISSION, "uint64_t wanted = access == MMU_STORE ? PTE_A | PTE_D : PTE_A;", "uint64_t wanted = access != MMU_FETCH ? PTE_A | PTE_D : PTE_A;"),
    ("AD-05", UNIT, "answer.is_hit = answer.rule != MMU_ALLOWED || permission_missing_ad(pte, request->access) == 0;", "answer.is_hit = true;"),
    ("AD-07", WALK, "if (!memory->may_write_pte(memory->ctx, leaf->pte_pa)) {", "if (false) {"),
    ("AD-08", WALK, "if (walk->rule == MMU_ALLOWED) {\n            walk->rule = set_accessed_dirty", "if (walk->rule != MMU_NOT_VALID && leaf != NULL) {\n            walk->rule = set_accessed_dirty"),
    ("AD-10", WALK, "walk->pte = leaf->pte | missing;", "walk->pte = (leaf->pte & ~PTE_D) | missing;"),
    ("AD-12", CSR, "hart->ad == HART_AD_SVADU ? MENVCFG_ADUE : 0", "0"),
    ("AD-15", ACCESS, "translate(hart, &mode, &part[1]);", "part[1].pa = part[0].pa + left;\n        part[1].status = MMU_OK;"),
    ("FEN-01", BANK, "        return entry->held;\n", "        return entry->held & ~(unsigned)entry->globals;\n"),
    ("FEN-02", BANK, "return entry->space == fence->asid ? entry->held & ~(unsigned)entry->globals : 0;", "return 0;"),
    ("FEN-03", MMU, "if (adapt(mmu, &adapted)) {", "if (adapt(mmu, &adapted) && (fence->has_asid || !fence->has_va)) {"),
    ("FEN-04", MMU, "if (adapt(mmu, &adapted)) {", "if (adapt(mmu, &adapted) && !(fence->has_asid && fence->has_va)) {"),
    ("FEN-05", BANK, "killed += fence_page(bank, fence, log2_of(sizes & -sizes));", "killed += (sizes & 1) != 0 ? fence_page(bank, fence, MMU_4K) : 0;"),
    ("FEN-08", MMU, "fence->asid &= mmu->asid_mask;", ";"),
    ("FEN-11", SYSTEM, "mmu_fence(hart->mmu, &fence);", "(void)fence;"),
    ("FEN-14", BANK_H, "(entry->space == space || ", "(true || "),
    ("FEN-18", SYSTEM, "if (!is_allowed(hart, MSTATUS_TVM)) {", "if (!is_allowed(hart, 0)) {"),
    ("TRP-01", ACCESS, "), part->va);\n    return false;", "), status == MMU_ACCESS_FAULT ? part->pa : part->va);\n    return false;"),
    ("TRP-02", ACCESS, "part[1].va += left;", ";"),
    ("TRP-03", ACCESS, "part.va += PARCEL_BYTES;", ";"),
    ("TRP-05", ACCESS, "return admit_to_ram(hart, &mode, &part[0]) && admit_to_ram(hart, &mode, &part[1]);", "return admit_to_ram(hart, &mode, &part[1]) && admit_to_ram(hart, &mode, &part[0]);"),
    ("TRP-06", TRAP, "csr->mepc = hart->pc;", "csr->mepc = hart->next_pc;"),
    ("TRP-07", "emu/hart/trap.h", "TRAP_STORE_ACCESS_FAULT = 7,", "TRAP_STORE_ACCESS_FAULT = 5,"),
    ("TRP-08", TRAP, "return hart->privilege != MMU_MACHINE && (hart->csr.medeleg", "return hart->privilege == MMU_USER && (hart->csr.medeleg"),
    ("TRP-09", CSR, "#define MEDELEG_WRITABLE UINT64_C(0xb3ff)", "#define MEDELEG_WRITABLE UINT64_C(0xbbff)"),
    ("TRP-10", TRAP, "csr->scause = cause;", "csr->mcause = cause;"),
    ("TRP-11", TRAP, "csr->mstatus = field_set(csr->mstatus, MSTATUS_SPIE, field_get(csr->mstatus, MSTATUS_SIE));\n    csr->mstatus = field_set(csr->mstatus, MSTATUS_SIE, 0);", "csr->mstatus = field_set(csr->mstatus, MSTATUS_SPIE, field_get(csr->mstatus, MSTATUS_SIE));"),
    ("TRP-12", TRAP, "== TVEC_VECTORED && (cause & TRAP_IS_INTERRUPT) != 0", "== TVEC_VECTORED"),
    ("TRP-13", SYSTEM, "trap_raise(hart, causes[hart->privilege], 0);", "trap_raise(hart, causes[hart->privilege], hart->pc);"),
    ("TRP-14", CSR, "#define EPC_WRITABLE (~UINT64_C(1))", "#define EPC_WRITABLE (~UINT64_C(1) >> 25)"),
    ("TRP-15", TRAP, "csr->mtval = tval;", "csr->mtval = tval;\n    csr->stval = tval;"),
    ("PRI-02", ACCESS, "if (part->status != MMU_OK) {\n        return fault(hart, part, part->status,", "if (part->status != MMU_OK) {\n        return fault(hart, part, MMU_ACCESS_FAULT,"),
    ("RET-01", TRAP, "csr->mstatus |= MSTATUS_MPIE;", ";"),
    ("RET-02", SYSTEM, "if (!is_allowed(hart, MSTATUS_TSR)) {", "if (!is_allowed(hart, 0)) {"),
    ("RET-03", CSR, "bool keeps_mpp = field_get(value, MSTATUS_MPP) == MPP_RESERVED;", "bool keeps_mpp = false;"),
    ("VIR-01", SYSTEM, "if (!is_allowed(hart, MSTATUS_TVM)) {", "if (!is_allowed(hart, 0)) {"),
    ("VIR-02", SYSTEM, "if (!is_allowed(hart, MSTATUS_TW)) {", "if (!is_allowed(hart, 0)) {"),
    ("PMP-01", ACCESS, "if (!pmp_allows(&hart->pmp, pa, PTE_SIZE, access, MMU_SUPERVISOR)) {", "if (access == MMU_STORE && !pmp_allows(&hart->pmp, pa, PTE_SIZE, access, MMU_SUPERVISOR)) {"),
    ("PMP-02", PMP, "if (pa < rule->first || last > rule->last) {", "if (pa < rule->first) {"),
    ("NAP-01", WALK, "(pte_ppn(pte) & NAPOT_PPN_MASK) == NAPOT_64K", "(pte_ppn(pte) & NAPOT_64K) == NAPOT_64K"),
    ("PBM-01", WALK, "pte_is_leaf(pte) && (pte & PTE_PBMT) != PTE_PBMT", "pte_is_leaf(pte)"),
    ("INV-01", SYSTEM, "if (hart->privilege == MMU_USER) {", "if (false) {"),
]
