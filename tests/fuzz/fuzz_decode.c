/*
 * fuzz_decode.c - libFuzzer target: arbitrary words as instructions.
 *
 * Every word decodes to something an engine can run without looking at it again, and to the same
 * thing each time.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "emu/hart/decode.h"
#include "emu/hart/exec.h"
#include "emu/hart/rvc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static bool is_same(const struct insn *a, const struct insn *b)
{
    return a->exec == b->exec && a->imm == b->imm && a->rd == b->rd && a->rs1 == b->rs1 &&
           a->rs2 == b->rs2 && a->length == b->length;
}

/* What was in the struct before must not show through: fill is put there first. */
static struct insn decode_over(uint32_t bits, int fill)
{
    struct insn insn;

    memset(&insn, fill, sizeof insn);
    decode(bits, &insn);
    return insn;
}

/* The handler is the one of the row that matches, which is the only one to match or the stricter.
 */
static void check_handler(uint32_t bits, const struct insn *insn)
{
    uint32_t mask = 0;
    exec_fn *want = exec_illegal;

    for (size_t op = 0; op < OP_COUNT; op++) {
        const struct insn_row *row = &insn_rows[op];
        if ((bits & row->mask) == row->match && (row->mask & mask) == mask && row->mask != mask) {
            want = row->exec;
            mask = row->mask;
        }
    }
    require(insn->exec == want);
}

static void check_word(uint32_t bits)
{
    struct insn insn = decode_over(bits, 0);
    struct insn again = decode_over(bits, 0xff);

    require(is_same(&insn, &again));
    require(insn.exec != NULL);
    require(insn.rd <= INSN_SINK && insn.rs1 < 32 && insn.rs2 < 32);
    require(insn.length == (decode_is_compressed(bits) ? 2 : 4));
    if (!decode_is_compressed(bits)) {
        check_handler(bits, &insn);
        return;
    }

    /* A compressed one ends with its 2 bytes, and is what it stands for but for its length. */
    struct insn alone = decode_over(bits & 0xffff, 0);
    uint32_t expanded = rvc_expand((uint16_t)bits);
    struct insn full = decode_over(expanded, 0);

    full.length = 2;
    require(is_same(&insn, &alone));
    require(is_same(&insn, &full));
    require(expanded == 0 || insn.exec != exec_illegal);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (size_t at = 0; at + 4 <= size; at += 2) {
        uint32_t bits;
        memcpy(&bits, data + at, sizeof bits);
        check_word(bits);
    }
    return 0;
}
