/*
 * sbi_calls.c - a program for S-mode that makes every call of the SBI, with arguments that are
 * right and wrong, and knows what comes back.
 *
 * What others answer too is COMMON; the rest is what the built-in firmware chooses, or has and
 * others need not. Firmware with another number than the built-in one's is asked the former only.
 *
 * It ends by the SBI too: shutdown, for failure if an answer was wrong.
 *
 * Spec: SBI 2.0.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/include/console.h"
#include "guest/include/csr.h"
#include "guest/include/sv39.h"

enum { SUCCESS, FAILED = -1, UNSUPPORTED = -2, PARAM = -3, ADDRESS = -5, AVAILABLE = -6 };
enum { STARTED = -7, STOPPED = -8, NO_SHMEM = -9 };

enum {
    BASE = 0x10,
    TIME = 0x54494d45,
    IPI = 0x735049,
    RFNC = 0x52464e43,
    HSM = 0x48534d,
    SRST = 0x53525354,
    DBCN = 0x4442434e,
    PMU = 0x504d55,
};

#define ALL UINT64_MAX
#define ANY UINT64_C(0xa5a5a5a5) /* a value that is not looked at */
#define OWN_IMPL_ID 0x5057

#define FIRMWARE UINT64_C(0x80000000)
#define FIRMWARE_LAST UINT64_C(0x8001ffff)
#define BUFFER UINT64_C(0x80300000)

/* What the built-in firmware calls cycles, instructions, and the misses of loads in the data TLB.
 */
enum { EVENT_CYCLES = 1, EVENT_INSTRUCTIONS = 2, EVENT_LOADS = 0x10018, EVENT_MISSES = 0x10019 };
enum { EVENT_RAW = 0x20000, EVENT_FIRMWARE = 0xf0005, RAW_WALKS = 0x100030 };

enum whose { COMMON, OWN };

