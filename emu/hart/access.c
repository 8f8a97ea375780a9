#include "emu/hart/access.h"

#include <assert.h>
#include <stddef.h>

#include "devices/bus.h"
#include "emu/hart/bits.h"
#include "emu/hart/decode.h"
#include "emu/hart/hart.h"
#include "emu/hart/trap.h"
#include "mmu/pte.h"

enum { PARCEL_BYTES = 2 };

/* An access, or that part of one which lies within a page. */
struct part {
    enum mmu_access access;
    bool faults_as_store; /* whatever the access is */
    uint64_t va;
    unsigned size;
    /* From translate on. */
    enum mmu_status status;
    bool pte_refused_by_pmp;
    uint64_t pa; /* valid if status is MMU_OK */
};

static bool hardware_sets_ad(const struct hart *hart)
{
    switch (hart->ad) {
    case HART_AD_HARDWARE: return true;
    case HART_AD_SVADE: return false;
    case HART_AD_SVADU: break;
    }
    return (hart->csr.menvcfg & MENVCFG_ADUE) != 0;
}

/* MPRV lends loads and stores the privilege in MPP, fetches never [norm:mstatus_mprv_ldst_op],
 * [norm:mstatus_mprv_inst_xlat_op]. */
struct mmu_mode access_mode(const struct hart *hart, enum mmu_access access)
{
    uint64_t mstatus = hart->csr.mstatus;
    bool is_lent = access != MMU_FETCH && (mstatus & MSTATUS_MPRV) != 0;

    return (struct mmu_mode){
        .satp = hart->csr.satp,
        .privilege =
            is_lent ? (enum mmu_privilege)field_get(mstatus, MSTATUS_MPP) : hart->privilege,
        .sum = (mstatus & MSTATUS_SUM) != 0,
        .mxr = (mstatus & MSTATUS_MXR) != 0,
        .svpbmt = (hart->csr.menvcfg & MENVCFG_PBMTE) != 0,
        .hardware_ad = hardware_sets_ad(hart),
    };
}

static void translate(struct hart *hart, const struct mmu_mode *mode, struct part *part)
{
    hart->pmp_refused = false; /* the walker's callbacks set it */
    part->status = mmu_translate(hart->mmu, mode, part->va, part->access, &part->pa);
    part->pte_refused_by_pmp = hart->pmp_refused;
}

/* Raises a part's fault. Returns false for the caller to return. */
static bool fault(struct hart *hart, const struct part *part, enum mmu_status status, bool by_pmp)
{
    enum mmu_access blamed = part->faults_as_store ? MMU_STORE : part->access;

    hart->pmp_refused = by_pmp;
    trap_raise(hart, trap_from_mmu(status, blamed), part->va);
    return false;
}

/* Raises what translate found wrong, or else what PMP finds: in this order [norm:exc_priority]. */
static bool admit(struct hart *hart, const struct mmu_mode *mode, const struct part *part)
{
    if (part->status != MMU_OK) {
        return fault(hart, part, part->status, part->pte_refused_by_pmp);
    }
    if (!pmp_allows(&hart->pmp, part->pa, part->size, part->access, mode->privilege)) {
        return fault(hart, part, MMU_ACCESS_FAULT, true);
    }
    return true;
}

/* The same for what only RAM can do. */
static bool admit_to_ram(struct hart *hart, const struct mmu_mode *mode, const struct part *part)
{
    if (!admit(hart, mode, part)) {
        return false;
    }
    if (!bus_is_ram(hart->bus, part->pa, part->size)) {
        return fault(hart, part, MMU_ACCESS_FAULT, false);
    }
    return true;
}

/* Bytes from va to the end of its page. */
static uint64_t left_on_page(uint64_t va)
{
    return PAGE_SIZE - (va & (PAGE_SIZE - 1));
}

static bool crosses_page(const struct part *part)
{
    return part->size > left_on_page(part->va);
}

/* Who keeps shortcuts hears of every page that was reached the long way. Devices may change what
 * the engine looks at between instructions. */
static void tell(struct hart *hart, const struct mmu_mode *mode, const struct part *part)
{
    if (!bus_is_ram(hart->bus, part->pa, part->size)) {
        hart->needs_care = true;
    } else if (hart->pages.reached != NULL) {
        hart->pages.reached(hart->pages.ctx, mode, part->va, part->access, part->pa);
    }
}

