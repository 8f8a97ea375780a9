#include "emu/hart/csr.h"

#include <string.h>

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "emu/hart/hart.h"
#include "mmu/geometry.h"
#include "tests/support/bench_hart.h"
#include "tests/support/csr_bench.h"

#define ONES UINT64_MAX
#define MSTATUS_XL UINT64_C(0x0000000a00000000)    /* UXL = SXL = 2 */
#define MSTATUS_DIRTY UINT64_C(0x8000000000000000) /* SD */
#define SV39 (UINT64_C(8) << 60)

static struct bench_hart bench;
static struct hart *const hart = &bench.hart;

static void start(void)
{
    bench_init(&bench);
}

static void finish(void)
{
    bench_finish(&bench);
}

TestSuite(csr, .init = start, .fini = finish);

static uint64_t get(unsigned number)
{
    return csr_bench_get(hart, number);
}

static void set(unsigned number, uint64_t value)
{
    csr_bench_set(hart, number, value);
}

/* CSRRS and CSRRC as exec_system.c does them. */
static uint64_t set_bits(unsigned number, uint64_t bits)
{
    uint64_t old = get(number);
    set(number, csr_modify_base(hart, number, old) | bits);
    return old;
}

static uint64_t clear_bits(unsigned number, uint64_t bits)
{
    uint64_t old = get(number);
    set(number, csr_modify_base(hart, number, old) & ~bits);
    return old;
}

/* Which CSRs there are. */

static const struct {
    unsigned first;
    unsigned last;
    const char *name; /* of the first */
} csr_ranges[] = {
    {FFLAGS, FFLAGS, "fflags"},
    {FRM, FRM, "frm"},
    {FCSR, FCSR, "fcsr"},
    {SSTATUS, SSTATUS, "sstatus"},
    {SIE, SIE, "sie"},
    {STVEC, STVEC, "stvec"},
    {SCOUNTEREN, SCOUNTEREN, "scounteren"},
    {SENVCFG, SENVCFG, "senvcfg"},
    {SSCRATCH, SSCRATCH, "sscratch"},
    {SEPC, SEPC, "sepc"},
    {SCAUSE, SCAUSE, "scause"},
    {STVAL, STVAL, "stval"},
    {SIP, SIP, "sip"},
    {STIMECMP, STIMECMP, "stimecmp"},
    {SATP, SATP, "satp"},
    {MSTATUS, MSTATUS, "mstatus"},
    {MISA, MISA, "misa"},
    {MEDELEG, MEDELEG, "medeleg"},
    {MIDELEG, MIDELEG, "mideleg"},
    {MIE, MIE, "mie"},
    {MTVEC, MTVEC, "mtvec"},
    {MCOUNTEREN, MCOUNTEREN, "mcounteren"},
    {MENVCFG, MENVCFG, "menvcfg"},
    {MCOUNTINHIBIT, MCOUNTINHIBIT, "mcountinhibit"},
    {MHPMEVENT3, MHPMEVENT3 + 28, "mhpmevent3"},
    {MSCRATCH, MSCRATCH, "mscratch"},
    {MEPC, MEPC, "mepc"},
    {MCAUSE, MCAUSE, "mcause"},
    {MTVAL, MTVAL, "mtval"},
    {MIP, MIP, "mip"},
    {PMPCFG0, PMPCFG0, "pmpcfg0"},
    {PMPCFG2, PMPCFG2, "pmpcfg2"},
    {PMPADDR0, PMPADDR0 + 15, "pmpaddr0"},
    {MCYCLE, MCYCLE, "mcycle"},
    {MINSTRET, MINSTRET, "minstret"},
    {MHPMCOUNTER3, MHPMCOUNTER3 + 28, "mhpmcounter3"},
    {CYCLE, CYCLE, "cycle"},
    {TIME, TIME, "time"},
    {INSTRET, INSTRET, "instret"},
    {HPMCOUNTER3, HPMCOUNTER31, "hpmcounter3"},
    {MVENDORID, MVENDORID, "mvendorid"},
    {0xf12, 0xf12, "marchid"},
    {0xf13, 0xf13, "mimpid"},
    {0xf14, 0xf14, "mhartid"},
    {MCONFIGPTR, MCONFIGPTR, "mconfigptr"},
};

