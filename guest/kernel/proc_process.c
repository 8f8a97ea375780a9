#include "guest/kernel/proc_process.h"

#include <stddef.h>

#include "guest/kernel/bytes.h"
#include "guest/kernel/directory.h"
#include "guest/kernel/error.h"
#include "guest/kernel/file_directory.h"
#include "guest/kernel/proc.h"
#include "guest/kernel/process.h"

/* A number that no other inode has: this bit, the slot, and 0 for the directory or the text's. */
#define NUMBER_BIT (UINT64_C(1) << 32)

enum { SLOT_SHIFT = 8, INDEX_MASK = (1 << SLOT_SHIFT) - 1, DECIMAL = 10, PID_DIGITS_MOST = 5 };

static const struct {
    const char *name;
    text_function write;
} texts[] = {
    {"stat", proc_write_stat}, {"status", proc_write_status}, {"cmdline", proc_write_cmdline}};

enum { TEXTS = sizeof texts / sizeof *texts };

/* Of each slot: the process that was looked for last, its directory, and what is in there. */
static struct process_files {
    uint32_t pid;
    struct inode directory, texts[TEXTS];
} files[PROCESSES_MOST];

static unsigned slot_of(const struct inode *inode)
{
    return (unsigned)(inode->number >> SLOT_SHIFT) % PROCESSES_MOST;
}

static unsigned index_of(const struct inode *inode)
{
    return (unsigned)inode->number & INDEX_MASK;
}

bool proc_process_has(const struct inode *inode)
{
    return (inode->number & NUMBER_BIT) != 0;
}

static bool exists(const struct process *process)
{
    return process->state != PROCESS_UNUSED;
}

int64_t proc_process_write(const struct inode *inode, struct text *text)
{
    const struct process *process = process_in_slot(slot_of(inode));

    if (!exists(process) || process->pid != files[slot_of(inode)].pid) {
        return ERROR_NO_PROCESS;
    }
    texts[index_of(inode) - 1].write(text, process);
    return 0;
}

static struct inode *find_text(const struct inode *directory, const char *name)
{
    for (unsigned i = 0; i < TEXTS; i++) {
        if (text_equal(name, texts[i].name)) {
            return &files[slot_of(directory)].texts[i];
        }
    }
    return NULL;
}

static bool describe_text(const struct inode *directory, uint64_t place, char *name,
                          struct directory_record *record)
{
    const struct inode *inode = &files[slot_of(directory)].texts[place];

    text_copy(name, NAME_MOST + 1, texts[place].name);
    record->inode = inode->number;
    record->mode = inode->mode;
    return true;
}

static int64_t read_texts(struct open_file *file, struct transfer *to)
{
    return directory_read_made(file, to, TEXTS, describe_text);
}

static const struct file_operations process_operations = {
    .read_directory = read_texts, .find = find_text, .has_offsets = true};

/* They are given no time and no second name; the first reference is ours for good. */
static void make(struct inode *inode, uint64_t number, uint32_t mode,
                 const struct file_operations *operations)
{
    *inode = (struct inode){.number = number,
                            .mode = mode,
                            .references = 1,
                            .names = 1,
                            .is_fixed = true,
                            .operations = operations};
}

/* The directory of a slot, for the process that is there now. */
static struct inode *directory_of(struct inode *proc, const struct process *process)
{
    struct process_files *of = &files[process->slot];
    uint64_t number = NUMBER_BIT | process->slot << SLOT_SHIFT;

    of->pid = process->pid;
    if (of->directory.operations == NULL) {
        make(&of->directory, number, MODE_DIRECTORY | PROC_DIRECTORY_MODE, &process_operations);
        of->directory.parent = proc;
        for (unsigned i = 0; i < TEXTS; i++) {
            make(&of->texts[i], number + i + 1, MODE_REGULAR | PROC_TEXT_MODE,
                 &proc_text_operations);
        }
    }
    return &of->directory;
}

/* The number that a name is, written as the kernel writes it; 0: it is none. */
static uint32_t number_of(const char *name)
{
    uint32_t number = 0;

    if (text_length(name) > PID_DIGITS_MOST || name[0] == '0') {
        return 0;
    }
    for (; *name != '\0'; name++) {
        if (*name < '0' || *name > '9') {
            return 0;
        }
        number = number * DECIMAL + (uint32_t)(*name - '0');
    }
    return number;
}

static struct inode *find_process(const struct inode *proc, const char *name)
{
    uint32_t pid = number_of(name);

    for (uint32_t slot = 0; slot < process_slots() && pid != 0; slot++) {
        const struct process *process = process_in_slot(slot);

        if (exists(process) && process->pid == pid) {
            return directory_of((struct inode *)proc, process);
        }
    }
    return NULL;
}

/* First the slots, then the entries: those are never removed, so their numbers are places. */
static bool describe_process(const struct inode *proc, uint64_t place, char *name,
                             struct directory_record *record)
{
    if (place < PROCESSES_MOST) {
        const struct process *process = process_in_slot((uint32_t)place);
        struct text text = {name, 0, NAME_MOST, 0};

        if (!exists(process)) {
            return false;
        }
        text_add(&text, "%u", process->pid);
        name[text.length] = '\0';
        record->inode = directory_of((struct inode *)proc, process)->number;
        record->mode = MODE_DIRECTORY;
        return true;
    }

    const struct directory_entry *entry = directory_next(proc, place - PROCESSES_MOST);

    text_copy(name, NAME_MOST + 1, entry->name);
    record->inode = entry->inode->number;
    record->mode = entry->inode->mode;
    return true;
}

static int64_t read_processes(struct open_file *file, struct transfer *to)
{
    return directory_read_made(file, to, PROCESSES_MOST + file->inode->next_number,
                               describe_process);
}

const struct file_operations proc_directory_operations = {
    .read_directory = read_processes, .find = find_process, .has_offsets = true};