static const struct row {
    const char *name;
    enum whose whose;
    uint64_t extension, function;
    uint64_t argument[5];
    int64_t error;
    uint64_t value;
} rows[] = {
    {"spec version", OWN, BASE, 0, {0}, SUCCESS, 0x2000000},
    {"implementation version", OWN, BASE, 2, {0}, SUCCESS, 1},
    {"probe TIME", COMMON, BASE, 3, {TIME}, SUCCESS, 1},
    {"probe sPI", COMMON, BASE, 3, {IPI}, SUCCESS, 1},
    {"probe RFNC", COMMON, BASE, 3, {RFNC}, SUCCESS, 1},
    {"probe HSM", COMMON, BASE, 3, {HSM}, SUCCESS, 1},
    {"probe SRST", COMMON, BASE, 3, {SRST}, SUCCESS, 1},
    {"probe DBCN", OWN, BASE, 3, {DBCN}, SUCCESS, 1},
    {"probe PMU", COMMON, BASE, 3, {PMU}, SUCCESS, 1},
    {"probe what nobody has", COMMON, BASE, 3, {0x999999}, SUCCESS, 0},
    {"probe all ones", OWN, BASE, 3, {ALL}, SUCCESS, 0},
    {"mvendorid", COMMON, BASE, 4, {0}, SUCCESS, ANY},
    {"marchid", COMMON, BASE, 5, {0}, SUCCESS, ANY},
    {"mimpid", COMMON, BASE, 6, {0}, SUCCESS, ANY},
    {"base function 7", COMMON, BASE, 7, {0}, UNSUPPORTED, ANY},
    {"an extension nobody has", COMMON, 0x999999, 0, {0}, UNSUPPORTED, ANY},
    {"extension all ones", COMMON, ALL, ALL, {ALL, ALL, ALL, ALL, ALL}, UNSUPPORTED, ANY},

    {"time function 1", COMMON, TIME, 1, {0}, UNSUPPORTED, ANY},
    {"ipi function 1", COMMON, IPI, 1, {1, 0}, UNSUPPORTED, ANY},
    {"ipi to hart 1", OWN, IPI, 0, {2, 0}, PARAM, ANY},
    {"ipi to harts 0 and 63", OWN, IPI, 0, {ALL, 0}, PARAM, ANY},
    {"ipi to hart 1 by the base", OWN, IPI, 0, {1, 1}, PARAM, ANY},
    {"ipi to nobody", COMMON, IPI, 0, {0, 0}, SUCCESS, ANY},

    {"fence.i", COMMON, RFNC, 0, {1, 0}, SUCCESS, ANY},
    {"fence.i, all harts", COMMON, RFNC, 0, {0, ALL}, SUCCESS, ANY},
    {"fence.i on hart 1", OWN, RFNC, 0, {2, 0}, PARAM, ANY},
    {"fence of a page", COMMON, RFNC, 1, {1, 0, BUFFER, PAGE_SIZE}, SUCCESS, ANY},
    {"fence of three pages", COMMON, RFNC, 1, {1, 0, BUFFER + 8, 2 * PAGE_SIZE}, SUCCESS, ANY},
    {"fence of a gigabyte", COMMON, RFNC, 1, {1, 0, BUFFER, 1 << 30}, SUCCESS, ANY},
    {"fence of everything", COMMON, RFNC, 1, {1, 0, 0, 0}, SUCCESS, ANY},
    {"fence of everything by size", COMMON, RFNC, 1, {1, 0, 0, ALL}, SUCCESS, ANY},
    {"fence of the last page", OWN, RFNC, 1, {1, 0, -PAGE_SIZE, PAGE_SIZE}, SUCCESS, ANY},
    {"fence past the end", OWN, RFNC, 1, {1, 0, -PAGE_SIZE, 2 * PAGE_SIZE}, ADDRESS, ANY},
    {"fence of nothing", OWN, RFNC, 1, {1, 0, BUFFER, 0}, SUCCESS, ANY},
    {"fence on hart 1", OWN, RFNC, 1, {2, 0, 0, 0}, PARAM, ANY},
    {"fence of an ASID", COMMON, RFNC, 2, {1, 0, 0, ALL, 5}, SUCCESS, ANY},
    {"fence of an ASID's page", COMMON, RFNC, 2, {1, 0, BUFFER, PAGE_SIZE, 5}, SUCCESS, ANY},
    {"hfence.gvma.vmid", OWN, RFNC, 3, {1, 0, 0, 0}, UNSUPPORTED, ANY},
    {"hfence.vvma", OWN, RFNC, 6, {1, 0, 0, 0}, UNSUPPORTED, ANY},
    {"rfence function 7", COMMON, RFNC, 7, {1, 0, 0, 0}, UNSUPPORTED, ANY},

    {"start hart 0", COMMON, HSM, 0, {0, BUFFER, 0}, AVAILABLE, ANY},
    {"start hart 1", COMMON, HSM, 0, {1, BUFFER, 0}, PARAM, ANY},
    {"stop the only hart", OWN, HSM, 1, {0}, FAILED, ANY},
    {"status of hart 0", COMMON, HSM, 2, {0}, SUCCESS, 0},
    {"status of hart 1", COMMON, HSM, 2, {1}, PARAM, ANY},
    {"suspend as 1, reserved", COMMON, HSM, 3, {1}, PARAM, ANY},
    {"suspend as 0x80000001", COMMON, HSM, 3, {0x80000001}, PARAM, ANY},
    {"suspend as the platform", OWN, HSM, 3, {0x10000000}, UNSUPPORTED, ANY},
    {"suspend as the platform, lossy", OWN, HSM, 3, {0x90000000}, UNSUPPORTED, ANY},
    {"resume in the firmware", OWN, HSM, 3, {0x80000000, FIRMWARE}, ADDRESS, ANY},
    {"resume at an odd address", OWN, HSM, 3, {0x80000000, BUFFER + 1}, ADDRESS, ANY},
    {"resume where nothing is", OWN, HSM, 3, {0x80000000, ALL - 1}, ADDRESS, ANY},
    {"hsm function 4", COMMON, HSM, 4, {0}, UNSUPPORTED, ANY},

    {"reset as 3, reserved", COMMON, SRST, 0, {3, 0}, PARAM, ANY},
    {"reset for reason 2, reserved", OWN, SRST, 0, {0, 2}, PARAM, ANY},
    {"reset as the vendor", OWN, SRST, 0, {0xf0000000, 0}, PARAM, ANY},
    {"reset function 1", COMMON, SRST, 1, {0, 0}, UNSUPPORTED, ANY},

    {"write", OWN, DBCN, 0, {5, BUFFER, 0}, SUCCESS, 5},
    {"write nothing", OWN, DBCN, 0, {0, BUFFER, 0}, SUCCESS, 0},
    {"write the firmware", OWN, DBCN, 0, {8, FIRMWARE, 0}, PARAM, ANY},
    {"write its last byte", OWN, DBCN, 0, {2, FIRMWARE_LAST, 0}, PARAM, ANY},
    {"write from 0", OWN, DBCN, 0, {1, 0, 0}, PARAM, ANY},
    {"write a device", OWN, DBCN, 0, {1, UART_BASE, 0}, PARAM, ANY},
    {"write where nothing is", OWN, DBCN, 0, {1, UINT64_C(1) << 50, 0}, PARAM, ANY},
    {"write past the end", OWN, DBCN, 0, {UINT64_C(1) << 40, BUFFER, 0}, PARAM, ANY},
    {"write all ones", OWN, DBCN, 0, {ALL, BUFFER, 0}, PARAM, ANY},
    {"write all from 1", OWN, DBCN, 0, {ALL, 1, 0}, PARAM, ANY},
    {"write above XLEN", OWN, DBCN, 0, {1, BUFFER, 1}, PARAM, ANY},
    {"read what has not come", OWN, DBCN, 1, {4, BUFFER, 0}, SUCCESS, 0},
    {"read into the firmware", OWN, DBCN, 1, {4, FIRMWARE, 0}, PARAM, ANY},
    {"read past the end", OWN, DBCN, 1, {UINT64_C(1) << 40, BUFFER, 0}, PARAM, ANY},
    {"write a byte", OWN, DBCN, 2, {'\n'}, SUCCESS, ANY},
    {"console function 3", OWN, DBCN, 3, {0}, UNSUPPORTED, ANY},

    {"number of counters", OWN, PMU, 0, {0}, SUCCESS, 32},
    {"info of cycle", COMMON, PMU, 1, {0}, SUCCESS, 0x3fc00},
    {"info of time", OWN, PMU, 1, {1}, PARAM, ANY},
    {"info of instret", COMMON, PMU, 1, {2}, SUCCESS, 0x3fc02},
    {"info of counter 31", OWN, PMU, 1, {31}, SUCCESS, 0x3fc1f},
    {"info of counter 32", OWN, PMU, 1, {32}, PARAM, ANY},
    {"info of counter all ones", COMMON, PMU, 1, {ALL}, PARAM, ANY},
    {"stop all", OWN, PMU, 4, {0, 0xfffffffd, 1}, STOPPED, ANY},
    {"stop time too", OWN, PMU, 4, {0, 0xffffffff, 1}, PARAM, ANY},
    {"stop counter 64", OWN, PMU, 4, {1, UINT64_C(1) << 63, 0}, PARAM, ANY},
    {"stop with a snapshot", OWN, PMU, 4, {0, 1, 2}, NO_SHMEM, ANY},
    {"stop with flags nobody has", OWN, PMU, 4, {0, 1, 4}, PARAM, ANY},
    {"match time", OWN, PMU, 2, {1, 1, 0, EVENT_CYCLES}, PARAM, ANY},
    {"match counter 32", OWN, PMU, 2, {32, 1, 0, EVENT_CYCLES}, PARAM, ANY},
    {"match counter 32 by the mask", OWN, PMU, 2, {31, 3, 0, EVENT_CYCLES}, PARAM, ANY},
    {"match counter 2^64", OWN, PMU, 2, {3, ALL, 0, EVENT_LOADS}, PARAM, ANY},
    {"match with base all ones", OWN, PMU, 2, {ALL, 1, 0, EVENT_CYCLES}, PARAM, ANY},
    {"match no counter", OWN, PMU, 2, {3, 0, 0, EVENT_LOADS}, PARAM, ANY},
    {"match with flags nobody has", OWN, PMU, 2, {3, 1, 256, EVENT_LOADS}, PARAM, ANY},
    {"match no event", OWN, PMU, 2, {0, 0xfffffffd, 0, 0}, UNSUPPORTED, ANY},
    {"match branches", OWN, PMU, 2, {0, 0xfffffffd, 0, 5}, UNSUPPORTED, ANY},
    {"match misses of the cache", OWN, PMU, 2, {0, 0xfffffffd, 0, 0x10001}, UNSUPPORTED, ANY},
    {"match a firmware event", OWN, PMU, 2, {0, 0xfffffffd, 0, EVENT_FIRMWARE}, UNSUPPORTED, ANY},
    {"match event all ones", OWN, PMU, 2, {0, 0xfffffffd, 0, ALL}, UNSUPPORTED, ANY},
    {"match event 2^32", OWN, PMU, 2, {0, 0xfffffffd, 0, UINT64_C(1) << 32}, UNSUPPORTED, ANY},
    {"match a raw event", OWN, PMU, 2, {0, 0xfffffffd, 0, EVENT_RAW, RAW_WALKS}, SUCCESS, 3},
    {"match raw 0", OWN, PMU, 2, {0, 0xfffffffd, 0, EVENT_RAW, 0}, UNSUPPORTED, ANY},
    {"match raw all ones", OWN, PMU, 2, {0, 0xfffffffd, 0, EVENT_RAW, ALL}, UNSUPPORTED, ANY},
    {"match cycles", OWN, PMU, 2, {0, 0xfffffffd, 0, EVENT_CYCLES}, SUCCESS, 0},
    {"match cycles elsewhere", OWN, PMU, 2, {3, 0xff, 0, EVENT_CYCLES}, UNSUPPORTED, ANY},
    {"match instructions", OWN, PMU, 2, {0, 0xfffffffd, 0, EVENT_INSTRUCTIONS}, SUCCESS, 2},
    {"match loads and start", OWN, PMU, 2, {4, 0xf, 6, EVENT_LOADS}, SUCCESS, 4},
    {"match the next", OWN, PMU, 2, {4, 0xf, 0, EVENT_LOADS}, SUCCESS, 5},
    {"match and skip", OWN, PMU, 2, {4, 0xf, 1, EVENT_LOADS}, SUCCESS, 4},
    {"match and skip to what cannot",
     OWN,
     PMU,
     2,
     {0, 0xfffffffd, 1, EVENT_LOADS},
     UNSUPPORTED,
     ANY},
    {"match what runs", OWN, PMU, 2, {4, 1, 0, EVENT_LOADS}, UNSUPPORTED, ANY},
    {"start what runs", OWN, PMU, 3, {4, 1, 0, 0}, STARTED, ANY},
    {"start it and another", OWN, PMU, 3, {4, 3, 0, 0}, STARTED, ANY},
    {"start that again", OWN, PMU, 3, {5, 1, 0, 0}, STARTED, ANY},
    {"start time", OWN, PMU, 3, {1, 1, 0, 0}, PARAM, ANY},
    {"start with a snapshot", OWN, PMU, 3, {6, 1, 2, 0}, NO_SHMEM, ANY},
    {"start with flags nobody has", OWN, PMU, 3, {6, 1, 4, 0}, PARAM, ANY},
    {"start none", OWN, PMU, 3, {6, 0, 0, 0}, SUCCESS, ANY},
    {"stop both", OWN, PMU, 4, {4, 3, 1}, SUCCESS, ANY},
    {"stop both again", OWN, PMU, 4, {4, 3, 0}, STOPPED, ANY},
    {"read a hart's counter", OWN, PMU, 5, {3}, PARAM, ANY},
    {"read counter all ones", OWN, PMU, 5, {ALL}, PARAM, ANY},
    {"read its upper half", OWN, PMU, 6, {3}, PARAM, ANY},
    {"set a snapshot", OWN, PMU, 7, {BUFFER, 0, 0}, UNSUPPORTED, ANY},
    {"pmu function 99", COMMON, PMU, 99, {0}, UNSUPPORTED, ANY},

    {"legacy putchar", OWN, 1, 0, {'\n', 77}, SUCCESS, 77},
    {"legacy getchar", OWN, 2, 0, {0, 77}, -1, 77},
    {"legacy set_timer", OWN, 0, 0, {ALL, 0}, UNSUPPORTED, ANY},
};