static bool is_listed(unsigned number)
{
    for (size_t i = 0; i < sizeof csr_ranges / sizeof *csr_ranges; i++) {
        if (number >= csr_ranges[i].first && number <= csr_ranges[i].last) {
            return true;
        }
    }
    return false;
}

Test(csr, those_and_only_those_on_the_list_exist)
{
    set(MSTATUS, MSTATUS_FS); /* or else fcsr and its parts are hidden */
    for (unsigned number = 0; number < CSR_COUNT; number++) {
        cr_expect(eq(int, csr_check(hart, number, false), is_listed(number)), "0x%x", number);
        cr_expect(eq(int, csr_name(number) != NULL, is_listed(number)), "0x%x", number);
    }
    cr_expect(csr_name(CSR_COUNT) == NULL);
}

Test(csr, names_are_the_manuals)
{
    for (size_t i = 0; i < sizeof csr_ranges / sizeof *csr_ranges; i++) {
        cr_expect(eq(str, (char *)csr_name(csr_ranges[i].first), (char *)csr_ranges[i].name));
    }
    cr_expect(eq(str, (char *)csr_name(PMPADDR0 + 15), "pmpaddr15"));
    cr_expect(eq(str, (char *)csr_name(MHPMEVENT3 + 28), "mhpmevent31"));
    cr_expect(eq(str, (char *)csr_name(MHPMCOUNTER3 + 28), "mhpmcounter31"));
    cr_expect(eq(str, (char *)csr_name(HPMCOUNTER31), "hpmcounter31"));
}

/* Who may reach them. */

Test(csr, the_number_says_the_lowest_privilege_and_what_is_read_only)
{
    static const enum mmu_privilege privileges[] = {MMU_USER, MMU_SUPERVISOR, MMU_MACHINE};

    set(MSTATUS, MSTATUS_FS);
    hart->csr.mcounteren = hart->csr.scounteren = 0xffffffff;
    hart->csr.menvcfg = UINT64_MAX;
    for (unsigned number = 0; number < CSR_COUNT; number++) {
        for (unsigned i = 0; is_listed(number) && i < 3; i++) {
            hart->privilege = privileges[i];
            bool may_read = privileges[i] >= (number & 0x300) >> 8;
            bool may_write = may_read && (number & 0xc00) != 0xc00;
            cr_expect(eq(int, csr_check(hart, number, false), may_read), "%s", csr_name(number));
            cr_expect(eq(int, csr_check(hart, number, true), may_write), "%s", csr_name(number));
        }
    }
}

Test(csr, an_illegal_read_leaves_the_value_alone)
{
    uint64_t value = 7;
    hart->privilege = MMU_SUPERVISOR;
    cr_expect(not(csr_read(hart, MSCRATCH, false, &value)), "no privilege");
    cr_expect(not(csr_read(hart, 0x3a1, false, &value)), "no such CSR");
    hart->privilege = MMU_MACHINE;
    cr_expect(not(csr_read(hart, CYCLE, true, &value)), "read-only");
    cr_expect(eq(u64, value, 7));
}

Test(csr, tvm_keeps_satp_from_s_only)
{
    hart->csr.mstatus |= MSTATUS_TVM;
    hart->privilege = MMU_SUPERVISOR;
    cr_expect(not(csr_check(hart, SATP, false)), "S, read");
    cr_expect(not(csr_check(hart, SATP, true)), "S, write");
    cr_expect(csr_check(hart, SSCRATCH, true), "S, another CSR");
    hart->privilege = MMU_MACHINE;
    cr_expect(csr_check(hart, SATP, true), "M");
    hart->csr.mstatus &= ~MSTATUS_TVM;
    hart->privilege = MMU_SUPERVISOR;
    cr_expect(csr_check(hart, SATP, true), "TVM clear");
}

/* What a write keeps. */

