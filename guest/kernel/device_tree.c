#include "guest/kernel/device_tree.h"

#include <stddef.h>

#include "guest/kernel/bytes.h"
#include "guest/kernel/direct_map.h"
#include "guest/kernel/end.h"
#include "guest/kernel/sections.h"

/*
 * A flattened tree: a header, the structure, the strings; every number of it big-endian.
 *
 *   structure:  1 name of node, NUL-terminated       begins a node
 *               3 length, offset in strings, value   a property
 *               2                                    ends the node
 *               4                                    nothing
 *               9                                    the end
 *
 * Each token is 4 bytes, and names and values are filled up to 4 bytes. The properties of a node
 * come before the nodes in it.
 */
enum {
    HEADER_MAGIC = 0,
    HEADER_TOTAL = 4,
    HEADER_STRUCTURE = 8,
    HEADER_STRINGS = 12,
    HEADER_STRINGS_LENGTH = 32,
    HEADER_STRUCTURE_LENGTH = 36,
    HEADER_LENGTH = 40,
};

#define TREE_MAGIC UINT32_C(0xd00dfeed)

enum token {
    TOKEN_BEGIN = 1,
    TOKEN_END = 2,
    TOKEN_PROPERTY = 3,
    TOKEN_NOTHING = 4,
    TOKEN_LAST = 9
};
enum { DEPTH_MOST = 8, CELL_SIZE = 4, TREE_LONGEST = 1 << 21 };

/* A property's value. */
struct value {
    const uint8_t *bytes; /* NULL: the node has no such property */
    uint32_t length;
};

/* What a node said of itself, as far as anyone wants to know. */
struct node {
    const char *name;
    struct value compatible, device_type, reg, interrupts, isa, timebase, arguments;
    struct value archive_start, archive_end, address_cells, size_cells;
};

static const struct {
    const char *name;
    size_t place; /* in struct node */
} properties[] = {
    {"compatible", offsetof(struct node, compatible)},
    {"device_type", offsetof(struct node, device_type)},
    {"reg", offsetof(struct node, reg)},
    {"interrupts", offsetof(struct node, interrupts)},
    {"riscv,isa", offsetof(struct node, isa)},
    {"timebase-frequency", offsetof(struct node, timebase)},
    {"bootargs", offsetof(struct node, arguments)},
    {"linux,initrd-start", offsetof(struct node, archive_start)},
    {"linux,initrd-end", offsetof(struct node, archive_end)},
    {"#address-cells", offsetof(struct node, address_cells)},
    {"#size-cells", offsetof(struct node, size_cells)},
};

/* The reader, and where it is. */
struct tree {
    const uint8_t *structure, *structure_end;
    const char *strings;
    uint32_t strings_length;
    uint32_t depth; /* of nodes that are open */
    /* How many cells an address and a size in `reg` have, for the nodes in an open one. */
    uint32_t address_cells[DEPTH_MOST], size_cells[DEPTH_MOST];
};

static struct machine found = {.arguments = ""};

const struct machine *machine(void)
{
    return &found;
}

