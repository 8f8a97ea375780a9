/*
 * event.h - what only the kernel knows, told to pagewalk by a HINT (docs/events.md). On any other
 * machine each of these does nothing.
 */
#ifndef GUEST_KERNEL_EVENT_H
#define GUEST_KERNEL_EVENT_H

#include <stdint.h>

enum event_fault {
    EVENT_FAULT_MINOR = 0, /* first touch */
    EVENT_FAULT_COPY = 1,  /* copied, or no longer shared */
    EVENT_FAULT_SWAP_IN = 2,
    EVENT_FAULT_BITS = 3,    /* A, D or a right set by the kernel */
    EVENT_FAULT_REFUSED = 4, /* the process gets a signal */
};

/* The address space of the process is in satp for the first time, or satp is another than before.
 */
void event_process_begin(uint32_t pid, uint64_t satp);
void event_process_name(uint32_t pid, const char *name); /* first 16 characters */
void event_process_runs(uint32_t pid);                   /* 0: nobody */
/* Resident and touched pages, then its end; status as wait4 tells it. */
void event_process_end(uint32_t pid, int32_t status, uint64_t resident, uint64_t touched);
void event_fault(uint32_t pid, enum event_fault kind, uint64_t va);
void event_swap_out(uint32_t pid, uint64_t va);
/* What is to be in the pages [start, end): by enum area_kind; or nothing any more. */
void event_map(uint32_t pid, unsigned kind, uint64_t start, uint64_t end);
void event_unmap(uint32_t pid, uint64_t start, uint64_t end);

#endif
