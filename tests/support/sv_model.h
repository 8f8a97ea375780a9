/*
 * sv_model.h - Sv39, Sv48 and Sv57 translation written a second time, straight from the manual.
 *
 * The model is a list of rules in the manual's order, each with its words. It is slow, has no TLB
 * and shares nothing with mmu/, not even a constant: where it and the MMU agree, two readings of
 * the manual agree. It stands for a hart alone, so that the compare of step 9 never fails. It has
 * Svnapot, and Svpbmt where the request says that PBMTE is set.
 *
 *   63 | 62..61 | 60..54   | 53..10 | 9..8 | 7 6 5 4 3 2 1 0
 *    N |  PBMT  | reserved |  PPN   | RSW  | D A G U X W R V
 *
 * Spec: Priv. [translation], [sv32algorithm], [sv39], [sv48], [sv57], [ext:svnapot], [svpbmt],
 * [sum].
 */
#ifndef TESTS_SUPPORT_SV_MODEL_H
#define TESTS_SUPPORT_SV_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#define SV_V UINT64_C(0x01)
#define SV_R UINT64_C(0x02)
#define SV_W UINT64_C(0x04)
#define SV_X UINT64_C(0x08)
#define SV_U UINT64_C(0x10)
#define SV_G UINT64_C(0x20)
#define SV_A UINT64_C(0x40)
#define SV_D UINT64_C(0x80)
#define SV_N UINT64_C(0x8000000000000000)

/* Memory types: the values of PBMT, in place. */
#define SV_NC UINT64_C(0x2000000000000000)
#define SV_IO UINT64_C(0x4000000000000000)

/* satp.MODE. */
enum sv_mode { SV_39 = 8, SV_48 = 9, SV_57 = 10 };

enum sv_kind { SV_FETCH, SV_LOAD, SV_STORE };

enum sv_privilege { SV_USER, SV_SUPERVISOR, SV_MACHINE };

enum sv_outcome {
    SV_OK,
    SV_PAGE_FAULT,
    SV_ACCESS_FAULT,
    SV_POINTER, /* of sv_judge only: the walk goes on */
};

/* Where the page tables are. Each function is asked about one aligned PTE. */
struct sv_memory {
    /* Returns false if the read violates PMA or PMP. */
    bool (*read)(void *ctx, uint64_t pa, uint64_t *pte);
    /* Returns false if a store would violate PMA or PMP. */
    bool (*may_write)(void *ctx, uint64_t pa);
    void (*write)(void *ctx, uint64_t pa, uint64_t pte);
    void *ctx;
};

struct sv_request {
    uint64_t satp;
    uint64_t va;
    enum sv_kind kind;
    enum sv_privilege privilege; /* the effective one */
    bool sum;
    bool mxr;
    bool pbmte; /* menvcfg.PBMTE */
    bool svade; /* false: A and D are set by hardware */
};

struct sv_answer {
    enum sv_outcome outcome;
    uint64_t pa;     /* valid if outcome is SV_OK */
    const char *why; /* the rule that ended it, in words */
    int level;       /* of the last PTE read; -1 if none was */
    uint64_t pte;    /* the last PTE as memory held it */
    uint64_t sets;   /* which of A and D step 9 sets, with SV_OK */
};

/* Translates one access and sets A and D in memory where the manual says so. */
struct sv_answer sv_translate(const struct sv_memory *memory, const struct sv_request *request);

/* Steps 3 to 10 for one PTE that step 2 has returned, but for the store of step 9. */
struct sv_answer sv_judge(const struct sv_request *request, int level, uint64_t pte);

/* A PTE with this physical page number and these low ten bits. */
static inline uint64_t sv_pte(uint64_t ppn, uint64_t flags)
{
    return ppn << 10 | flags;
}

/* The PPN of a PTE: bits 53..10. */
static inline uint64_t sv_ppn(uint64_t pte)
{
    return pte << 10 >> 20;
}

/* The value of satp that selects a mode with this address space and root table. */
static inline uint64_t sv_satp(enum sv_mode mode, uint64_t asid, uint64_t root_pa)
{
    return (uint64_t)mode << 60 | asid << 44 | root_pa >> 12;
}

/* Page-table levels of a satp that translates: 3, 4 or 5. */
static inline int sv_levels(uint64_t satp)
{
    return (int)(satp >> 60) - 5;
}

/* The physical address of the root table: satp.PPN, bits 43..0. */
static inline uint64_t sv_root(uint64_t satp)
{
    return satp << 20 >> 20 << 12;
}

/* Bytes that a PTE of this level maps: 4 KiB, 2 MiB, 1 GiB, 512 GiB, 256 TiB. */
static inline uint64_t sv_span(int level)
{
    return UINT64_C(4096) << (9 * level);
}

/* The table index that va holds for this level: bits 20..12, 29..21, 38..30, 47..39, 56..48. */
static inline uint64_t sv_index(uint64_t va, int level)
{
    return va / sv_span(level) % 512;
}

/* True if the effective privilege and satp make a hart translate. */
static inline bool sv_is_translated(const struct sv_request *request)
{
    uint64_t mode = request->satp >> 60;
    return mode >= SV_39 && mode <= SV_57 && request->privilege != SV_MACHINE;
}

/* va with the bits above an address of so many levels made copies of its top bit. */
static inline uint64_t sv_canonical(uint64_t va, int levels)
{
    uint64_t top = sv_span(levels) / 2;
    return ((va & (2 * top - 1)) ^ top) - top;
}

#endif