static uint32_t big_endian(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* A number of one or two cells, at the cell of that number; 0 where the value is too short. */
static uint64_t number_at(struct value value, uint32_t cell, uint32_t cells)
{
    uint64_t number = 0;

    if (value.length / CELL_SIZE < (uint64_t)cell + cells) {
        return 0;
    }
    for (uint32_t i = cell; i < cell + cells; i++) {
        number = number << 32 | big_endian(value.bytes + i * CELL_SIZE);
    }
    return number;
}

/* The number that is the whole value. */
static uint64_t number_of(struct value value)
{
    return number_at(value, 0, value.length / CELL_SIZE);
}

static bool is_text(struct value value)
{
    return value.length > 0 && value.bytes[value.length - 1] == '\0';
}

/* Is the text one of the NUL-terminated texts of the value? */
static bool has_text(struct value value, const char *text)
{
    const char *next = (const char *)value.bytes;
    const char *end = next + value.length;

    if (!is_text(value)) {
        return false;
    }
    while (next < end) {
        if (text_equal(next, text)) {
            return true;
        }
        while (*next++ != '\0') {
        }
    }
    return false;
}

/* Is the word in the text, between separators or at an end? */
static bool has_word(const char *text, const char *word, char separator)
{
    while (*text != '\0') {
        const char *rest = word;

        while (*rest != '\0' && *text == *rest) {
            text++;
            rest++;
        }
        if (*rest == '\0' && (*text == separator || *text == '\0')) {
            return true;
        }
        while (*text != '\0' && *text++ != separator) {
        }
    }
    return false;
}

bool machine_has_argument(const char *word)
{
    return has_word(found.arguments, word, ' ');
}

/* The slots are kept in the order of their addresses, whatever the tree's is. */
static void add_virtio(struct machine_virtio slot)
{
    uint32_t place = found.virtio_count;

    if (place == MACHINE_VIRTIO_MOST) {
        return;
    }
    for (; place > 0 && found.virtio[place - 1].pa > slot.pa; place--) {
        found.virtio[place] = found.virtio[place - 1];
    }
    found.virtio[place] = slot;
    found.virtio_count++;
}

static void read_device(const struct node *node, uint64_t pa)
{
    uint32_t irq = (uint32_t)number_at(node->interrupts, 0, 1);

    if (has_text(node->compatible, "ns16550a")) {
        found.uart_pa = pa;
        found.uart_irq = irq;
    } else if (has_text(node->compatible, "riscv,plic0")) {
        found.plic_pa = pa;
    } else if (has_text(node->compatible, "sifive,test0")) {
        found.finisher_pa = pa;
    } else if (has_text(node->compatible, "virtio,mmio")) {
        add_virtio((struct machine_virtio){.pa = pa, .irq = irq});
    }
}

/* RAM is the piece of memory that the kernel lies in. */
static void read_memory(uint64_t pa, uint64_t length)
{
    uint64_t kernel_pa = direct_map_pa(text_start);
    uint64_t most = DIRECT_MAP_LENGTH - pa;

    if (kernel_pa >= pa && kernel_pa - pa < length) {
        found.ram_start = pa;
        found.ram_end = pa + (length < most ? length : most);
    }
}

/* What has a place in physical memory. */
static void read_place(const struct node *node, uint32_t address_cells, uint32_t size_cells)
{
    uint64_t pa = number_at(node->reg, 0, address_cells);

    if (node->reg.bytes == NULL || pa >= DIRECT_MAP_LENGTH) {
        return;
    }
    if (has_text(node->device_type, "memory")) {
        read_memory(pa, number_at(node->reg, address_cells, size_cells));
    } else {
        read_device(node, pa);
    }
}

static void read_chosen(const struct node *node)
{
    if (is_text(node->arguments)) {
        found.arguments = (const char *)node->arguments.bytes;
    }
    found.archive_start = number_of(node->archive_start);
    found.archive_end = number_of(node->archive_end);
}

/* All properties of a node are known. */
static void read_node(struct tree *tree, const struct node *node)
{
    uint32_t depth = tree->depth - 1; /* of this node; the root's is 0 */

    tree->address_cells[depth] = (uint32_t)number_of(node->address_cells);
    tree->size_cells[depth] = (uint32_t)number_of(node->size_cells);
    if (text_equal(node->name, "chosen")) {
        read_chosen(node);
    } else if (text_equal(node->name, "cpus")) {
        found.timebase_hz = number_of(node->timebase);
    } else if (has_text(node->device_type, "cpu")) {
        found.has_sstc = is_text(node->isa) && has_word((const char *)node->isa.bytes, "sstc", '_');
    } else if (depth > 0) {
        read_place(node, tree->address_cells[depth - 1], tree->size_cells[depth - 1]);
    }
}

/* Takes so many bytes, and what fills them up to cells. */
static const uint8_t *take(struct tree *tree, uint32_t length)
{
    const uint8_t *taken = tree->structure;
    uint64_t left = (uint64_t)(tree->structure_end - taken);
    uint64_t whole = ((uint64_t)length + CELL_SIZE - 1) / CELL_SIZE * CELL_SIZE;

    if (whole > left) {
        panic("the device tree's structure has no end");
    }
    tree->structure += whole;
    return taken;
}

static uint32_t take_number(struct tree *tree)
{
    return big_endian(take(tree, CELL_SIZE));
}

static const char *take_name(struct tree *tree)
{
    uint32_t length = 0;

    while (tree->structure + length < tree->structure_end && tree->structure[length] != '\0') {
        length++;
    }
    return (const char *)take(tree, length + 1);
}

/* Notes a property in the node, if anyone wants to know it. */
static void take_property(struct tree *tree, struct node *node)
{
    uint32_t length = take_number(tree);
    uint32_t name = take_number(tree);
    struct value value = {.bytes = take(tree, length), .length = length};

    if (name >= tree->strings_length) {
        panic("a property of the device tree has no name");
    }
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) {
        if (text_equal(tree->strings + name, properties[i].name)) {
            *(struct value *)((uint8_t *)node + properties[i].place) = value;
        }
    }
}

