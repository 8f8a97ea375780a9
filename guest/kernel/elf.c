#include "guest/kernel/elf.h"

#include <stdbool.h>
#include <stddef.h>

#include "guest/include/sv39.h"
#include "guest/kernel/bytes.h"
#include "guest/kernel/elf_format.h"
#include "guest/kernel/error.h"
#include "guest/kernel/layout.h"

enum { SEGMENTS_MOST = 64 };

static const char magic[] = {0x7f, 'E', 'L', 'F'};

/* A file while it is loaded. */
struct loading {
    struct address_space *space;
    struct inode *file;
    struct elf_header header;
    uint64_t base;       /* added to all addresses */
    struct area last;    /* the area of the last segment, not added yet; empty: none */
    uint64_t last_delta; /* its address less its place in the file */
    uint64_t end;        /* of the last segment, to the byte */
};

bool elf_is(const struct inode *file)
{
    char start[sizeof magic];

    return inode_read(file, 0, start, sizeof start) == sizeof start &&
           memcmp(start, magic, sizeof magic) == 0;
}

/* NULL, or what is wrong. */
static const char *check_header(const struct inode *file, const struct elf_header *header)
{
    if (memcmp(header->magic, magic, sizeof magic) != 0) {
        return "it is no ELF file";
    }
    if (header->class != ELF_CLASS_64 || header->data != ELF_LITTLE_ENDIAN ||
        header->machine != ELF_MACHINE_RISCV) {
        return "it is not for 64-bit RISC-V";
    }
    if (header->type != ELF_TYPE_EXECUTABLE && header->type != ELF_TYPE_DYNAMIC) {
        return "it is no executable";
    }
    if (header->segment_size != sizeof(struct elf_segment) || header->segment_count == 0 ||
        header->segment_count > SEGMENTS_MOST || header->segments_offset > file->length ||
        header->segment_count * sizeof(struct elf_segment) >
            file->length - header->segments_offset) {
        return "its program headers are damaged";
    }
    return NULL;
}

static struct elf_segment read_segment(const struct loading *loading, unsigned number)
{
    struct elf_segment segment;

    (void)inode_read(loading->file, loading->header.segments_offset + number * sizeof segment,
                     &segment, sizeof segment);
    return segment;
}

static bool is_dynamic(const struct loading *loading)
{
    for (unsigned number = 0; number < loading->header.segment_count; number++) {
        if (read_segment(loading, number).type == ELF_SEGMENT_INTERPRETER) {
            return true;
        }
    }
    return false;
}

/* NULL, or what is wrong; after it no sum of the segment's numbers overflows. */
static const char *check_segment(const struct loading *loading, const struct elf_segment *segment)
{
    uint64_t length = loading->file->length;

    if (segment->offset > length || segment->file_size > length - segment->offset) {
        return "a segment is not in the file";
    }
    if (segment->file_size > segment->memory_size) {
        return "a segment is longer in the file than in memory";
    }
    if (segment->va >= USER_MMAP_TOP - loading->base || segment->va + loading->base < USER_FIRST ||
        segment->memory_size > USER_MMAP_TOP - loading->base - segment->va) {
        return "a segment lies where no program may be";
    }
    if (((segment->va - segment->offset) & (PAGE_SIZE - 1)) != 0) {
        return "a segment begins at another place of a page than in the file";
    }
    if (segment->va + loading->base < loading->end) {
        return "its segments overlap";
    }
    return NULL;
}

/* A page that may be written can be read, too: no PTE says W without R. Priv. [pte-rwx] */
static uint32_t permissions_of(const struct elf_segment *segment)
{
    uint32_t permissions = 0;

    if ((segment->flags & (ELF_READ | ELF_WRITE)) != 0) {
        permissions |= AREA_READ;
    }
    if ((segment->flags & ELF_WRITE) != 0) {
        permissions |= AREA_WRITE;
    }
    if ((segment->flags & ELF_EXECUTE) != 0) {
        permissions |= AREA_EXECUTE;
    }
    return permissions;
}

/* The segment's pages. Its first page begins in the file where the page does in memory. */
static struct area area_of(const struct loading *loading, const struct elf_segment *segment)
{
    uint64_t va = segment->va + loading->base;
    uint64_t before = va - page_down(va);

    return (struct area){
        .start = page_down(va),
        .end = page_down(va + segment->memory_size + PAGE_SIZE - 1),
        .inode = segment->file_size > 0 ? loading->file : NULL,
        .offset = segment->offset - before,
        .length = segment->file_size > 0 ? before + segment->file_size : 0,
        .permissions = permissions_of(segment),
        .kind = (segment->flags & ELF_EXECUTE) != 0 ? AREA_TEXT : AREA_DATA,
    };
}

static const char *add_last(struct loading *loading)
{
    if (loading->last.start < loading->last.end &&
        !address_space_add(loading->space, &loading->last)) {
        return "its segments are too many";
    }
    loading->last.start = loading->last.end;
    return NULL;
}

/* Shortens an area to what is before va, and returns the rest. */
static struct area cut(struct area *area, uint64_t va)
{
    struct area rest = *area;
    uint64_t before = va - area->start;

