#include "guest/kernel/exec.h"

#include <stdbool.h>

#include "guest/include/sv39.h"
#include "guest/kernel/bytes.h"
#include "guest/kernel/elf.h"
#include "guest/kernel/error.h"
#include "guest/kernel/exec_script.h"
#include "guest/kernel/layout.h"
#include "guest/kernel/signal_frame.h"
#include "guest/kernel/user_memory.h"

/* What a program finds on its stack, from the top:
 *
 *   8 bytes of zeroes
 *   the path of the program             AT_EXECFN
 *   arguments and environment           text
 *   16 random bytes                     AT_RANDOM
 *   the auxiliary vector: type, value; ...; AT_NULL, 0
 *   envp[0], ..., NULL
 *   argv[0], ..., NULL
 *   argc                                sp, a multiple of 16
 */
enum { TOP_ZEROES = 8, RANDOM_SIZE = 16, STACK_ALIGN = 16 };

/* The types of the auxiliary vector, as Linux numbers them. */
enum {
    AUX_NULL = 0,
    AUX_PHDR = 3,
    AUX_PHENT = 4,
    AUX_PHNUM = 5,
    AUX_PAGE_SIZE = 6,
    AUX_BASE = 7,
    AUX_FLAGS = 8,
    AUX_ENTRY = 9,
    AUX_UID = 11,
    AUX_EUID = 12,
    AUX_GID = 13,
    AUX_EGID = 14,
    AUX_HWCAP = 16,
    AUX_CLOCK_TICKS = 17,
    AUX_SECURE = 23,
    AUX_RANDOM = 25,
    AUX_EXECFN = 31,
};

enum { CLOCK_TICKS = 100 };

/* A bit for each single-letter extension that a program may count on: those of rv64gc. */
#define HWCAP                                                                                      \
    (UINT64_C(1) << ('i' - 'a') | UINT64_C(1) << ('m' - 'a') | UINT64_C(1) << ('a' - 'a') |        \
     UINT64_C(1) << ('f' - 'a') | UINT64_C(1) << ('d' - 'a') | UINT64_C(1) << ('c' - 'a'))

/* Fixed, so that every run is the same. */
static const uint8_t random_bytes[RANDOM_SIZE] = {0x70, 0x61, 0x67, 0x65, 0x77, 0x61, 0x6c, 0x6b,
                                                  0x3a, 0x9e, 0x17, 0xc4, 0x5b, 0xd2, 0x86, 0xf1};

/* A stack under construction. The first error stays, and nothing is written after it. */
struct stack {
    struct address_space *space;
    uint64_t next; /* where the next word goes */
    int64_t error;
};

static void put(struct stack *stack, uint64_t va, const void *bytes, size_t length)
{
    if (stack->error == 0) {
        stack->error = user_write(stack->space, va, bytes, length);
    }
}

static void put_word(struct stack *stack, uint64_t word)
{
    put(stack, stack->next, &word, sizeof word);
    stack->next += sizeof word;
}

static void put_aux(struct stack *stack, uint64_t type, uint64_t value)
{
    put_word(stack, type);
    put_word(stack, value);
}

static void put_text(struct stack *stack, uint64_t va, const struct exec_strings *strings)
{
    for (size_t done = 0; done < strings->length; done += PAGE_SIZE) {
        size_t rest = strings->length - done;

        put(stack, va + done, frame_bytes(strings->pages[done / PAGE_SIZE]),
            rest < PAGE_SIZE ? rest : PAGE_SIZE);
    }
}

/* The addresses of `count` strings, and NULL. *offset is where the first one begins in the text;
 * then where the one behind the last does. */
static void put_pointers(struct stack *stack, const struct exec_strings *strings, uint64_t text_va,
                         size_t count, size_t *offset)
{
    for (; count > 0; count--) {
        put_word(stack, text_va + *offset);
        *offset = exec_strings_end(strings, *offset);
    }
    put_word(stack, 0);
}

/* Where the texts are that the auxiliary vector tells of. */
struct stack_texts {
    uint64_t path_va, text_va, random_va;
};

enum { AUX_COUNT = 17 }; /* put_auxiliaries() puts so many, with AUX_NULL */