/* Finds where a load or store that stays within a page goes. */
static bool locate(struct hart *hart, struct part *part)
{
    const struct mmu_mode mode = access_mode(hart, part->access);

    translate(hart, &mode, part);
    if (!admit(hart, &mode, part)) {
        return false;
    }
    tell(hart, &mode, part);
    return true;
}

/* Finds where the two parts go of one that crosses a page, which must both be RAM. The upper one is
 * translated if the lower one was, but every fault of the lower one comes first (TRP-05). */
static bool locate_parts(struct hart *hart, const struct part *whole, struct part part[2])
{
    const struct mmu_mode mode = access_mode(hart, whole->access);
    uint64_t left = left_on_page(whole->va);

    part[0] = *whole;
    part[1] = *whole;
    part[0].size = (unsigned)left;
    part[1].va += left;
    part[1].size -= (unsigned)left;
    translate(hart, &mode, &part[0]);
    if (part[0].status == MMU_OK) {
        translate(hart, &mode, &part[1]);
    }
    return admit_to_ram(hart, &mode, &part[0]) && admit_to_ram(hart, &mode, &part[1]);
}

/* Where byte i of an access that crosses a page is. */
static uint64_t byte_pa(const struct part part[2], unsigned i)
{
    return i < part[0].size ? part[0].pa + i : part[1].pa + (i - part[0].size);
}

/* Memory that has been found to be RAM does not refuse. */
static uint64_t read_ram(struct hart *hart, uint64_t pa, unsigned size)
{
    uint64_t value = 0;
    bool is_done = bus_read(hart->bus, pa, size, &value);

    assert(is_done);
    (void)is_done;
    return value;
}

static void write_ram(struct hart *hart, uint64_t pa, unsigned size, uint64_t value)
{
    bool is_done = bus_write(hart->bus, pa, size, value);

    assert(is_done);
    (void)is_done;
}

static void record(struct hart *hart, const struct part *part, bool is_store, uint64_t value)
{
    struct hart_commit *commit = hart->commit;

    if (commit == NULL) {
        return;
    }
    assert(commit->memory_count < sizeof commit->memory / sizeof *commit->memory);
    unsigned i = commit->memory_count++;
    commit->memory[i].va = part->va;
    commit->memory[i].size = part->size;
    commit->memory[i].is_store = is_store;
    commit->memory[i].value = value & (UINT64_MAX >> (64 - 8 * part->size));
}

/* Each parcel is one memory operation, which PMP checks by itself. */
static bool fetch_parcel(struct hart *hart, const struct mmu_mode *mode, const struct part *part,
                         uint32_t *bits)
{
    if (!admit_to_ram(hart, mode, part)) {
        return false;
    }
    *bits = (uint32_t)read_ram(hart, part->pa, PARCEL_BYTES);
    return true;
}

/* Choice: instructions come from RAM only. */
bool access_fetch(struct hart *hart, uint32_t *bits, unsigned *length)
{
    const struct mmu_mode mode = access_mode(hart, MMU_FETCH);
    struct part part = {.access = MMU_FETCH, .va = hart->pc, .size = PARCEL_BYTES};
    uint32_t low;
    uint32_t high;

    translate(hart, &mode, &part);
    if (!fetch_parcel(hart, &mode, &part, &low)) {
        return false;
    }
    if (decode_is_compressed(low)) {
        *bits = low;
        *length = PARCEL_BYTES;
        return true;
    }
    part.va += PARCEL_BYTES;
    part.pa += PARCEL_BYTES;
    if (left_on_page(part.va) == PAGE_SIZE) {
        translate(hart, &mode, &part);
    }
    if (!fetch_parcel(hart, &mode, &part, &high)) {
        return false;
    }
    *bits = high << 16 | low;
    *length = 2 * PARCEL_BYTES;
    return true;
}

__attribute__((noinline)) static bool load_across(struct hart *hart, const struct part *whole,
                                                  uint64_t *value)
{
    struct part part[2];

    if (!locate_parts(hart, whole, part)) {
        return false;
    }
    *value = 0;
    for (unsigned i = 0; i < whole->size; i++) {
        *value |= read_ram(hart, byte_pa(part, i), 1) << (8 * i);
    }
    record(hart, whole, false, 0);
    return true;
}

