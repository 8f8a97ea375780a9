/*
 * carried.S - RISC-V's ELF files as bytes of this program. CARRIED_KERNEL and CARRIED_FIRMWARE are
 * their names.
 */
        .macro  carry name, file
        .globl  \name, \name\()_end
        .balign 16
\name:
        .incbin "\file"
\name\()_end:
        .endm

        .section .rodata.carried, "a", %progbits
        carry   carried_kernel, CARRIED_KERNEL
        carry   carried_firmware, CARRIED_FIRMWARE
        .section .note.GNU-stack, "", %progbits
