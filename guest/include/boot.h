/*
 * boot.h - the contract between guest/boot and a program that is linked with it.
 *
 * A program provides `int user_main(void)`, compiled into objects named *.user.o, and gets:
 *
 *   - U-mode under Sv39, every page 4 KiB and mapped to itself (virtual = physical address): what
 *     the page tables add is protection, and a loader can poke a variable at its symbol's address;
 *   - its code readable and executable, its constants readable, its data and stack writable, and
 *     nothing of the supervisor or of a device;
 *   - A and D set in every leaf, so no access of it ever makes an MMU write to a page table;
 *   - zeroed .bss, a stack of 16 KiB with nothing mapped below it, and no interrupts;
 *   - the system calls below (number in a7, arguments from a0 on, result in a0), see user.h;
 *   - what user_main returns as exit code of the run.
 *
 * The address space is the same for every program; no part may outgrow its 64 KiB:
 *
 *   0x8000_0000  supervisor  code           R X       0x8004_0000  user  code           R X U
 *   0x8001_0000              constants      R         0x8005_0000        constants      R   U
 *   0x8002_0000              data           R W       0x8006_0000        data           R W U
 *   0x8003_0000              stack          R W       0x8007_0000        stack          R W U
 *   0x8010_0000              page tables    R W       0x8020_0000        arena          R W U
 *
 * So RAM must have 2 MiB, and what the arena needs. The borders (text_start and so on) are set by
 * guest/boot/guest.ld and declared in supervisor.h.
 *
 * Only #define here: assembly includes this file too.
 */
#ifndef GUEST_BOOT_H
#define GUEST_BOOT_H

#define SYS_WRITE 64     /* (fd, address, length): to the console; number as in Linux */
#define SYS_EXIT 93      /* (code): number as in Linux */
#define SYS_ARENA 1024   /* (pages): maps so many more pages; returns their address, or 0 */
#define SYS_RECOVER 1025 /* (pc): where to go on after the next fault, its cause in a0 */

/* Exit codes that guest/boot itself ends a run with. */
#define EXIT_USER_FAULT 101       /* the program faulted and had no place to recover */
#define EXIT_SUPERVISOR_FAULT 102 /* a trap from S-mode: a bug in guest/boot */
#define EXIT_MACHINE_TRAP 103     /* a trap into M-mode, where none is expected */

#endif
