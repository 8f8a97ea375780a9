#include "guest/kernel/trap.h"

#include <stdbool.h>

#include "guest/include/csr.h"
#include "guest/kernel/end.h"
#include "guest/kernel/fault.h"
#include "guest/kernel/layout.h"
#include "guest/kernel/plic.h"
#include "guest/kernel/process.h"
#include "guest/kernel/refusal.h"
#include "guest/kernel/scheduler.h"
#include "guest/kernel/signal.h"
#include "guest/kernel/syscall.h"
#include "guest/kernel/thread.h"
#include "guest/kernel/timer.h"

/* The float registers are on, and what is in them is nobody's. */
void trap_start(void)
{
    csr_write(CSR_STVEC, (uint64_t)trap_entry);
    csr_write(CSR_SSCRATCH, 0);
    csr_write(CSR_SIE, INTERRUPT_EXTERNAL | INTERRUPT_TIMER);
    csr_clear(CSR_SSTATUS,
              SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP | SSTATUS_SUM | SSTATUS_MXR | SSTATUS_FS);
    csr_set(CSR_SSTATUS, SSTATUS_FS_CLEAN);
}

void trap_serve_interrupts(void)
{
    uint64_t pending = csr_read(CSR_SIP);

    if ((pending & INTERRUPT_TIMER) != 0 || !timer_can_wait()) {
        timer_serve();
    }
    if ((pending & INTERRUPT_EXTERNAL) != 0) {
        plic_serve();
    }
}

static void serve_page_fault(struct thread *thread, uint64_t va, enum access access)
{
    enum fault_result result = fault_resolve(thread->process->space, va, access);

    if (result != FAULT_DONE) {
        refuse_access(thread, va, access, result);
    }
}

static void serve_exception(struct thread *thread, uint64_t cause, uint64_t value)
{
    switch (cause) {
    case CAUSE_ECALL_FROM_U: syscall_handle(thread->frame); break;
    case CAUSE_FETCH_PAGE_FAULT: serve_page_fault(thread, value, ACCESS_EXECUTE); break;
    case CAUSE_LOAD_PAGE_FAULT: serve_page_fault(thread, value, ACCESS_READ); break;
    case CAUSE_STORE_PAGE_FAULT: serve_page_fault(thread, value, ACCESS_WRITE); break;
    default: refuse_exception(thread, cause, value); break;
    }
}

/* The CSRs are read first: other processes trap while this one sleeps. */
void trap_from_user(struct trap_frame *frame)
{
    uint64_t cause = csr_read(CSR_SCAUSE);
    uint64_t value = csr_read(CSR_STVAL);
    struct thread *thread = thread_current();

    thread->frame = frame;
    if ((cause & CAUSE_IS_INTERRUPT) != 0) {
        trap_serve_interrupts();
    } else {
        serve_exception(thread, cause, value);
    }
    if (timer_slice_is_over()) {
        scheduler_yield();
    }
    signal_obey(thread);
}

void trap_from_kernel(uint64_t pc, uint64_t sp)
{
    bool is_on_stack = (sp >> KERNEL_STACK_BIT & 1) != 0;

    panic("%s at pc 0x%lx, sp 0x%lx, scause 0x%lx, stval 0x%lx",
          is_on_stack ? "a trap from the kernel" : "the kernel's stack is too small", pc, sp,
          csr_read(CSR_SCAUSE), csr_read(CSR_STVAL));
}
