#include "guest/kernel/user_memory.h"

#include "guest/include/sv39.h"
#include "guest/kernel/bytes.h"
#include "guest/kernel/direct_map.h"
#include "guest/kernel/error.h"
#include "guest/kernel/fault.h"
#include "guest/kernel/page_table.h"
#include "guest/kernel/process.h"
#include "guest/kernel/refusal.h"
#include "guest/kernel/thread.h"

/* What a fault that was not resolved is to a system call. */
static int64_t refuse(const struct address_space *space, uint64_t va, enum access access,
                      enum fault_result result)
{
    struct thread *thread = thread_current();

    if (result == FAULT_NO_AREA || result == FAULT_FORBIDDEN) {
        return ERROR_BAD_ADDRESS;
    }
    if (thread != NULL && thread->process->space == space) {
        refuse_access(thread, va, access, result);
    }
    return result == FAULT_NO_MEMORY ? ERROR_NO_MEMORY : ERROR_IO;
}

/* Makes the page of va ready. *bytes is where va is for the kernel, until the caller sleeps. */
static int64_t prepare(struct address_space *space, uint64_t va, enum access access,
                       uint8_t **bytes)
{
    enum fault_result result = fault_prepare(space, va, access);

    if (result != FAULT_DONE) {
        return refuse(space, va, access, result);
    }
    *bytes = (uint8_t *)direct_map(pte_pa(page_table_read(space, va))) + (va - page_down(va));
    return 0;
}

/* How much of [va, va + length) is on the first page. */
static size_t on_page(uint64_t va, size_t length)
{
    size_t rest = page_down(va) + PAGE_SIZE - va;

    return length < rest ? length : rest;
}

int64_t user_read(struct address_space *space, void *to, uint64_t va, size_t length)
{
    uint8_t *next = to;

    while (length > 0) {
        size_t part = on_page(va, length);
        uint8_t *bytes;
        int64_t error = prepare(space, va, ACCESS_READ, &bytes);

        if (error != 0) {
            return error;
        }
        memcpy(next, bytes, part);
        next += part;
        va += part;
        length -= part;
    }
    return 0;
}

int64_t user_write(struct address_space *space, uint64_t va, const void *from, size_t length)
{
    const uint8_t *next = from;

    while (length > 0) {
        size_t part = on_page(va, length);
        uint8_t *bytes;
        int64_t error = prepare(space, va, ACCESS_WRITE, &bytes);

        if (error != 0) {
            return error;
        }
        memcpy(bytes, next, part);
        next += part;
        va += part;
        length -= part;
    }
    return 0;
}

int64_t user_clear(struct address_space *space, uint64_t va, size_t length)
{
    while (length > 0) {
        size_t part = on_page(va, length);
        uint8_t *bytes;
        int64_t error = prepare(space, va, ACCESS_WRITE, &bytes);

        if (error != 0) {
            return error;
        }
        memset(bytes, 0, part);
        va += part;
        length -= part;
    }
    return 0;
}

int64_t user_compare_exchange(struct address_space *space, uint64_t va, uint32_t *expected,
                              uint32_t desired)
{
    uint8_t *bytes;
    int64_t error = prepare(space, va, ACCESS_WRITE, &bytes);
    uint32_t word;

    if (error != 0) {
        return error;
    }
    memcpy(&word, bytes, sizeof word);
    if (word == *expected) {
        memcpy(bytes, &desired, sizeof desired);
    }
    *expected = word;
    return 0;
}

int64_t user_read_text(struct address_space *space, char *to, size_t size, uint64_t va)
{
    while (size > 0) {
        size_t part = on_page(va, size);
        uint8_t *bytes;
        int64_t error = prepare(space, va, ACCESS_READ, &bytes);

        if (error != 0) {
            return error;
        }
        for (size_t i = 0; i < part; i++) {
            to[i] = (char)bytes[i];
            if (to[i] == '\0') {
                return 0;
            }
        }
        to += part;
        va += part;
        size -= part;
    }
    return ERROR_NAME_TOO_LONG;
}
