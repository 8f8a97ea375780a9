#include "guest/kernel/descriptor.h"

#include <stddef.h>

#include "guest/kernel/error.h"

void descriptors_start(struct descriptors *descriptors)
{
    *descriptors = (struct descriptors){
        .of_number = {{.kind = DESCRIPTOR_INPUT},
                      {.kind = DESCRIPTOR_OUTPUT},
                      {.kind = DESCRIPTOR_ERROR}},
    };
}

struct descriptor *descriptor_find(struct descriptors *descriptors, uint64_t number)
{
    if (number >= DESCRIPTORS_MOST || descriptors->of_number[number].kind == DESCRIPTOR_CLOSED) {
        return NULL;
    }
    return &descriptors->of_number[number];
}

int64_t descriptor_open(struct descriptors *descriptors, const struct file *file)
{
    for (unsigned number = 0; number < DESCRIPTORS_MOST; number++) {
        struct descriptor *descriptor = &descriptors->of_number[number];

        if (descriptor->kind == DESCRIPTOR_CLOSED) {
            *descriptor = (struct descriptor){.kind = DESCRIPTOR_FILE, .file = file};
            return number;
        }
    }
    return ERROR_TOO_MANY_FILES;
}

void descriptors_exec(struct descriptors *descriptors)
{
    for (unsigned number = 0; number < DESCRIPTORS_MOST; number++) {
        if (descriptors->of_number[number].closes_at_exec) {
            descriptors->of_number[number] = (struct descriptor){.kind = DESCRIPTOR_CLOSED};
        }
    }
}
