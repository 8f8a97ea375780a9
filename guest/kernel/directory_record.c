#include "guest/kernel/directory_record.h"

#include <stddef.h>

#include "guest/kernel/bytes.h"
#include "guest/kernel/directory.h"

enum { TYPE_SHIFT = 12, ALIGNMENT = 8 };

struct bytes {
    uint64_t inode;
    int64_t next;
    uint16_t length;
    uint8_t type;
    char name[NAME_MOST + 1 + ALIGNMENT];
};

int64_t directory_record_put(struct transfer *to, const struct directory_record *record)
{
    struct bytes bytes = {.inode = record->inode, .next = (int64_t)record->next};
    size_t length = offsetof(struct bytes, name) + text_length(record->name) + 1;
    int64_t error;

    length = (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (length > to->left) {
        return 0;
    }
    bytes.length = (uint16_t)length;
    bytes.type = (uint8_t)(record->mode >> TYPE_SHIFT);
    text_copy(bytes.name, NAME_MOST + 1, record->name);
    error = transfer_put(to, &bytes, length);
    return error != 0 ? error : (int64_t)length;
}