static const struct {
    unsigned number;
    uint64_t written;
    uint64_t want;
    const char *why;
} warl_rows[] = {
    {MSTATUS, 0, MSTATUS_XL, "SXL and UXL are read-only 2"},
    {MSTATUS, ONES, MSTATUS_DIRTY | MSTATUS_XL | 0x7e79aa,
     "SD, FS, but no VS, XS, and nothing big-endian"},
    {MSTATUS, 0x2000, MSTATUS_XL | 0x2000, "FS = Initial"},
    {MSTATUS, 0x4000, MSTATUS_XL | 0x4000, "FS = Clean"},
    {MSTATUS, 0x6000, MSTATUS_DIRTY | MSTATUS_XL | 0x6000, "FS = Dirty, which SD sums up"},
    {MSTATUS, MSTATUS_DIRTY, MSTATUS_XL, "SD is read-only"},
    {MSTATUS, MSTATUS_MPP &(MSTATUS_MPP >> 1), MSTATUS_XL | 0x0800, "MPP = S"},
    {MISA, 0, UINT64_C(0x800000000014112f), "RV64, ABCDFIMSU, read-only"},
    {MEDELEG, ONES, 0xb3ff, "all causes of S and U; 10, 11, 14, 16 and up are zero"},
    {MIDELEG, ONES, 0x222, "the interrupts of S"},
    {MIE, ONES, 0xaaa, "the six interrupts"},
    {MTVEC, ONES, ~UINT64_C(2), "mode 3 becomes vectored"},
    {MTVEC, UINT64_C(0x80000002), UINT64_C(0x80000000), "mode 2 becomes direct"},
    {MTVEC, UINT64_C(0x80000005), UINT64_C(0x80000005), "vectored, any multiple of 4"},
    {STVEC, ONES, ~UINT64_C(2), "mode 3 becomes vectored"},
    {STVEC, UINT64_C(0xffffffc080000002), UINT64_C(0xffffffc080000000), "mode 2 becomes direct"},
    {MCOUNTEREN, ONES, 0xffffffff, "32 bits"},
    {SCOUNTEREN, ONES, 0xffffffff, "32 bits"},
    {MCOUNTINHIBIT, ONES, 0xfffffffd, "all but the bit of time"},
    {MENVCFG, ONES, UINT64_C(0xc0000000000000f1),
     "STCE, PBMTE, CBZE, CBCFE, CBIE, FIOM; no ADUE without Svadu"},
    {SENVCFG, ONES, 0xf1, "CBZE, CBCFE, CBIE, FIOM"},
    {MSCRATCH, ONES, ONES, "anything"},
    {SSCRATCH, ONES, ONES, "anything"},
    {MEPC, ONES, ONES - 1, "bit 0 is zero"},
    {SEPC, ONES, ONES - 1, "bit 0 is zero"},
    {MEPC, UINT64_C(0x0123456789abcdef), UINT64_C(0x0123456789abcdee), "invalid addresses too"},
    {MCAUSE, ONES, ONES, "anything"},
    {SCAUSE, UINT64_C(0x800000000000001f), UINT64_C(0x800000000000001f), "anything"},
    {MTVAL, ONES, ONES, "anything"},
    {STVAL, ONES, ONES, "anything"},
    {MIP, ONES, 0x222, "SSIP, STIP and SEIP"},
    {SSTATUS, ONES, UINT64_C(0x80000002000c6122), "SD, SIE, SPIE, SPP, FS, SUM, MXR; UXL reads 2"},
    {SSTATUS, 0x4000, UINT64_C(0x200004000), "FS = Clean"},
    {SIE, ONES, 0, "nothing is delegated"},
    {SIP, ONES, 0, "nothing is delegated"},
    {PMPADDR0, ONES, UINT64_C(0x003fffffffffffff), "bits 55 to 2 of an address"},
    {PMPADDR0 + 15, ONES, UINT64_C(0x003fffffffffffff), "the last entry"},
    {PMPCFG2, ONES, UINT64_C(0x9f9f9f9f9f9f9f9f), "eight entries"},
    {MHPMCOUNTER3, ONES, ONES, "64 bits"},
    {MHPMCOUNTER3 + 28, ONES, ONES, "64 bits"},
    {MHPMEVENT3, ONES, 0, "no event"},
    {MHPMEVENT3 + 28, 0x10018, 0x10018, "an event"},
};

