/*
 * echo.S - sends back what it receives, by interrupts, and sleeps when there is nothing to do. A q
 * ends it. With echo_period, it also sends a dot every so many ticks of mtime. Before all it sends
 * an exclamation mark: it is listening.
 *
 * Only the loop that sleeps is ever interrupted, and it needs no register.
 */
#define FINISHER 0x00100000
#define FINISHER_PASS 0x5555
#define CLINT_MTIMECMP 0x02004000
#define CLINT_MTIME 0x0200bff8
#define PLIC_PRIORITY 0x0c000000
#define PLIC_ENABLE 0x0c002000
#define PLIC_CLAIM 0x0c200004
#define UART 0x10000000
#define UART_SOURCE 10
#define UART_IER 1
#define UART_LSR 5
#define UART_RECEIVED 1
#define MIP_MTIP (1 << 7)
#define MIP_MEIP (1 << 11)
#define MSTATUS_MIE 8
#define CAUSE_MTI 7

        .text
        .globl  start
        .type   start, @function
start:
        la      t0, handler
        csrw    mtvec, t0
        li      s0, UART
        li      s1, PLIC_CLAIM
        la      s2, echo_period
        ld      s2, 0(s2)
        li      t0, PLIC_PRIORITY
        li      t1, 1
        sw      t1, 4 * UART_SOURCE(t0)
        li      t0, PLIC_ENABLE
        li      t1, 1 << UART_SOURCE
        sw      t1, 0(t0)
        li      t0, UART_RECEIVED
        sb      t0, UART_IER(s0)
        li      t0, '!'
        sb      t0, 0(s0)
        li      s3, MIP_MEIP
        beqz    s2, listen
        jal     arm
        li      s3, MIP_MEIP | MIP_MTIP
listen:
        csrw    mie, s3
        csrsi   mstatus, MSTATUS_MIE
again:
        wfi
        j       again

/* The timer will interrupt a period from now. */
arm:
        li      t0, CLINT_MTIME
        ld      t1, 0(t0)
        add     t1, t1, s2
        li      t0, CLINT_MTIMECMP
        sd      t1, 0(t0)
        ret

        .balign 4
handler:
        csrr    t0, mcause
        andi    t0, t0, 15
        li      t1, CAUSE_MTI
        beq     t0, t1, tick
        lw      s4, 0(s1)
receive:
        lbu     t0, UART_LSR(s0)
        andi    t0, t0, UART_RECEIVED
        beqz    t0, complete
        lbu     t0, 0(s0)
        sb      t0, 0(s0)
        li      t1, 'q'
        bne     t0, t1, receive
        li      t0, FINISHER
        li      t1, FINISHER_PASS
        sw      t1, 0(t0)
complete:
        sw      s4, 0(s1)
        mret
tick:
        li      t0, '.'
        sb      t0, 0(s0)
        jal     arm
        mret

        .data
        .balign 8
        .globl  echo_period
        .type   echo_period, @object
        .size   echo_period, 8
echo_period:
        .dword  0
