/*
 * fdt.c - the three facts that rules need of a flattened device tree.
 *
 *   header   0xd00dfeed, total size, offset of the structure, offset of the strings, ...
 *   structure  1 begin node, name | 2 end node | 3 property: length, name offset, value | 4 nothing
 *              | 9 end. All words are 32 bits, most significant byte first.
 *
 * A `reg` is taken to begin with an address of two words, as on every 64-bit board.
 */
#include "guest/rules/runtime/runtime.h"

enum {
    FDT_BEGIN_NODE = 1,
    FDT_END_NODE = 2,
    FDT_PROPERTY = 3,
    FDT_NOTHING = 4,
    FDT_STRUCTURE_OFFSET = 8,
    FDT_STRINGS_OFFSET = 12,
};
#define FDT_MAGIC UINT32_C(0xd00dfeed)

/* A node being read: properties come before the nodes in it. */
struct node {
    const uint8_t *compatible;
    const uint8_t *compatible_end;
    const uint8_t *reg;
};

static uint32_t word_at(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static const uint8_t *after_text(const uint8_t *text)
{
    while (*text != '\0') {
        text++;
    }
    return text + 1;
}

static const uint8_t *align(const uint8_t *bytes)
{
    return (const uint8_t *)(((uintptr_t)bytes + 3) & ~(uintptr_t)3);
}

/* compatible is a list of texts. */
static bool is_compatible(const struct node *node, const char *with)
{
    const uint8_t *name = node->compatible;

    while (name != NULL && name < node->compatible_end) {
        if (text_equal((const char *)name, with)) {
            return true;
        }
        name = after_text(name);
    }
    return false;
}

/* Looks at what is known of a node when its properties are over. */
static void conclude(struct node *node, struct fdt_facts *facts)
{
    if (node->reg != NULL) {
        uint64_t address = (uint64_t)word_at(node->reg) << 32 | word_at(node->reg + 4);

        if (facts->uart == 0 && is_compatible(node, "ns16550a")) {
            facts->uart = address;
        }
        if (facts->finisher == 0 &&
            (is_compatible(node, "sifive,test0") || is_compatible(node, "sifive,test1"))) {
            facts->finisher = address;
        }
    }
    *node = (struct node){0};
}

static void read_property(const char *name, const uint8_t *value, uint32_t length,
                          struct node *node, struct fdt_facts *facts)
{
    if (text_equal(name, "compatible")) {
        node->compatible = value;
        node->compatible_end = value + length;
    } else if (text_equal(name, "reg")) {
        node->reg = value;
    } else if (facts->isa == NULL && text_equal(name, "riscv,isa")) {
        facts->isa = (const char *)value;
    }
}

struct fdt_facts fdt_read(const void *tree)
{
    const uint8_t *bytes = tree;
    struct fdt_facts facts = {0};
    struct node node = {0};

    if (bytes == NULL || word_at(bytes) != FDT_MAGIC) {
        return facts;
    }
    const uint8_t *next = bytes + word_at(bytes + FDT_STRUCTURE_OFFSET);
    const char *strings = (const char *)bytes + word_at(bytes + FDT_STRINGS_OFFSET);

    for (;;) {
        uint32_t token = word_at(next);

        next += 4;
        if (token == FDT_PROPERTY) {
            uint32_t length = word_at(next);

            read_property(strings + word_at(next + 4), next + 8, length, &node, &facts);
            next = align(next + 8 + length);
        } else if (token == FDT_BEGIN_NODE) {
            conclude(&node, &facts);
            next = align(after_text(next));
        } else if (token == FDT_END_NODE) {
            conclude(&node, &facts);
        } else if (token != FDT_NOTHING) {
            return facts;
        }
    }
}
