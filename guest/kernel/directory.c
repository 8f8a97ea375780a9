#include "guest/kernel/directory.h"

#include "guest/kernel/bytes.h"
#include "guest/kernel/error.h"
#include "guest/kernel/heap.h"
#include "guest/kernel/open_file.h"

/* One that was removed has no name, and gets no entries any more. */
static bool is_removed(const struct inode *directory)
{
    return directory->names == 0;
}

static struct directory_entry *find_entry(const struct inode *directory, const char *name)
{
    struct directory_entry *entry = directory->first;

    while (entry != NULL && !text_equal(entry->name, name)) {
        entry = entry->next;
    }
    return entry;
}

struct inode *directory_find(const struct inode *directory, const char *name)
{
    if (text_equal(name, ".")) {
        return (struct inode *)directory;
    }
    if (text_equal(name, "..")) {
        return directory->parent;
    }

    const struct directory_entry *entry = find_entry(directory, name);

    if (entry != NULL) {
        return entry->inode;
    }
    return directory->operations->find != NULL ? directory->operations->find(directory, name)
                                               : NULL;
}

/* A directory that moves has another one for its parent. */
static void set_parent(struct inode *inode, struct inode *parent)
{
    struct inode *old = inode->parent;

    inode_hold(parent);
    inode->parent = parent;
    inode_drop(old);
}

static void append(struct inode *directory, struct directory_entry *entry)
{
    if (directory->last != NULL) {
        directory->last->next = entry;
    } else {
        directory->first = entry;
    }
    directory->last = entry;
    entry->number = directory->next_number++;
}

int64_t directory_add(struct inode *directory, const char *name, struct inode *inode)
{
    size_t size = text_length(name) + 1;
    struct directory_entry *entry = heap_take(sizeof *entry + size);
    int64_t error = 0;

    if (entry == NULL) {
        return ERROR_NO_MEMORY;
    }
    if (is_removed(directory)) {
        error = ERROR_NO_FILE;
    } else if (directory_find(directory, name) != NULL) {
        error = ERROR_EXISTS;
    }
    if (error != 0) {
        heap_give(entry);
        return error;
    }
    memcpy(entry->name, name, size);
    inode_hold(inode);
    entry->inode = inode;
    inode->names++;
    append(directory, entry);
    if (inode_is(inode, MODE_DIRECTORY)) {
        set_parent(inode, directory);
    }
    inode_note_write(directory);
    inode_note_change(inode);
    return 0;
}

/* Takes an entry out of the list. */
static void take_out(struct inode *directory, const struct directory_entry *entry)
{
    struct directory_entry *previous = NULL;

    for (struct directory_entry *at = directory->first; at != entry; at = at->next) {
        previous = at;
    }
    if (previous != NULL) {
        previous->next = entry->next;
    } else {
        directory->first = entry->next;
    }
    if (entry->next == NULL) {
        directory->last = previous;
    }
}

void directory_remove(struct inode *directory, const char *name)
{
    struct directory_entry *entry = find_entry(directory, name);

    if (entry == NULL) {
        return;
    }

    struct inode *inode = entry->inode;

    take_out(directory, entry);
    heap_give(entry);
    inode_note_write(directory);
    inode_note_change(inode);
    inode->names--;
    inode_drop(inode);
}

void directory_replace(struct inode *directory, const char *name, struct inode *inode)
{
    struct directory_entry *entry = find_entry(directory, name);
    struct inode *old = entry->inode;

    inode_hold(inode);
    inode->names++;
    entry->inode = inode;
    if (inode_is(inode, MODE_DIRECTORY)) {
        set_parent(inode, directory);
    }
    inode_note_write(directory);
    inode_note_change(inode);
    inode_note_change(old);
    old->names--;
    inode_drop(old);
}

bool directory_is_empty(const struct inode *directory)
{
    return directory->first == NULL;
}

const struct directory_entry *directory_next(const struct inode *directory, uint64_t number)
{
    const struct directory_entry *entry = directory->first;

    while (entry != NULL && entry->number < number) {
        entry = entry->next;
    }
    return entry;
}

const char *directory_name(const struct inode *directory)
{
    if (is_removed(directory) || directory->parent == directory) {
        return NULL;
    }

    const struct directory_entry *entry = directory->parent->first;

    while (entry != NULL && entry->inode != directory) {
        entry = entry->next;
    }
    return entry != NULL ? entry->name : NULL;
}
