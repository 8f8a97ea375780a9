/*
 * host_files.h - files and folders of the host, copied for a guest: what is named, and nothing
 * else.
 *
 * A tree is walked from an open folder to the next, and no link in it is followed: links are copied
 * as links, which then lead where the guest's own tree has something. So nothing that is outside of
 * what was named gets in, whatever the tree says, and nothing of the host's is written.
 *
 * A folder's names come in the order of their bytes, so that the same files make the same archive.
 */
#ifndef EMU_MACHINE_HOST_FILES_H
#define EMU_MACHINE_HOST_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "emu/machine/error.h"

struct host_file {
    char *path;     /* in the guest, without a '/' in front; "." is its root */
    mode_t mode;    /* type, a regular file, folder or link, and permissions */
    uint8_t *bytes; /* content, or the text of a link, with a NUL behind it */
    size_t length;
};

/* One of zeroes is empty. */
struct host_files {
    struct host_file *all; /* a folder before what is in it */
    size_t count;
};

/* Adds the file that is named as "HOST" or "HOST:GUEST", where GUEST is an absolute path without
 * ".."; else it is in the guest's root under the last part of its name. Returns false and sets
 * *error if it is no regular file, cannot be read, or changes meanwhile. */
bool host_files_add_file(struct host_files *files, const char *name, struct error *error);

/* Adds what is in a folder, which is the guest's root. Returns false and sets *error, also where
 * something is neither file nor folder nor link. */
bool host_files_add_tree(struct host_files *files, const char *name, struct error *error);

/* Frees what they hold. */
void host_files_finish(struct host_files *files);

#endif
