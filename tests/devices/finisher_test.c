#include "devices/finisher.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

struct heard {
    unsigned calls;
    enum finisher_request request;
    uint32_t code;
};

static struct finisher finisher;
static struct heard heard;

static void hear(void *ctx, enum finisher_request request, uint32_t code)
{
    struct heard *ear = ctx;

    ear->calls++;
    ear->request = request;
    ear->code = code;
}

static void set_up(void)
{
    const struct finisher_host host = {hear, &heard};

    heard = (struct heard){0};
    finisher_init(&finisher, &host);
}

TestSuite(finisher, .init = set_up);

Test(finisher, a_write_says_how_the_run_ends)
{
    static const struct {
        unsigned size;
        uint64_t value;
        enum finisher_request request;
        uint32_t code;
        const char *why;
    } rows[] = {
        {4, 0x5555, FINISHER_PASS, 0, "pass"},
        {4, 0xabcd5555, FINISHER_PASS, 0, "pass has no code"},
        {4, 0x3333, FINISHER_FAIL, 0, "fail without a code"},
        {4, 0x00013333, FINISHER_FAIL, 1, "fail with 1"},
        {4, 0xffff3333, FINISHER_FAIL, 0xffff, "fail with the largest code"},
        {4, UINT64_C(0xffffffff00023333), FINISHER_FAIL, 2, "only 4 bytes of the value count"},
        {4, 0x7777, FINISHER_RESET, 0, "reset"},
        {4, 0x12347777, FINISHER_RESET, 0, "reset has no code"},
        {2, 0x5555, FINISHER_PASS, 0, "half a word is enough to pass"},
        {2, 0x3333, FINISHER_FAIL, 0, "half a word has no room for a code"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        heard = (struct heard){.request = FINISHER_RESET, .code = 99};
        cr_assert(finisher.device.ops->write(&finisher.device, 0, rows[i].size, rows[i].value));
        cr_expect(eq(u32, heard.calls, 1), "%s", rows[i].why);
        cr_expect(eq(int, heard.request, rows[i].request), "%s", rows[i].why);
        cr_expect(eq(u32, heard.code, rows[i].code), "%s", rows[i].why);
    }
}

Test(finisher, other_writes_are_ignored)
{
    static const struct {
        uint64_t offset;
        unsigned size;
        uint64_t value;
        const char *why;
    } rows[] = {
        {0, 4, 0, "zero"},
        {0, 4, 0x5554, "no such value"},
        {0, 4, 0x55550000, "pass in the wrong half"},
        {4, 4, 0x5555, "past the register"},
        {2, 2, 0x5555, "the upper half of the register"},
        {0xffc, 4, 0x3333, "the last word of the device"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect(finisher.device.ops->write(&finisher.device, rows[i].offset, rows[i].size,
                                             rows[i].value),
                  "%s", rows[i].why);
        cr_expect(zero(u32, heard.calls), "%s", rows[i].why);
    }
}

Test(finisher, every_byte_of_it_reads_as_zero)
{
    cr_expect(eq(u64, finisher.device.ops->length, 0x1000));
    for (uint64_t offset = 0; offset < 0x1000; offset += 4) {
        for (unsigned size = 2; size <= 4; size += 2) {
            uint64_t value = 7;

            cr_assert(finisher.device.ops->read(&finisher.device, offset, size, &value));
            cr_assert(eq(u64, value, 0));
        }
    }
    cr_expect(zero(u32, heard.calls));
}

Test(finisher, accesses_of_1_and_8_bytes_are_refused)
{
    static const unsigned sizes[] = {1, 8};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint64_t value = 7;

        cr_expect(not(finisher.device.ops->read(&finisher.device, 0, sizes[i], &value)));
        cr_expect(eq(u64, value, 7));
        cr_expect(not(finisher.device.ops->write(&finisher.device, 0, sizes[i], 0x5555)));
    }
    cr_expect(zero(u32, heard.calls));
}
