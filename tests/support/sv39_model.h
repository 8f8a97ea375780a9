/*
 * sv39_model.h - Sv39 translation written a second time, straight from the manual.
 *
 * The model is a list of rules in the manual's order, each with its words. It is slow, has no TLB
 * and shares nothing with mmu/, not even a constant: where it and the MMU agree, two readings of
 * the manual agree. It stands for a hart alone, so that the compare of step 9 never fails.
 * Neither Svnapot nor Svpbmt: bits 63..61 are reserved.
 *
 *   63 | 62..61 | 60..54   | 53..10 | 9..8 | 7 6 5 4 3 2 1 0
 *    N |  PBMT  | reserved |  PPN   | RSW  | D A G U X W R V
 *
 * Spec: Priv. [translation], [sv32algorithm], [sv39], [sum].
 */
#ifndef TESTS_SUPPORT_SV39_MODEL_H
#define TESTS_SUPPORT_SV39_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#define SV39_V UINT64_C(0x01)
#define SV39_R UINT64_C(0x02)
#define SV39_W UINT64_C(0x04)
#define SV39_X UINT64_C(0x08)
#define SV39_U UINT64_C(0x10)
#define SV39_G UINT64_C(0x20)
#define SV39_A UINT64_C(0x40)
#define SV39_D UINT64_C(0x80)

enum sv39_kind { SV39_FETCH, SV39_LOAD, SV39_STORE };

enum sv39_privilege { SV39_USER, SV39_SUPERVISOR, SV39_MACHINE };

enum sv39_outcome { SV39_OK, SV39_PAGE_FAULT, SV39_ACCESS_FAULT };

/* Where the page tables are. Each function is asked about one aligned PTE. */
struct sv39_memory {
    /* Returns false if the read violates PMA or PMP. */
    bool (*read)(void *ctx, uint64_t pa, uint64_t *pte);
    /* Returns false if a store would violate PMA or PMP. */
    bool (*may_write)(void *ctx, uint64_t pa);
    void (*write)(void *ctx, uint64_t pa, uint64_t pte);
    void *ctx;
};

struct sv39_request {
    uint64_t satp;
    uint64_t va;
    enum sv39_kind kind;
    enum sv39_privilege privilege; /* the effective one */
    bool sum;
    bool mxr;
    bool svade; /* false: A and D are set by hardware */
};

struct sv39_answer {
    enum sv39_outcome outcome;
    uint64_t pa;     /* valid if outcome is SV39_OK */
    const char *why; /* the rule that ended it, in words */
    int level;       /* of the last PTE read; -1 if none was */
    uint64_t pte;    /* the last PTE as it was read */
};

/* Translates one access and sets A and D in memory where the manual says so. */
struct sv39_answer sv39_translate(const struct sv39_memory *memory,
                                  const struct sv39_request *request);

/* A PTE with this physical page number and these low ten bits. */
static inline uint64_t sv39_pte(uint64_t ppn, uint64_t flags)
{
    return ppn << 10 | flags;
}

/* The value of satp that selects Sv39 with this address space and root table. */
static inline uint64_t sv39_satp(uint64_t asid, uint64_t root_pa)
{
    return UINT64_C(8) << 60 | asid << 44 | root_pa >> 12;
}

#endif