enum { ROWS = sizeof rows / sizeof *rows };

static uint64_t root_table[PTE_PER_TABLE] __attribute__((aligned(4096)));
static unsigned wrong;
static bool is_own;

/* entry.S */
void sbi_ecall(const uint64_t registers[8], uint64_t answer[2]);
uint64_t load_cause(uint64_t pa);
uint64_t suspend_and_resume(uint64_t opaque);
void load_thrice(uint64_t va);
__attribute__((noreturn)) void sbi_calls_main(uint64_t hart_id, uint64_t device_tree_pa);

/* Returns the error, and the value in *value. */
static int64_t call(uint64_t extension, uint64_t function, const uint64_t argument[5],
                    uint64_t *value)
{
    const uint64_t registers[8] = {argument[0], argument[1], argument[2], argument[3],
                                   argument[4], 0,           function,    extension};
    uint64_t answer[2];

    sbi_ecall(registers, answer);
    *value = answer[1];
    return (int64_t)answer[0];
}

static int64_t call3(uint64_t extension, uint64_t function, uint64_t a0, uint64_t a1, uint64_t a2)
{
    const uint64_t argument[5] = {a0, a1, a2};
    uint64_t value;

    return call(extension, function, argument, &value);
}

static void check(const char *name, bool is_right)
{
    console_print(name);
    console_print(is_right ? ": right\n" : ": WRONG\n");
    wrong += !is_right;
}