Test(csr, writes_keep_what_is_legal)
{
    for (size_t i = 0; i < sizeof warl_rows / sizeof *warl_rows; i++) {
        hart_reset(hart, BENCH_CODE);
        set(warl_rows[i].number, warl_rows[i].written);
        cr_expect(eq(u64, get(warl_rows[i].number), warl_rows[i].want), "%s: %s",
                  csr_name(warl_rows[i].number), warl_rows[i].why);
    }
}

Test(csr, every_writable_bit_can_be_cleared_again)
{
    for (size_t i = 0; i < sizeof warl_rows / sizeof *warl_rows; i++) {
        unsigned number = warl_rows[i].number;
        hart_reset(hart, BENCH_CODE);
        uint64_t at_reset = get(number);
        set(number, warl_rows[i].written);
        set(number, 0);
        bool is_locked = number == PMPCFG2;
        cr_expect(eq(u64, get(number), is_locked ? warl_rows[i].want : at_reset), "%s",
                  csr_name(number));
    }
}

Test(csr, mpp_never_holds_mode_2)
{
    static const uint64_t modes[] = {MMU_USER, MMU_SUPERVISOR, MMU_MACHINE};

    for (size_t i = 0; i < 3; i++) {
        set(MSTATUS, modes[i] << 11);
        cr_expect(eq(u64, get(MSTATUS), MSTATUS_XL | modes[i] << 11));
        set(MSTATUS, UINT64_C(2) << 11 | MSTATUS_MIE);
        cr_expect(eq(u64, get(MSTATUS), MSTATUS_XL | modes[i] << 11 | MSTATUS_MIE),
                  "MPP stays, the rest is written");
    }
}

Test(csr, sstatus_is_a_view_of_mstatus)
{
    set(MSTATUS, ONES);
    cr_expect(eq(u64, get(SSTATUS), UINT64_C(0x80000002000c6122)));
    set(SSTATUS, 0);
    cr_expect(eq(u64, get(MSTATUS), MSTATUS_XL | (0x7e79aa & ~0xc6122)), "no other bit changed");
    set(SSTATUS, MSTATUS_SUM);
    cr_expect(eq(u64, get(MSTATUS) & 0xc6122, MSTATUS_SUM));
}

Test(csr, sie_is_a_view_of_the_delegated_bits_of_mie)
{
    set(MIE, 0xaaa);
    set(MIDELEG, 0x020);
    cr_expect(eq(u64, get(SIE), 0x020));
    set(SIE, 0);
    cr_expect(eq(u64, get(MIE), 0xa8a), "only STIE was reached");
    set(SIE, ONES);
    cr_expect(eq(u64, get(MIE), 0xaaa));
}

Test(csr, sip_shows_the_delegated_and_writes_only_ssip)
{
    set(MIP, 0x222);
    cr_expect(eq(u64, get(SIP), 0));
    set(MIDELEG, 0x220);
    cr_expect(eq(u64, get(SIP), 0x220));
    set(SIP, 0);
    cr_expect(eq(u64, get(MIP), 0x222), "SSIP is not delegated, STIP and SEIP are read-only");
    set(MIDELEG, 0x222);
    set(SIP, 0);
    cr_expect(eq(u64, get(MIP), 0x220), "SSIP is");
    set(SIP, ONES);
    cr_expect(eq(u64, get(MIP), 0x222));
}

Test(csr, wires_show_in_mip_and_cannot_be_written)
{
    hart_set_interrupt(hart, TRAP_MSI, true);
    hart_set_interrupt(hart, TRAP_MTI, true);
    hart_set_interrupt(hart, TRAP_MEI, true);
    cr_expect(eq(u64, get(MIP), 0x888));
    cr_expect(eq(u64, csr_mip(hart), 0x888));
    set(MIP, 0);
    cr_expect(eq(u64, get(MIP), 0x888));
    hart_set_interrupt(hart, TRAP_MSI, false);
    hart_set_interrupt(hart, TRAP_MTI, false);
    hart_set_interrupt(hart, TRAP_MEI, false);
    set(MIP, 0x888);
    cr_expect(eq(u64, get(MIP), 0));
}