static void open_node(struct tree *tree, struct node *node)
{
    if (tree->depth == DEPTH_MOST) {
        panic("the device tree is too deep");
    }
    *node = (struct node){.name = take_name(tree)};
    tree->depth++;
}

static void read_structure(struct tree *tree)
{
    struct node node = {.name = NULL}; /* the one whose properties come, until it is read */

    for (;;) {
        uint32_t token = take_number(tree);

        if (token == TOKEN_PROPERTY && node.name != NULL) {
            take_property(tree, &node);
            continue;
        }
        if (token != TOKEN_NOTHING && node.name != NULL) {
            read_node(tree, &node);
            node.name = NULL;
        }
        if (token == TOKEN_BEGIN) {
            open_node(tree, &node);
        } else if (token == TOKEN_END && tree->depth > 0) {
            tree->depth--;
        } else if (token == TOKEN_LAST && tree->depth == 0) {
            return;
        } else if (token != TOKEN_NOTHING) {
            panic("the device tree has a token %u where none can be", token);
        }
    }
}

/* Finds the tree's parts. */
static void open_tree(struct tree *tree, uint64_t pa)
{
    const uint8_t *header = direct_map(pa);
    uint32_t total, structure, strings;

    if (pa % 8 != 0 || pa >= DIRECT_MAP_LENGTH || big_endian(header + HEADER_MAGIC) != TREE_MAGIC) {
        panic("there is no device tree at 0x%lx", pa);
    }
    total = big_endian(header + HEADER_TOTAL);
    structure = big_endian(header + HEADER_STRUCTURE);
    strings = big_endian(header + HEADER_STRINGS);
    *tree = (struct tree){.strings = (const char *)header + strings,
                          .strings_length = big_endian(header + HEADER_STRINGS_LENGTH),
                          .structure = header + structure};
    tree->structure_end = tree->structure + big_endian(header + HEADER_STRUCTURE_LENGTH);
    found.tree_start = pa;
    found.tree_end = pa + total;
    if (total > TREE_LONGEST || tree->structure_end > header + total || strings >= total ||
        tree->strings_length > total - strings || tree->strings_length == 0 ||
        tree->strings[tree->strings_length - 1] != '\0') {
        panic("the device tree at 0x%lx leads outside of itself", pa);
    }
}

static bool is_in_ram(uint64_t start, uint64_t end)
{
    return start >= found.ram_start && start <= end && end <= found.ram_end;
}

void device_tree_read(uint64_t pa)
{
    struct tree tree;

    open_tree(&tree, pa);
    read_structure(&tree);
    if (found.ram_end == 0) {
        panic("the device tree tells of no memory where the kernel is");
    }
    if (found.timebase_hz == 0) {
        panic("the device tree does not tell how fast time goes");
    }
    if (!is_in_ram(found.tree_start, found.tree_end) ||
        (found.archive_start != 0 && !is_in_ram(found.archive_start, found.archive_end))) {
        panic("the device tree or the archive is outside of memory");
    }
}
