/* Numbers for the views of a hart. */
#include "emu/engine/views.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

static struct hart hart;
static struct views views;

static void setup(void)
{
    hart = (struct hart){.privilege = MMU_MACHINE};
    views = (struct views){.count = 0};
}

TestSuite(views, .init = setup);

/* The number of the hart's view; fails if it needed room. */
static unsigned number(void)
{
    cr_assert(views_look(&views, &hart));
    return views.current;
}

static void set_satp(void)
{
    hart.csr.satp++;
}

static void set_sum(void)
{
    hart.csr.mstatus |= MSTATUS_SUM;
}

static void set_mxr(void)
{
    hart.csr.mstatus |= MSTATUS_MXR;
}

static void set_mprv(void)
{
    hart.csr.mstatus |= MSTATUS_MPRV;
}

static void set_mpp(void)
{
    hart.csr.mstatus |= MSTATUS_MPP;
}

static void set_menvcfg(void)
{
    hart.csr.menvcfg |= MENVCFG_PBMTE;
}

static void set_privilege(void)
{
    hart.privilege = MMU_SUPERVISOR;
}

static void write_pmp_address(void)
{
    pmp_write_addr(&hart.pmp, 3, 1);
}

static void write_pmp_configuration(void)
{
    pmp_write_cfg(&hart.pmp, 0, PMP_NAPOT | PMP_R);
}

static void reset_pmp(void)
{
    pmp_reset(&hart.pmp);
}

Test(views, what_decides_about_addresses_makes_a_new_one)
{
    static const struct {
        void (*change)(void);
        const char *why;
    } changes[] = {
        {set_satp, "another address space"},
        {set_sum, "S-mode may reach user pages"},
        {set_mxr, "what is executable may be read"},
        {set_mprv, "loads and stores have another privilege"},
        {set_mpp, "and that is this one"},
        {set_menvcfg, "a PTE may name a memory type"},
        {set_privilege, "another privilege"},
        {write_pmp_address, "PMP covers other bytes"},
        {write_pmp_configuration, "PMP permits something else"},
        {reset_pmp, "PMP permits nothing"},
    };
    unsigned last = number();

    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        changes[i].change();
        unsigned now = number();
        cr_expect(ne(u32, now, last), "%s", changes[i].why);
        last = now;
    }
}

Test(views, what_does_not_decide_makes_none)
{
    unsigned first = number();

    hart.csr.mstatus |= MSTATUS_SIE | MSTATUS_FS;
    hart.csr.sscratch = 5;
    hart.pc = 0x1000;
    cr_expect(eq(u32, number(), first));
}

Test(views, one_that_comes_back_has_the_number_it_had)
{
    unsigned machine = number();

    hart.privilege = MMU_USER;
    unsigned user = number();
    hart.csr.satp = 7;
    unsigned other = number();
    hart.csr.satp = 0;
    cr_expect(eq(u32, number(), user));
    hart.privilege = MMU_MACHINE;
    cr_expect(eq(u32, number(), machine));
    cr_expect(all(ne(u32, machine, user), ne(u32, user, other), ne(u32, machine, other)));
}

Test(views, numbers_fit_the_tags_and_start_anew_when_all_are_given)
{
    for (unsigned i = 1; i <= L0_VIEWS; i++) {
        hart.csr.satp = i;
        cr_expect(eq(u32, number(), i));
    }
    hart.csr.satp = 1;
    cr_expect(eq(u32, number(), 1), "known, so there is room");
    hart.csr.satp = L0_VIEWS + 1;
    cr_expect(not(views_look(&views, &hart)), "all is forgotten");
    cr_expect(eq(u32, views.current, 1));
    hart.csr.satp = L0_VIEWS;
    cr_expect(eq(u32, number(), 2), "this one, too");
    cr_expect(lt(u64, (uint64_t)L0_VIEWS << L0_VIEW_SHIFT, 4096), "below the page's number");
}