__attribute__((flatten)) bool access_load(struct hart *hart, uint64_t va, unsigned size,
                                          uint64_t *value)
{
    struct part part = {.access = MMU_LOAD, .va = va, .size = size};

    if (crosses_page(&part)) {
        return load_across(hart, &part, value);
    }
    if (!locate(hart, &part)) {
        return false;
    }
    if (!bus_read(hart->bus, part.pa, part.size, value)) {
        return fault(hart, &part, MMU_ACCESS_FAULT, false);
    }
    record(hart, &part, false, 0);
    return true;
}

__attribute__((noinline)) static bool store_across(struct hart *hart, const struct part *whole,
                                                   uint64_t value)
{
    struct part part[2];

    if (!locate_parts(hart, whole, part)) {
        return false;
    }
    for (unsigned i = 0; i < whole->size; i++) {
        write_ram(hart, byte_pa(part, i), 1, value >> (8 * i));
    }
    record(hart, whole, true, value);
    return true;
}

/* Choice: its own stores and AMOs do not end a hart's reservation [norm:sc_success_conditions]. */
__attribute__((flatten)) bool access_store(struct hart *hart, uint64_t va, unsigned size,
                                           uint64_t value)
{
    struct part part = {.access = MMU_STORE, .va = va, .size = size};

    if (crosses_page(&part)) {
        return store_across(hart, &part, value);
    }
    if (!locate(hart, &part)) {
        return false;
    }
    if (!bus_write(hart->bus, part.pa, part.size, value)) {
        return fault(hart, &part, MMU_ACCESS_FAULT, false);
    }
    record(hart, &part, true, value);
    return true;
}

/* Where an LR, SC or AMO goes.
 *
 * Choice: a misaligned one raises address-misaligned, before it is translated
 * [norm:lr_sc_alignment], [norm:amo_alignment]; devices support none of them, which is an access
 * fault. */
static bool locate_atomic(struct hart *hart, struct part *part)
{
    const struct mmu_mode mode = access_mode(hart, part->access);

    if (part->va % part->size != 0) {
        trap_raise(hart, part->access == MMU_LOAD ? TRAP_LOAD_MISALIGNED : TRAP_STORE_MISALIGNED,
                   part->va);
        return false;
    }
    translate(hart, &mode, part);
    if (!admit_to_ram(hart, &mode, part)) {
        return false;
    }
    tell(hart, &mode, part);
    return true;
}

static uint64_t reservation_block(uint64_t pa)
{
    return pa & ~(uint64_t)(RESERVATION_BYTES - 1);
}

bool access_load_reserved(struct hart *hart, uint64_t va, unsigned size, uint64_t *value)
{
    struct part part = {.access = MMU_LOAD, .va = va, .size = size};

    if (!locate_atomic(hart, &part)) {
        return false;
    }
    *value = read_ram(hart, part.pa, size);
    hart->reservation.is_valid = true;
    hart->reservation.pa = reservation_block(part.pa);
    record(hart, &part, false, 0);
    return true;
}

/* Choice: an SC that is going to fail is checked like a store all the same
 * [norm:sc_failed_as_store]. */
bool access_store_conditional(struct hart *hart, uint64_t va, unsigned size, uint64_t value,
                              bool *stored)
{
    struct part part = {.access = MMU_STORE, .va = va, .size = size};

    if (!locate_atomic(hart, &part)) {
        return false;
    }
    *stored = hart->reservation.is_valid && hart->reservation.pa == reservation_block(part.pa);
    hart->reservation.is_valid = false; /* [norm:sc_reservation_invalidate] */
    if (*stored) {
        write_ram(hart, part.pa, size, value);
        record(hart, &part, true, value);
    }
    return true;
}

/* PMP is asked for the store only: an entry that permits stores permits loads (pmp.h), and what is
 * denied is a store access fault [norm:pmp_store_fault]. */
bool access_amo(struct hart *hart, uint64_t va, unsigned size, amo_fn *operate, uint64_t operand,
                uint64_t *old)
{
    struct part part = {.access = MMU_STORE, .va = va, .size = size};

    if (!locate_atomic(hart, &part)) {
        return false;
    }
    *old = read_ram(hart, part.pa, size);
    uint64_t new = operate(*old, operand);
    write_ram(hart, part.pa, size, new);
    record(hart, &part, false, 0);
    record(hart, &part, true, new);
    return true;
}