static void put_auxiliaries(struct stack *stack, const struct elf_image *image,
                            const struct stack_texts *texts)
{
    put_aux(stack, AUX_PHDR, image->headers_va);
    put_aux(stack, AUX_PHENT, image->header_size);
    put_aux(stack, AUX_PHNUM, image->header_count);
    put_aux(stack, AUX_PAGE_SIZE, PAGE_SIZE);
    put_aux(stack, AUX_BASE, 0); /* no dynamic linker */
    put_aux(stack, AUX_FLAGS, 0);
    put_aux(stack, AUX_ENTRY, image->entry);
    put_aux(stack, AUX_UID, 0);
    put_aux(stack, AUX_EUID, 0);
    put_aux(stack, AUX_GID, 0);
    put_aux(stack, AUX_EGID, 0);
    put_aux(stack, AUX_HWCAP, HWCAP);
    put_aux(stack, AUX_CLOCK_TICKS, CLOCK_TICKS);
    put_aux(stack, AUX_SECURE, 0);
    put_aux(stack, AUX_RANDOM, texts->random_va);
    put_aux(stack, AUX_EXECFN, texts->path_va);
    put_aux(stack, AUX_NULL, 0);
}

static uint64_t align_down(uint64_t va)
{
    return va & ~(uint64_t)(STACK_ALIGN - 1);
}

/* Fills the stack and sets program->sp. */
static int64_t build_stack(const char *path, const struct exec_strings *strings,
                           const struct elf_image *image, struct exec_program *program)
{
    struct stack stack = {.space = program->space};
    struct stack_texts texts;
    size_t path_size = text_length(path) + 1;
    size_t words = 1 + strings->arguments + 1 + strings->environment + 1 + 2 * AUX_COUNT;
    size_t offset = 0;

    texts.path_va = USER_STACK_TOP - TOP_ZEROES - path_size;
    texts.text_va = texts.path_va - strings->length;
    texts.random_va = align_down(texts.text_va - RANDOM_SIZE);
    program->sp = align_down(texts.random_va - words * sizeof(uint64_t));

    put(&stack, texts.path_va, path, path_size);
    put_text(&stack, texts.text_va, strings);
    put(&stack, texts.random_va, random_bytes, sizeof random_bytes);
    stack.next = program->sp;
    put_word(&stack, strings->arguments);
    put_pointers(&stack, strings, texts.text_va, strings->arguments, &offset);
    program->space->arguments_start = texts.text_va;
    program->space->arguments_end = texts.text_va + offset;
    put_pointers(&stack, strings, texts.text_va, strings->environment, &offset);
    put_auxiliaries(&stack, image, &texts);
    return stack.error;
}

/* The stack and, below it, a page that nothing may touch: a stack that grows too far ends there and
 * not in what mmap put below. */
static bool add_stack(struct address_space *space)
{
    static const struct area guard = {
        .start = USER_GUARD, .end = USER_STACK_TOP - USER_STACK_SIZE, .kind = AREA_STACK};
    static const struct area stack = {.start = USER_STACK_TOP - USER_STACK_SIZE,
                                      .end = USER_STACK_TOP,
                                      .permissions = AREA_READ | AREA_WRITE,
                                      .kind = AREA_STACK};

    return address_space_add(space, &guard) && address_space_add(space, &stack) &&
           signal_frame_add_trampoline(space);
}

static int64_t fill(struct inode *file, const char *path, const struct exec_strings *strings,
                    struct exec_program *program, const char **why)
{
    struct elf_image image;
    int64_t error = elf_load(program->space, file, &image, why);

    if (error != 0) {
        return error;
    }
    if (!add_stack(program->space)) {
        *why = "its segments are too many";
        return ERROR_NOT_EXECUTABLE;
    }
    program->entry = image.entry;
    return build_stack(path, strings, &image, program);
}

const char *exec_name(const char *path)
{
    const char *name = path;

    for (; *path != '\0'; path++) {
        if (*path == '/') {
            name = path + 1;
        }
    }
    return name;
}

/* Makes the program's address space of the file. */
static int64_t make(uint32_t pid, struct inode *file, const char *path,
                    const struct exec_strings *strings, struct exec_program *program,
                    const char **why)
{
    int64_t error;

    program->space = address_space_create(pid);
    if (program->space == NULL) {
        return ERROR_NO_MEMORY;
    }
    error = fill(file, path, strings, program, why);
    if (error != 0) {
        address_space_drop(program->space);
    }
    return error;
}

int64_t exec_prepare(uint32_t pid, const char *path, struct exec_strings *strings,
                     struct exec_program *program, const char **why)
{
    struct inode *file;
    int64_t error;

    *why = NULL;
    program->is_elf = false;
    error = exec_script_resolve(path, strings, program->executable, &file);
    if (error != 0) {
        return error;
    }
    program->is_elf = elf_is(file);
    error = make(pid, file, path, strings, program, why);
    inode_drop(file);
    return error;
}
