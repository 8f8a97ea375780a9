/*
 * own_folder.h - a new folder under /tmp that a program works in, and which goes with all that is
 * in it.
 */
#ifndef KERNEL_PROGRAMS_OWN_FOLDER_H
#define KERNEL_PROGRAMS_OWN_FOLDER_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Makes a folder by a template of mkdtemp, and goes there. The program ends if it cannot. */
static inline void own_folder_enter(char *folder)
{
    if (mkdtemp(folder) == NULL || chdir(folder) != 0) {
        perror(folder);
        exit(1);
    }
}

static inline int own_folder_remove_one(const char *path, const struct stat *status, int kind,
                                        struct FTW *where)
{
    (void)status;
    (void)kind;
    (void)where;
    return remove(path);
}

/* Returns 0, or what went wrong. */
static inline int own_folder_remove(const char *folder)
{
    return nftw(folder, own_folder_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
