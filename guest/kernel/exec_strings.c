#include "guest/kernel/exec.h"

#include <stdbool.h>

#include "guest/include/sv39.h"
#include "guest/kernel/bytes.h"
#include "guest/kernel/error.h"
#include "guest/kernel/reclaim.h"
#include "guest/kernel/user_memory.h"

/* Where the next byte goes, and how many fit there. May sleep. */
static int64_t find_room(struct exec_strings *strings, uint8_t **room, size_t *size)
{
    size_t number = strings->length / PAGE_SIZE;
    size_t offset = strings->length % PAGE_SIZE;

    if (number == EXEC_TEXT_PAGES) {
        return ERROR_TOO_LONG;
    }
    if (strings->pages[number] == NULL) {
        strings->pages[number] = memory_take(FRAME_KERNEL);
        if (strings->pages[number] == NULL) {
            return ERROR_NO_MEMORY;
        }
    }
    *room = (uint8_t *)frame_bytes(strings->pages[number]) + offset;
    *size = PAGE_SIZE - offset;
    return 0;
}

/* How many bytes up to and with the NUL there are; all of them if there is none. */
static size_t text_size(const uint8_t *bytes, size_t size, bool *is_ended)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '\0') {
            *is_ended = true;
            return i + 1;
        }
    }
    *is_ended = false;
    return size;
}

int64_t exec_strings_add(struct exec_strings *strings, const char *text)
{
    const uint8_t *next = (const uint8_t *)text;

    for (bool is_ended = false; !is_ended;) {
        uint8_t *room;
        size_t size;
        int64_t error = find_room(strings, &room, &size);

        if (error != 0) {
            return error;
        }
        size = text_size(next, size, &is_ended);
        memcpy(room, next, size);
        next += size;
        strings->length += size;
    }
    return 0;
}

int64_t exec_strings_add_user(struct exec_strings *strings, struct address_space *from, uint64_t va)
{
    for (bool is_ended = false; !is_ended;) {
        uint8_t *room;
        size_t size;
        int64_t error = find_room(strings, &room, &size);

        if (error != 0) {
            return error;
        }
        /* Not past the page: the next one is asked for only if the string goes on there. */
        if (size > PAGE_SIZE - va % PAGE_SIZE) {
            size = PAGE_SIZE - va % PAGE_SIZE;
        }
        error = user_read(from, room, va, size);
        if (error != 0) {
            return error;
        }
        size = text_size(room, size, &is_ended);
        va += size;
        strings->length += size;
    }
    return 0;
}

size_t exec_strings_end(const struct exec_strings *strings, size_t offset)
{
    for (;; offset++) {
        const uint8_t *bytes = frame_bytes(strings->pages[offset / PAGE_SIZE]);

        if (bytes[offset % PAGE_SIZE] == '\0') {
            return offset + 1;
        }
    }
}

/* Adds what another one has from `offset` on. */
static int64_t add_rest(struct exec_strings *strings, const struct exec_strings *from,
                        size_t offset)
{
    while (offset < from->length) {
        const uint8_t *bytes = frame_bytes(from->pages[offset / PAGE_SIZE]);
        size_t part = PAGE_SIZE - offset % PAGE_SIZE;
        uint8_t *room;
        size_t size;
        int64_t error = find_room(strings, &room, &size);

        if (error != 0) {
            return error;
        }
        part = part < from->length - offset ? part : from->length - offset;
        part = part < size ? part : size;
        memcpy(room, bytes + offset % PAGE_SIZE, part);
        offset += part;
        strings->length += part;
    }
    return 0;
}

int64_t exec_strings_replace_first(struct exec_strings *strings, const char *const *texts,
                                   size_t count)
{
    struct exec_strings made = {.arguments = strings->arguments - 1 + count,
                                .environment = strings->environment};
    int64_t error = 0;

    for (size_t i = 0; i < count && error == 0; i++) {
        error = exec_strings_add(&made, texts[i]);
    }
    if (error == 0) {
        error = add_rest(&made, strings, exec_strings_end(strings, 0));
    }
    if (error != 0) {
        exec_strings_free(&made);
        return error;
    }
    exec_strings_free(strings);
    *strings = made;
    return 0;
}

void exec_strings_free(struct exec_strings *strings)
{
    for (unsigned number = 0; number < EXEC_TEXT_PAGES; number++) {
        if (strings->pages[number] != NULL) {
            memory_drop(strings->pages[number]);
        }
    }
    *strings = (struct exec_strings){.length = 0};
}
