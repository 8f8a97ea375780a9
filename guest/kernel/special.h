/*
 * special.h - files that are made by the kernel: /dev and /proc.
 *
 *   /dev/null, zero, full, urandom, random, tty      /dev/stdin, stdout, stderr, fd: links
 *   /proc/self/exe, fd, maps, stat, status, cmdline   of who asks; also /proc/mounts, meminfo,
 *                                                     uptime, cpuinfo
 *   /proc/N/stat, status, cmdline                     of any process (proc_process.h)
 */
#ifndef GUEST_KERNEL_SPECIAL_H
#define GUEST_KERNEL_SPECIAL_H

/* Puts them into the tree (file_system_add()). device_start() is in device.c, proc_start() in
 * proc.c. For file_system_start(). */
void device_start(void);
void proc_start(void);

#endif
