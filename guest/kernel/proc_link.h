/*
 * proc_link.h - links that depend on who follows them: /proc/self/exe, cwd, root and fd, and the
 * names in /dev that lead there.
 *
 * /proc/self/fd/N is a link that nobody follows: what is open may have no name. An open of it gives
 * the open file of N itself, offset and all, as a dup would.
 */
#ifndef GUEST_KERNEL_PROC_LINK_H
#define GUEST_KERNEL_PROC_LINK_H

/* Puts them into the tree. For proc_start(). */
void proc_link_start(void);

#endif
