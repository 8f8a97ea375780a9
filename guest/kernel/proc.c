#include "guest/kernel/proc.h"

#include <stddef.h>

#include "guest/include/sv39.h"
#include "guest/kernel/error.h"
#include "guest/kernel/file_system.h"
#include "guest/kernel/frames.h"
#include "guest/kernel/open_file.h"
#include "guest/kernel/proc_link.h"
#include "guest/kernel/proc_process.h"
#include "guest/kernel/proc_text.h"
#include "guest/kernel/process.h"
#include "guest/kernel/reclaim.h"
#include "guest/kernel/special.h"

enum { TEXTS_MOST = 16 };

/* The inode of each text; it is in the tree as long as anyone can ask. */
static const struct inode *text_inodes[TEXTS_MOST];

static text_function writer_of(const struct inode *inode)
{
    unsigned i = 0;

    while (text_inodes[i] != inode) {
        i++;
    }
    return proc_texts[i].write;
}

static int64_t write_text(const struct inode *inode, struct text *text)
{
    if (proc_process_has(inode)) {
        return proc_process_write(inode, text);
    }
    writer_of(inode)(text, process_current());
    return 0;
}

/* Writes the text anew for each read, and lets go by what was read before: at most a page at once.
 */
static int64_t read_text(struct open_file *file, struct transfer *to, uint64_t *offset)
{
    struct frame *frame = memory_take(FRAME_KERNEL);
    int64_t error;

    if (frame == NULL) {
        return ERROR_NO_MEMORY;
    }

    struct text text = {frame_bytes(frame), *offset, to->left < PAGE_SIZE ? to->left : PAGE_SIZE,
                        .length = 0};

    error = write_text(file->inode, &text);
    if (error == 0) {
        error = transfer_put(to, text.bytes, text.length);
    }
    memory_drop(frame);
    if (error != 0) {
        return error;
    }
    *offset += text.length;
    return (int64_t)text.length;
}

const struct file_operations proc_text_operations = {.read = read_text, .has_offsets = true};

void proc_start(void)
{
    file_system_add("/proc", MODE_DIRECTORY | PROC_DIRECTORY_MODE, &proc_directory_operations)
        ->is_fixed = true;
    proc_link_start();
    for (unsigned i = 0; proc_texts[i].path != NULL; i++) {
        text_inodes[i] = file_system_add(proc_texts[i].path, MODE_REGULAR | PROC_TEXT_MODE,
                                         &proc_text_operations);
    }
}
