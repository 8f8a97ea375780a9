/*
 * start.S - where a program of Linux begins: main(argc, argv), and its result is the exit code.
 *
 * On the stack the kernel has put argc, then the addresses of the arguments, then a zero.
 */
#define LINUX_EXIT_GROUP 94

        .section .text.start, "ax", @progbits
        .globl  _start
        .type   _start, @function
_start:
        ld      a0, 0(sp)
        addi    a1, sp, 8
        call    main
        li      a7, LINUX_EXIT_GROUP
        ecall
        .size   _start, . - _start