/* Where a cache-block operation goes: pa is the block's, va the address in it that faults tell
 * [norm:fault_excep_csr]. It is never misaligned [norm:no_addr_misaligned_excep]. */
static bool locate_block(struct hart *hart, struct part *block)
{
    struct mmu_mode mode = access_mode(hart, block->access);

    mode.counts_as_store = true;
    translate(hart, &mode, block);
    block->pa &= ~(uint64_t)(CACHE_BLOCK_BYTES - 1);
    return admit(hart, &mode, block);
}

/* Choice: devices do not support it, which is an access fault [norm:cbz_access]. */
bool access_zero_block(struct hart *hart, uint64_t va)
{
    struct part block = {.access = MMU_STORE, .va = va, .size = CACHE_BLOCK_BYTES};

    if (!locate_block(hart, &block)) {
        return false;
    }
    if (!bus_is_ram(hart->bus, block.pa, block.size)) {
        return fault(hart, &block, MMU_ACCESS_FAULT, false);
    }
    struct part word = {.access = MMU_STORE,
                        .va = va & ~(uint64_t)(CACHE_BLOCK_BYTES - 1),
                        .size = sizeof(uint64_t)};

    for (unsigned i = 0; i < CACHE_BLOCK_BYTES; i += word.size) {
        write_ram(hart, block.pa + i, word.size, 0);
        record(hart, &word, true, 0);
        word.va += word.size;
    }
    return true;
}

/* What a load or a store may reach [norm:cbm_access]: as no page and no PMP entry permits stores
 * alone, what a load may. D is not looked at [norm:cbm_unperm_translate].
 *
 * Choice: the block may be a device's, which is the same for all of it. */
bool access_manage_block(struct hart *hart, uint64_t va)
{
    struct part block = {
        .access = MMU_LOAD, .faults_as_store = true, .va = va, .size = CACHE_BLOCK_BYTES};

    if (!locate_block(hart, &block)) {
        return false;
    }
    return bus_answers(hart->bus, block.pa, block.size) ||
           fault(hart, &block, MMU_ACCESS_FAULT, false);
}

void access_end_reservation(struct hart *hart, uint64_t pa, uint64_t length)
{
    uint64_t reserved = hart->reservation.pa;

    /* They overlap if one begins inside the other. */
    if (length != 0 && (pa - reserved < RESERVATION_BYTES || reserved - pa < length)) {
        hart->reservation.is_valid = false;
    }
}

/* Where the walker may do this to a PTE; NULL if it may not: PMP as for S-mode, whoever translates
 * [norm:pmp_check_pagetable_access].
 *
 * Choice: page tables live in RAM only. */
static uint8_t *reach_pte(struct hart *hart, uint64_t pa, enum mmu_access access)
{
    if (!pmp_allows(&hart->pmp, pa, PTE_SIZE, access, MMU_SUPERVISOR)) {
        hart->pmp_refused = true;
        return NULL;
    }
    return bus_ram(hart->bus, pa, PTE_SIZE);
}

static bool read_pte(void *ctx, uint64_t pa, uint64_t *pte)
{
    const uint8_t *bytes = reach_pte(ctx, pa, MMU_LOAD);

    if (bytes == NULL) {
        return false;
    }
    *pte = load_bytes(bytes, PTE_SIZE);
    return true;
}

static bool may_write_pte(void *ctx, uint64_t pa)
{
    return reach_pte(ctx, pa, MMU_STORE) != NULL;
}

static bool swap_pte(void *ctx, uint64_t pa, uint64_t expected, uint64_t desired)
{
    struct hart *hart = ctx;

    if (read_ram(hart, pa, PTE_SIZE) != expected) {
        return false;
    }
    write_ram(hart, pa, PTE_SIZE, desired);
    access_end_reservation(hart, pa, PTE_SIZE);
    return true;
}

static const uint8_t *reach_tables(void *ctx, uint64_t pa, uint64_t length)
{
    struct hart *hart = ctx;

    return (pmp_permissions(&hart->pmp, pa, length, MMU_SUPERVISOR) & PMP_R) == 0
               ? NULL
               : bus_ram(hart->bus, pa, length);
}

struct mmu_memory access_walker_memory(struct hart *hart)
{
    return (struct mmu_memory){
        .read_pte = read_pte,
        .may_write_pte = may_write_pte,
        .swap_pte = swap_pte,
        .reach = reach_tables,
        .ctx = hart,
    };
}