    rest.start = va;
    rest.length = area->length > before ? area->length - before : 0;
    rest.offset = area->offset + before;
    if (rest.length == 0) {
        rest.inode = NULL;
    }
    area->end = va;
    area->length -= rest.length;
    return rest;
}

/* The new area begins on the page where the last one ends: that page becomes an area of its own,
 * with the permissions of both. Its content can be in one place of the file only. So if the new one
 * brings any, both must be neighbours there, without zeroes between them that only memory has. */
static const char *share_page(struct loading *loading, struct area *area, uint64_t delta)
{
    bool ends_with_zeroes = loading->last.start + loading->last.length != loading->end;
    struct area shared = cut(&loading->last, area->start);
    struct area rest = cut(area, shared.end);

    if (area->length > 0) {
        if (delta != loading->last_delta || ends_with_zeroes) {
            return "two segments share a page, but not in the file";
        }
        shared.inode = area->inode;
        shared.offset = area->offset;
        shared.length = area->length;
    }
    shared.permissions |= area->permissions;
    if ((shared.permissions & AREA_EXECUTE) != 0) {
        shared.kind = AREA_TEXT;
    }
    if ((shared.permissions & AREA_WRITE) != 0 && (shared.permissions & AREA_EXECUTE) != 0) {
        return "two segments share a page that would be writable and executable";
    }

    const char *wrong = add_last(loading);

    loading->last = shared;
    *area = rest;
    return wrong;
}

static const char *load_segment(struct loading *loading, const struct elf_segment *segment)
{
    const char *wrong = check_segment(loading, segment);
    uint64_t delta = segment->va - segment->offset;

    if (wrong != NULL) {
        return wrong;
    }

    struct area area = area_of(loading, segment);

    if (area.start < loading->last.end) {
        wrong = share_page(loading, &area, delta);
    }
    loading->end = segment->va + loading->base + segment->memory_size;
    if (wrong != NULL || area.start == area.end) {
        return wrong;
    }
    wrong = add_last(loading);
    loading->last = area;
    loading->last_delta = delta;
    return wrong;
}

/* The one to load that is next by address, then by number; not every linker puts them in order. */
static bool find_next(const struct loading *loading, const struct elf_segment *before,
                      unsigned before_number, struct elf_segment *next, unsigned *next_number)
{
    bool is_found = false;

    for (unsigned number = 0; number < loading->header.segment_count; number++) {
        struct elf_segment segment = read_segment(loading, number);
        bool is_behind = before == NULL || segment.va > before->va ||
                         (segment.va == before->va && number > before_number);

        if (segment.type == ELF_SEGMENT_LOAD && segment.memory_size > 0 && is_behind &&
            (!is_found || segment.va < next->va)) {
            is_found = true;
            *next = segment;
            *next_number = number;
        }
    }
    return is_found;
}

static const char *load_segments(struct loading *loading)
{
    struct elf_segment last, segment;
    unsigned number = 0;

    if (!find_next(loading, NULL, 0, &segment, &number)) {
        return "it has nothing to load";
    }
    do {
        const char *wrong = load_segment(loading, &segment);

        if (wrong != NULL) {
            return wrong;
        }
        last = segment;
    } while (find_next(loading, &last, number, &segment, &number));
    return add_last(loading);
}

/* Where a program finds its own program headers: in the segment that has them, if one has. */
static uint64_t find_headers(const struct loading *loading)
{
    uint64_t offset = loading->header.segments_offset;
    uint64_t length = loading->header.segment_count * sizeof(struct elf_segment);

    for (unsigned number = 0; number < loading->header.segment_count; number++) {
        struct elf_segment segment = read_segment(loading, number);

        if (segment.type == ELF_SEGMENT_LOAD && segment.offset <= offset &&
            offset + length <= segment.offset + segment.file_size) {
            return loading->base + segment.va + (offset - segment.offset);
        }
    }
    return 0;
}

/* NULL, or what is wrong. */
static const char *load(struct loading *loading)
{
    const struct inode *file = loading->file;

    if (inode_read(file, 0, &loading->header, sizeof loading->header) < sizeof loading->header) {
        return "it is no ELF file";
    }

    const char *wrong = check_header(file, &loading->header);

    if (wrong != NULL) {
        return wrong;
    }
    if (is_dynamic(loading)) {
        return "it is dynamically linked, and there is no dynamic linker: link it with -static";
    }
    loading->base = loading->header.type == ELF_TYPE_DYNAMIC ? USER_PIE_BASE : 0;
    return load_segments(loading);
}

int64_t elf_load(struct address_space *space, struct inode *file, struct elf_image *image,
                 const char **why)
{
    struct loading loading = {.space = space, .file = file};

    *why = load(&loading);
    if (*why != NULL) {
        return ERROR_NOT_EXECUTABLE;
    }
    inode_hold_program(file);
    space->program = file;
    address_space_start_break(space, page_down(loading.end + PAGE_SIZE - 1));
    *image = (struct elf_image){
        .entry = loading.base + loading.header.entry,
        .headers_va = find_headers(&loading),
        .header_size = loading.header.segment_size,
        .header_count = loading.header.segment_count,
    };
    return 0;
}