static void put_signed(int64_t number)
{
    console_print(number < 0 ? "-" : "");
    console_decimal(number < 0 ? (uint64_t)-number : (uint64_t)number);
}

static void check_row(const struct row *row)
{
    uint64_t value;
    int64_t error = call(row->extension, row->function, row->argument, &value);

    console_print(row->name);
    console_print(": ");
    put_signed(error);
    if (row->value != ANY) {
        console_print(" ");
        console_hex(value);
    }
    if (error != row->error || (row->value != ANY && value != row->value)) {
        console_print(" WRONG, not ");
        put_signed(row->error);
        console_print(" ");
        console_hex(row->value);
        wrong++;
    }
    console_print("\n");
}

static bool is_pending(uint64_t interrupt)
{
    return (csr_read(CSR_SIP) & interrupt) != 0;
}

static void check_interrupts(void)
{
    call3(TIME, 0, ALL, 0, 0);
    check("no timer", !is_pending(INTERRUPT_TIMER));
    call3(TIME, 0, 0, 0, 0);
    check("a timer that is due", is_pending(INTERRUPT_TIMER));
    call3(TIME, 0, csr_read(CSR_TIME) + TIMEBASE_HZ / 10, 0, 0);
    check("a timer that is not", !is_pending(INTERRUPT_TIMER));
    csr_write(CSR_SIE, INTERRUPT_TIMER);
    check("sleep until it is", call3(HSM, 3, 0, 0, 0) == SUCCESS && is_pending(INTERRUPT_TIMER));
    check("begin again", !is_own || suspend_and_resume(1234) == 1234);
    csr_write(CSR_SIE, 0);
    call3(TIME, 0, ALL, 0, 0);

    check("no ipi", !is_pending(INTERRUPT_SOFTWARE));
    check("ipi", call3(IPI, 0, 1, 0, 0) == SUCCESS && is_pending(INTERRUPT_SOFTWARE));
    csr_clear(CSR_SIP, INTERRUPT_SOFTWARE);
    check("ipi taken", !is_pending(INTERRUPT_SOFTWARE));
    check("ipi to all", call3(IPI, 0, 0, ALL, 0) == SUCCESS && is_pending(INTERRUPT_SOFTWARE));
    csr_clear(CSR_SIP, INTERRUPT_SOFTWARE);
}

