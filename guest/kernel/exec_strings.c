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

void exec_strings_free(struct exec_strings *strings)
{
    for (unsigned number = 0; number < EXEC_TEXT_PAGES; number++) {
        if (strings->pages[number] != NULL) {
            memory_drop(strings->pages[number]);
        }
    }
    *strings = (struct exec_strings){.length = 0};
}