Test(csr, the_wire_of_seip_takes_no_part_in_read_modify_write)
{
    static const struct {
        bool wire;
        bool software;
        uint64_t rs1;
        bool clears;
        bool want; /* the software bit afterwards */
    } rows[] = {
        {true, false, 0x002, false, false}, {true, false, 0x200, false, true},
        {true, true, 0x002, false, true},   {false, false, 0x002, false, false},
        {false, true, 0x002, false, true},  {true, false, 0x002, true, false},
        {true, true, 0x002, true, true},    {true, true, 0x200, true, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        set(MIP, rows[i].software ? 0x200 : 0);
        hart_set_interrupt(hart, TRAP_SEI, rows[i].wire);
        uint64_t rd = rows[i].clears ? clear_bits(MIP, rows[i].rs1) : set_bits(MIP, rows[i].rs1);
        cr_expect(eq(u64, rd, rows[i].wire || rows[i].software ? 0x200 : 0), "rd, row %zu", i);
        hart_set_interrupt(hart, TRAP_SEI, false);
        cr_expect(eq(u64, get(MIP) & 0x200, rows[i].want ? 0x200 : 0), "SEIP, row %zu", i);
    }
}

Test(csr, the_base_of_a_read_modify_write_is_what_was_read)
{
    hart->csr.mip_software = 0x022;
    cr_expect(eq(u64, csr_modify_base(hart, MIP, 0xaaa), 0x8aa), "mip: all but the wire of SEIP");
    cr_expect(eq(u64, csr_modify_base(hart, SIP, 0x222), 0x222), "sip.SEIP is read-only");
    cr_expect(eq(u64, csr_modify_base(hart, MIE, 0xaaa), 0xaaa));
}

Test(csr, satp_ignores_a_write_with_an_unsupported_mode)
{
    uint64_t old = SV39 | UINT64_C(0x1234) << 44 | 0x80000;

    set(SATP, old);
    cr_assert(eq(u64, get(SATP), old));
    for (uint64_t mode = 0; mode < 16; mode++) {
        if (mode != 0 && mode != 8) {
            set(SATP, mode << 60 | UINT64_C(5) << 44 | 7);
            cr_expect(eq(u64, get(SATP), old), "mode %u", (unsigned)mode);
        }
    }
    set(SATP, UINT64_C(5) << 44 | 7);
    cr_expect(eq(u64, get(SATP), UINT64_C(5) << 44 | 7), "Bare keeps what is written");
}

/* Sv48 is mode 9, Sv57 mode 10; a mode that is too wide changes nothing. */
Test(csr, satp_accepts_the_modes_that_the_mmu_has)
{
    for (unsigned levels = SV39_LEVELS; levels <= SV57_LEVELS; levels++) {
        struct mmu_geometry geometry;
        struct mmu_geometry_error error;
        struct mmu_memory memory = {.ctx = NULL};

        cr_assert(mmu_geometry_parse("default", &geometry, &error));
        geometry.levels = levels;
        hart->mmu = mmu_create(&geometry, &memory);
        for (uint64_t mode = 0; mode < 16; mode++) {
            bool is_there = mode == 0 || (mode >= 8 && mode < 8 + levels - 2);

            set(SATP, 5);
            set(SATP, mode << 60 | 7);
            cr_expect(eq(u64, get(SATP), is_there ? mode << 60 | 7 : 5), "%u levels, mode %u",
                      levels, (unsigned)mode);
        }
        mmu_destroy(hart->mmu);
        hart->mmu = bench.mmu;
    }
}

Test(csr, satp_holds_the_asid_bits_that_there_are)
{
    static const struct {
        const char *spec;
        uint64_t want;
    } rows[] = {{"default,asid=0", 0}, {"default,asid=9", 0x1ff}, {"default,asid=16", 0xffff}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct mmu_geometry geometry;
        struct mmu_geometry_error error;
        struct mmu_memory memory = {.ctx = NULL};
        cr_assert(mmu_geometry_parse(rows[i].spec, &geometry, &error));
        hart->mmu = mmu_create(&geometry, &memory);
        set(SATP, SV39 | SATP_ASID | SATP_PPN);
        cr_expect(eq(u64, get(SATP), SV39 | rows[i].want << 44 | SATP_PPN), "%s", rows[i].spec);
        mmu_destroy(hart->mmu);
        hart->mmu = bench.mmu;
    }
}

Test(csr, adue_is_there_with_svadu_only)
{
    static const struct {
        enum hart_ad ad;
        uint64_t want;
    } rows[] = {{HART_AD_HARDWARE, UINT64_C(0xc0000000000000f1)},
                {HART_AD_SVADE, UINT64_C(0xc0000000000000f1)},
                {HART_AD_SVADU, UINT64_C(0xe0000000000000f1)}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        hart->ad = rows[i].ad;
        hart_reset(hart, BENCH_CODE);
        cr_expect(eq(u64, get(MENVCFG), 0), "reset");
        set(MENVCFG, ONES);
        cr_expect(eq(u64, get(MENVCFG), rows[i].want), "row %zu", i);
    }
}

Test(csr, the_pmp_registers_are_the_pmps)
{
    for (unsigned entry = 0; entry < PMP_ENTRIES; entry++) {
        set(PMPADDR0 + entry, 0x100 + entry);
        cr_expect(eq(u64, hart->pmp.addr[entry], 0x100 + entry));
        cr_expect(eq(u64, get(PMPADDR0 + entry), 0x100 + entry));
    }
    set(PMPCFG0, 0x0b);
    set(PMPCFG2, 0x1900);
    cr_expect(eq(u8, hart->pmp.cfg[0], 0x0b));
    cr_expect(eq(u8, hart->pmp.cfg[9], 0x19));
    cr_expect(eq(u64, get(PMPCFG0), 0x0b));
    cr_expect(eq(u64, get(PMPCFG2), 0x1900));
}

Test(csr, the_machine_information_registers_are_zero)
{
    for (unsigned number = MVENDORID; number <= MCONFIGPTR; number++) {
        cr_expect(eq(u64, get(number), 0), "%s", csr_name(number));
    }
}

/* What a trace is told. */

Test(csr, a_write_is_recorded_as_a_read_shows_it_afterwards)
{
    static const struct {
        unsigned number;
        uint64_t written;
        uint64_t want;
        const char *why;
    } rows[] = {
        {MSCRATCH, 42, 42, "as written"},
        {MEPC, 0x1001, 0x1000, "as kept"},
        {SATP, UINT64_C(9) << 60 | 5, 0, "no effect"},
        {MCYCLE, 42, 42, "what the next instruction reads"},
        {MINSTRET, 42, 42, "what the next instruction reads"},
        {MIP, 0, 0x080, "the wires show"},
    };
    struct hart_commit commit;

    hart->commit = &commit;
    hart_set_interrupt(hart, TRAP_MTI, true);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        memset(&commit, 0, sizeof commit);
        csr_bench_retire(hart, 3);
        set(rows[i].number, rows[i].written);
        cr_expect(commit.wrote_csr, "%s", csr_name(rows[i].number));
        cr_expect(eq(uint, commit.csr.number, rows[i].number), "%s", rows[i].why);
        cr_expect(eq(u64, commit.csr.value, rows[i].want), "%s: %s", csr_name(rows[i].number),
                  rows[i].why);
    }
}

Test(csr, a_read_is_not_recorded)
{
    struct hart_commit commit = {.wrote_csr = false};
    uint64_t value;

    hart->commit = &commit;
    cr_assert(csr_read(hart, MSCRATCH, true, &value));
    cr_expect(not(commit.wrote_csr));
}

Test(csr, reset_clears_the_registers_but_not_the_wires)
{
    hart_set_interrupt(hart, TRAP_MTI, true);
    for (size_t i = 0; i < sizeof warl_rows / sizeof *warl_rows; i++) {
        set(warl_rows[i].number, warl_rows[i].written);
    }
    csr_reset(hart);
    cr_expect(eq(u64, get(MIP), 0x080));
    cr_expect(eq(u64, get(MSTATUS), MSTATUS_XL));
    cr_expect(eq(u64, get(MCAUSE) | get(MTVEC) | get(MEPC) | get(SATP) | get(MIE), 0));
    cr_expect(eq(u64, get(MCYCLE), hart->counters.cycles), "counters go on");
}