static void check_memory(void)
{
    check("the firmware's first word", load_cause(FIRMWARE) == CAUSE_LOAD_ACCESS_FAULT);
    check("RAM", load_cause(BUFFER) == ALL);
    if (is_own) {
        check("the firmware's last word",
              load_cause(FIRMWARE_LAST & ~UINT64_C(3)) == CAUSE_LOAD_ACCESS_FAULT);
        check("the word behind it", load_cause(FIRMWARE_LAST + 1) == ALL);
    }
}

/* Counters 10 and 11 count loads and their misses, all of RAM being one gigapage. */
static void check_counting(void)
{
    const uint64_t loads[5] = {10, 1, 2, EVENT_LOADS};
    const uint64_t misses[5] = {11, 1, 2, EVENT_MISSES};
    const uint64_t nonsense[5] = {10, 1, 0, EVENT_RAW, ALL};
    const uint64_t from_500[5] = {10, 1, 1, 500};
    uint64_t value;

    root_table[vpn_index(RAM_BASE, 2)] =
        pte_make(RAM_BASE, PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D);
    root_table[0] = pte_make(0, PTE_V | PTE_R | PTE_W | PTE_A | PTE_D);
    csr_write(CSR_SATP, SATP_SV39 | (uint64_t)root_table >> PAGE_SHIFT);
    sfence_vma_all();
    call(PMU, 2, loads, &value);
    call(PMU, 2, misses, &value);
    check("the event stays", call(PMU, 2, nonsense, &value) == UNSUPPORTED);
    load_thrice(BUFFER);
    check("counters that were not started", csr_read(CSR_HPMCOUNTER3 + 7) == 0);
    check("start", call3(PMU, 3, 10, 3, 0) == SUCCESS);

    uint64_t before = csr_read(CSR_HPMCOUNTER3 + 7);
    uint64_t missed = csr_read(CSR_HPMCOUNTER3 + 8);

    load_thrice(BUFFER);
    before = csr_read(CSR_HPMCOUNTER3 + 7) - before;
    missed = csr_read(CSR_HPMCOUNTER3 + 8) - missed;
    check("three loads", before == 3);
    check("one of them missed", missed == 1);
    check("stop", call3(PMU, 4, 10, 3, 0) == SUCCESS);
    before = csr_read(CSR_HPMCOUNTER3 + 7);
    load_thrice(BUFFER);
    check("counters that were stopped", csr_read(CSR_HPMCOUNTER3 + 7) == before);
    call3(PMU, 3, 10, 1, 0);
    check("go on", csr_read(CSR_HPMCOUNTER3 + 7) >= before);
    call3(PMU, 4, 10, 1, 0);
    call(PMU, 3, from_500, &value);
    before = csr_read(CSR_HPMCOUNTER3 + 7);
    check("go on from 500", before >= 500 && before < 550);
    call3(PMU, 4, 10, 1, 0);
    call(PMU, 2, loads, &value);
    check("clear", csr_read(CSR_HPMCOUNTER3 + 7) == 0);
    call3(PMU, 3, 10, 1, 0);
    check("stop and reset", call3(PMU, 4, 10, 1, 1) == SUCCESS);
    call3(PMU, 3, 10, 1, 0);
    before = csr_read(CSR_HPMCOUNTER3 + 7);
    load_thrice(BUFFER);
    check("no event", csr_read(CSR_HPMCOUNTER3 + 7) == before);
    csr_write(CSR_SATP, 0);
}

/* Calls of everything with anything, from a list of values at borders. Left out is
 * what would end the run, put the hart to sleep or fill the console. */
static void check_storm(void)
{
    enum { CALLS = 20000 };
    static const uint64_t extension[] = {BASE, TIME, IPI, RFNC, HSM, SRST, DBCN, PMU, 2};
    static const uint64_t border[] = {
        0,
        1,
        2,
        3,
        4,
        31,
        32,
        33,
        63,
        64,
        4095,
        PAGE_SIZE,
        BUFFER,
        FIRMWARE,
        FIRMWARE - 1,
        FIRMWARE_LAST,
        FIRMWARE_LAST + 1,
        EVENT_LOADS,
        EVENT_RAW,
        INT64_MAX,
        ALL - 4095,
        ALL - 1,
        ALL,
        UINT32_MAX,
        UINT64_C(1) << 32,
        UINT64_C(1) << 63,
    };
    enum { EXTENSIONS = sizeof extension / sizeof *extension };
    enum { BORDERS = sizeof border / sizeof *border };
    uint64_t random = 1;
    uint64_t value;

    for (unsigned i = 0; i < CALLS; i++) {
        uint64_t argument[5];
        uint64_t chosen = extension[i % EXTENSIONS];
        uint64_t function = i / EXTENSIONS % 9;

        for (unsigned k = 0; k < 5; k++) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            argument[k] = border[(random >> 33) % BORDERS];
        }
        if ((chosen != SRST || function != 0) && (chosen != HSM || function != 3) &&
            (chosen != DBCN || (function != 0 && function != 2))) {
            call(chosen, function, argument, &value);
        }
    }
    check("after a storm", call3(HSM, 2, 0, 0, 0) == SUCCESS);
}

void sbi_calls_main(uint64_t hart_id, uint64_t device_tree_pa)
{
    static const uint64_t none[5];
    uint64_t implementation;

    check("hart number", hart_id == 0);
    check("device tree", *(const volatile uint32_t *)device_tree_pa == 0xedfe0dd0);
    check("mode", csr_read(CSR_SATP) == 0 && !is_pending(INTERRUPT_TIMER));
    call(BASE, 1, none, &implementation);
    is_own = implementation == OWN_IMPL_ID;
    for (unsigned i = 0; i < 5; i++) {
        ((volatile char *)BUFFER)[i] = "text\n"[i];
    }
    for (unsigned i = 0; i < ROWS; i++) {
        if (is_own || rows[i].whose == COMMON) {
            check_row(&rows[i]);
        }
    }
    check_interrupts();
    check_memory();
    if (is_own) {
        check_storm();
        call3(PMU, 4, 0, 0xfffffffd, 1);
        check_counting();
    }
    console_decimal(wrong);
    console_print(" wrong\n");
    call3(SRST, 0, 0, wrong != 0, 0);
    for (;;) {
    }
}
