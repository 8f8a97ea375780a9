#include "guest/sbi/trap.h"

#include "guest/include/console.h"
#include "guest/include/csr.h"
#include "guest/include/finisher.h"
#include "guest/sbi/call.h"
#include "guest/sbi/firmware.h"

enum { ECALL_LENGTH = 4 };

/* All else that S-mode and U-mode can cause is theirs (main.c). */
void trap_handle(struct trap_frame *frame)
{
    uint64_t mcause = csr_read(CSR_MCAUSE);

    if (mcause != CAUSE_ECALL_FROM_S) {
        trap_report(mcause, frame->mepc, csr_read(CSR_MTVAL));
    }
    frame->mepc += ECALL_LENGTH;
    call_handle(frame);
}

void trap_report(uint64_t mcause, uint64_t mepc, uint64_t mtval)
{
    console_print("firmware: unexpected trap, mcause ");
    console_hex(mcause);
    console_print(", mepc ");
    console_hex(mepc);
    console_print(", mtval ");
    console_hex(mtval);
    console_print("\n");
    finisher_exit(FIRMWARE_EXIT_TRAP);
}
