/*
 * tohost.S - speaks to the host as programs for Spike do: a message by a system-call block, a
 * signature between two symbols, then exit code 0. Should it trap, the exit code is the cause.
 *
 *   tohost    63..56 device | 55..48 command | 47..0 payload
 *   device 0  even payload: address of a system-call block; odd: exit with payload >> 1
 */
#define SYS_WRITE 64
#define STANDARD_OUTPUT 1
#define EXIT_PASS 1                     /* code 0, shifted by one, and the bit that says exit */

        .text
        .globl  start
        .type   start, @function
start:
        la      t0, trapped
        csrw    mtvec, t0

        # Something to sign: a product of two numbers, and its upper half.
        la      s0, begin_signature
        li      t0, 0x0123456789abcdef
        li      t1, 0xfedcba9876543210
        mul     t2, t0, t1
        sd      t2, 0(s0)
        mulhu   t2, t0, t1
        sd      t2, 8(s0)

        # Asks the host to write. Memory must hold the block before tohost tells where it is.
        la      t0, block
        fence
        la      s1, tohost
        sd      t0, 0(s1)
        la      s2, fromhost
wait:
        ld      t0, 0(s2)               # the host answers with something other than 0
        beqz    t0, wait
        sd      zero, 0(s2)

        # A 32-bit program could only do it like this, and the tests of RV64 do it too.
        li      t0, EXIT_PASS
        sw      t0, 0(s1)
        sw      zero, 4(s1)
stop:
        j       stop

        .balign 4
trapped:
        csrr    t0, mcause
        slli    t0, t0, 1
        ori     t0, t0, 1
        la      t1, tohost
        sd      t0, 0(t1)
        j       stop

        .section .tohost, "aw", @progbits
        .balign 64
        .globl  tohost
        .type   tohost, @object
        .size   tohost, 8
tohost: .dword  0
        .balign 64
        .globl  fromhost
        .type   fromhost, @object
        .size   fromhost, 8
fromhost:
        .dword  0

        .data
        .balign 64
block:                                  # number, three arguments, four more for the host to use
        .dword  SYS_WRITE, STANDARD_OUTPUT, message, message_end - message
        .dword  0, 0, 0, 0
message:
        .ascii  "written by the host\n"
message_end:

/* 20 bytes, which is no multiple of 8 or 16: the last line of a signature must be filled up. */
        .balign 16
        .globl  begin_signature
begin_signature:
        .dword  0, 0
        .word   0x600dda7a
        .globl  end_signature
end_signature:
