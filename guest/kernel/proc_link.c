#include "guest/kernel/proc_link.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/kernel/bytes.h"
#include "guest/kernel/descriptor.h"
#include "guest/kernel/end.h"
#include "guest/kernel/error.h"
#include "guest/kernel/file_directory.h"
#include "guest/kernel/file_system.h"
#include "guest/kernel/heap.h"
#include "guest/kernel/path.h"
#include "guest/kernel/proc.h"
#include "guest/kernel/proc_text.h"
#include "guest/kernel/process.h"

enum { ALL = 0777, PROC_PATH_SIZE = 24 };

static const char fd_path[] = "/proc/self/fd";

/* Of each /proc/self/fd/N, by N. */
static const struct inode *fd_inodes[DESCRIPTORS_MOST];

/* A piece of text that must fit: its length. */
static int64_t fit(struct text *text, size_t size)
{
    return text->length < size ? (int64_t)text->length : ERROR_NAME_TOO_LONG;
}

static int64_t copy_link(const char *from, char *to, size_t size)
{
    struct text text = {to, 0, size, 0};

    text_add(&text, "%s", from);
    return fit(&text, size);
}

static int64_t link_to_program(const struct inode *inode, char *text, size_t size)
{
    (void)inode;
    return copy_link(process_current()->executable, text, size);
}

static int64_t link_to_directory(const struct inode *inode, char *text, size_t size)
{
    int64_t error = path_of_directory(process_current()->directory.inode, text, size);

    (void)inode;
    return error < 0 ? error : (int64_t)text_length(text);
}

static struct open_file *file_of(const struct inode *inode)
{
    unsigned number = 0;

    while (fd_inodes[number] != inode) {
        number++;
    }
    return descriptor_find(&process_current()->descriptors, number);
}

/* What is open, by its kind and the number of its inode; a directory by its path. */
static int64_t describe(const struct inode *inode, char *to, size_t size)
{
    const struct open_file *file = file_of(inode);
    struct text text = {to, 0, size, 0};

    if (file == NULL) {
        return ERROR_NO_FILE;
    }

    struct file_status status = open_file_status(file);

    if ((status.mode & MODE_TYPE) == MODE_DIRECTORY) {
        int64_t error = path_of_directory(file->inode, to, size);

        return error < 0 ? error : (int64_t)text_length(to);
    }
    text_add(&text, "%s:[%lu]", (status.mode & MODE_TYPE) == MODE_PIPE ? "pipe" : "file",
             status.inode);
    return fit(&text, size);
}

static int64_t open_same(struct inode *inode, uint32_t flags, struct open_file **file)
{
    struct open_file *same = file_of(inode);
    uint32_t access = flags & OPEN_ACCESS;

    if (same == NULL) {
        return ERROR_NO_FILE;
    }
    if ((access != OPEN_WRITE_ONLY && !open_file_can_read(same)) ||
        (access != OPEN_READ_ONLY && !open_file_can_write(same))) {
        return ERROR_NO_ACCESS;
    }
    open_file_hold(same);
    *file = same;
    return 0;
}

static void name_number(char *name, size_t size, const char *before, unsigned number)
{
    struct text text = {name, 0, size - 1, 0};

    text_add(&text, "%s%u", before, number);
    name[text.length] = '\0';
}

static bool describe_entry(const struct inode *directory, uint64_t place, char *name,
                           struct directory_record *record)
{
    (void)directory;
    if (descriptor_find(&process_current()->descriptors, place) == NULL) {
        return false;
    }
    name_number(name, PROC_PATH_SIZE, "", (unsigned)place);
    record->inode = fd_inodes[place]->number;
    record->mode = MODE_LINK;
    return true;
}

static int64_t read_numbers(struct open_file *file, struct transfer *to)
{
    return directory_read_made(file, to, DESCRIPTORS_MOST, describe_entry);
}

static const struct file_operations fd_operations = {.read_link = describe, .open = open_same};
static const struct file_operations fd_directory_operations = {.read_directory = read_numbers,
                                                               .has_offsets = true};

static const struct file_operations program_operations = {.read_link = link_to_program};
static const struct file_operations directory_link_operations = {.read_link = link_to_directory};
static const struct file_operations plain_operations; /* the link has its text */

static const struct {
    const char *path, *text;
} plain_links[] = {
    {"/proc/self/root", "/"},           {"/dev/fd", fd_path},
    {"/dev/stdin", "/proc/self/fd/0"},  {"/dev/stdout", "/proc/self/fd/1"},
    {"/dev/stderr", "/proc/self/fd/2"},
};

/* The text becomes the inode's, who gives it back. */
static void add_plain_link(const char *path, const char *text)
{
    struct inode *inode = file_system_add(path, MODE_LINK | ALL, &plain_operations);
    size_t length = text_length(text);
    uint8_t *bytes = heap_take(length);

    if (bytes == NULL) {
        panic("no memory for %s", path);
    }
    memcpy(bytes, text, length);
    inode->bytes = bytes;
    inode->length = length;
}

void proc_link_start(void)
{
    char path[PROC_PATH_SIZE];

    file_system_add("/proc/self", MODE_DIRECTORY | PROC_DIRECTORY_MODE, NULL);
    for (size_t i = 0; i < sizeof plain_links / sizeof *plain_links; i++) {
        add_plain_link(plain_links[i].path, plain_links[i].text);
    }
    file_system_add("/proc/self/exe", MODE_LINK | ALL, &program_operations);
    file_system_add("/proc/self/cwd", MODE_LINK | ALL, &directory_link_operations);
    file_system_add(fd_path, MODE_DIRECTORY | PROC_DIRECTORY_MODE, &fd_directory_operations);
    for (unsigned number = 0; number < DESCRIPTORS_MOST; number++) {
        name_number(path, sizeof path, "/proc/self/fd/", number);
        fd_inodes[number] = file_system_add(path, MODE_LINK | ALL, &fd_operations);
    }
}
