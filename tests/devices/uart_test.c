#include "devices/uart.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <string.h>

enum { RBR = 0, THR = 0, DLL = 0, IER = 1, DLM = 1, IIR = 2, FCR = 2 };
enum { LCR = 3, MCR = 4, LSR = 5, MSR = 6, SCR = 7 };
enum { LOOPBACK = 0x10, DLAB = 0x80 };
enum { SENT = 0x60, SENT_AND_READY = 0x61 }; /* what LSR says */
enum { NO_INTERRUPT = 0x01, THR_EMPTY = 0x02, RECEIVED = 0x04 };

/* The other end: input is what is left to type; asked counts the calls of get. */
struct terminal {
    const char *input;
    unsigned asked;
    char output[32];
    size_t length;
};

static struct uart uart;
static struct terminal terminal;
static bool irq;

static void terminal_put(void *ctx, uint8_t character)
{
    struct terminal *end = ctx;

    cr_assert(lt(sz, end->length, sizeof end->output - 1));
    end->output[end->length++] = (char)character;
}

static bool terminal_get(void *ctx, uint8_t *character)
{
    struct terminal *end = ctx;

    end->asked++;
    if (*end->input == '\0') {
        return false;
    }
    *character = (uint8_t)*end->input++;
    return true;
}

static void irq_set(void *ctx, bool level)
{
    *(bool *)ctx = level;
}

static void set_up(void)
{
    const struct uart_host host = {terminal_put, terminal_get, &terminal};
    const struct irq_line line = {irq_set, &irq};

    terminal = (struct terminal){.input = ""};
    irq = false;
    uart_init(&uart, &host, &line);
}

static unsigned get(uint64_t offset)
{
    uint64_t value = UINT64_MAX;

    cr_assert(uart.device.ops->read(&uart.device, offset, 1, &value));
    return (unsigned)value;
}

static void put(uint64_t offset, unsigned value)
{
    cr_assert(uart.device.ops->write(&uart.device, offset, 1, value));
}

/* What a guest sees in the end that polls the line status. */
static unsigned poll_lsr(void)
{
    for (unsigned i = 1; i < UART_LOOKS; i++) {
        (void)get(LSR);
    }
    return get(LSR);
}

/* The guest asks for interrupts, and waits. */
static void put_ier_and_wait(unsigned value)
{
    put(IER, value);
    uart_poll(&uart);
}

TestSuite(uart, .init = set_up);

Test(uart, registers_start_as_after_a_reset)
{
    static const unsigned want[] = {[RBR] = 0, [IER] = 0,    [IIR] = NO_INTERRUPT, [LCR] = 0,
                                    [MCR] = 0, [LSR] = SENT, [MSR] = 0xb0,         [SCR] = 0};

    cr_expect(eq(u64, uart.device.ops->length, 0x100));
    for (unsigned i = 0; i < sizeof want / sizeof *want; i++) {
        cr_expect(eq(u32, get(i), want[i]), "register %u", i);
    }
    cr_expect(not(irq));
}

Test(uart, registers_keep_the_bits_they_have)
{
    static const struct {
        unsigned offset;
        unsigned value;
        unsigned want;
        const char *why;
    } rows[] = {
        {IER, 0xff, 0x0f, "IER has 4 bits"},
        {IER, 0x05, 0x05, "in any combination"},
        {IER, 0x00, 0x00, "and none"},
        {LCR, 0x7f, 0x7f, "LCR is kept, but for DLAB, tested elsewhere"},
        {LCR, 0x03, 0x03, "LCR again"},
        {MCR, 0xff, 0x1f, "MCR has 5 bits"},
        {MCR, 0x0b, 0x0b, "MCR again"},
        {SCR, 0xa5, 0xa5, "SCR is a byte of memory"},
        {SCR, 0x5a, 0x5a, "SCR again"},
        {LSR, 0x00, SENT, "LSR is read-only"},
        {LSR, 0xff, SENT, "LSR is read-only"},
        {MSR, 0x00, 0xb0, "MSR is read-only"},
        {MSR, 0xff, 0xb0, "MSR is read-only"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        put(rows[i].offset, rows[i].value);
        cr_expect(eq(u32, get(rows[i].offset), rows[i].want), "%s", rows[i].why);
    }
    cr_expect(eq(u32, get(IER), 0x00));
    cr_expect(eq(u32, get(LCR), 0x03));
    cr_expect(eq(u32, get(MCR), 0x0b));
    cr_expect(eq(u32, get(SCR), 0x5a));
}

Test(uart, dlab_swaps_the_first_two_registers_for_the_divisor)
{
    terminal.input = "x";
    put(SCR, 0x77);
    put(LCR, DLAB | 0x03);
    cr_expect(eq(u32, get(LCR), DLAB | 0x03));
    put(DLL, 0x12);
    put(DLM, 0x34);
    cr_expect(eq(u32, get(DLL), 0x12));
    cr_expect(eq(u32, get(DLM), 0x34));
    cr_expect(zero(sz, terminal.length), "the divisor is not sent");
    cr_expect(zero(u32, terminal.asked), "the divisor is not received");
    cr_expect(eq(u32, get(SCR), 0x77), "the others stay");
    cr_expect(eq(u32, get(IIR), NO_INTERRUPT), "the others stay");
    put(LCR, 0x03);
    cr_expect(eq(u32, get(IER), 0), "IER was not the divisor");
    put_ier_and_wait(0x09);
    cr_expect(eq(u32, get(RBR), 'x'));
    put(IER, 0x08);
    put(THR, 'y');
    put(LCR, DLAB);
    cr_expect(eq(u32, get(DLL), 0x12), "THR was not the divisor");
    cr_expect(eq(u32, get(DLM), 0x34), "IER was not the divisor");
    put(LCR, 0);
    cr_expect(eq(u32, get(IER), 0x08));
}

Test(uart, characters_are_sent_at_once)
{
    for (const char *c = "hello\n"; *c != '\0'; c++) {
        cr_expect(eq(u32, get(LSR), SENT));
        put(THR, (unsigned char)*c);
    }
    cr_expect(eq(str, terminal.output, "hello\n"));
    put(THR, 0xff);
    put(THR, 0x00);
    cr_expect(eq(sz, terminal.length, 8), "all 256 values are characters");
    cr_expect(eq(int, memcmp(terminal.output + 6, "\xff\0", 2), 0));
}

Test(uart, characters_are_received_in_order)
{
    terminal.input = "ab\nc";
    for (unsigned i = 1; i < UART_LOOKS; i++) {
        cr_expect(eq(u32, get(LSR), SENT), "look %u does not ask", i);
    }
    cr_expect(eq(u32, get(LSR), SENT_AND_READY));
    cr_expect(eq(u32, get(LSR), SENT_AND_READY), "looking takes nothing away");
    cr_expect(eq(u32, get(RBR), 'a'));
    cr_expect(eq(u32, get(RBR), 'b'), "without a look at LSR");
    cr_expect(eq(u32, get(LSR), SENT));
    cr_expect(eq(u32, get(LSR), SENT_AND_READY), "the second look goes on with a line");
    cr_expect(eq(u32, get(RBR), '\n'));
    cr_expect(eq(u32, get(LSR), SENT));
    cr_expect(eq(u32, get(LSR), SENT), "and does not begin one");
    cr_expect(eq(u32, poll_lsr(), SENT_AND_READY));
    cr_expect(eq(u32, get(RBR), 'c'));
    cr_expect(eq(u32, poll_lsr(), SENT));
    cr_expect(eq(u32, get(RBR), 0), "nothing there");
    terminal.input = "d";
    cr_expect(eq(u32, poll_lsr(), SENT_AND_READY), "input may come late");
    cr_expect(eq(u32, get(RBR), 'd'));
}

/* Rows run one after the other on one UART; asked is how often each asks the host. */
struct asked_row {
    bool is_write;
    unsigned offset;
    unsigned value;
    unsigned asked;
    const char *why;
};

static void expect_asked(const struct asked_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        terminal.asked = 0;
        if (rows[i].is_write) {
            put(rows[i].offset, rows[i].value);
        } else {
            (void)get(rows[i].offset);
        }
        cr_expect(eq(u32, terminal.asked, rows[i].asked), "%s", rows[i].why);
    }
}

Test(uart, the_host_is_not_asked_by_a_guest_that_does_not_wait)
{
    static const struct asked_row rows[] = {
        {false, IIR, 0, 0, "IIR with interrupts off"},
        {false, IER, 0, 0, "IER"},
        {false, MSR, 0, 0, "MSR"},
        {true, THR, 'x', 0, "sending"},
        {true, IER, 0x0e, 0, "the other interrupts"},
        {true, FCR, 0x07, 0, "the FIFOs"},
        {true, MCR, 0x0b, 0, "the modem"},
        {false, LSR, 0, 0, "a look before sending"},
        {true, THR, 'y', 0, "sending"},
        {false, LSR, 0, 0, "a look before sending"},
        {false, LSR, 0, 0, "a second look in a row"},
        {false, RBR, 0, 0, "RBR does not begin a line"},
        {true, IER, 0x01, 0, "nor does the receive interrupt, by itself"},
    };

    terminal.input = "abcdefgh";
    uart_poll(&uart);
    cr_expect(zero(u32, terminal.asked), "with the interrupt off");
    expect_asked(rows, sizeof rows / sizeof *rows);
}

Test(uart, the_host_is_asked_for_the_rest_of_a_line_only_when_the_guest_could_see_the_answer)
{
    static const struct asked_row rows[] = {
        {false, LSR, 0, 0, "one waits already"},
        {false, RBR, 0, 0, "RBR gives the one that waits"},
        {false, LSR, 0, 0, "a look before sending what was read"},
        {false, IIR, 0, 0, "not in a row"},
        {false, LSR, 0, 0, "a look before sending what was read"},
        {true, SCR, 0, 0, "not in a row"},
        {false, LSR, 0, 0, "a look before sending what was read"},
        {false, RBR, 0, 1, "RBR looks for the next"},
        {true, IER, 0x01, 1, "the receive interrupt would show it"},
        {false, RBR, 0, 1, "one read, the next one interrupts"},
        {true, IER, 0x00, 0, "interrupt off"},
        {false, RBR, 0, 0, "the one that waited"},
        {true, MCR, LOOPBACK, 0, "loopback cuts the line"},
        {false, LSR, 0, 0, "loopback cuts the line"},
        {false, RBR, 0, 0, "loopback cuts the line"},
        {true, IER, 0x01, 0, "loopback cuts the line"},
        {true, MCR, 0x00, 1, "joined again"},
    };

    terminal.input = "abcdefgh";
    cr_expect(eq(u32, poll_lsr(), SENT_AND_READY));
    expect_asked(rows, sizeof rows / sizeof *rows);
}

Test(uart, polling_looks_for_input_only_if_it_would_interrupt)
{
    terminal.input = "a";
    uart_poll(&uart);
    cr_expect(zero(u32, terminal.asked));
    cr_expect(not(irq));
    cr_expect(not(uart_wants_input(&uart)));
    terminal.input = "";
    put_ier_and_wait(0x01);
    cr_expect(not(irq));
    cr_expect(uart_wants_input(&uart));
    terminal.input = "late";
    uart_poll(&uart);
    cr_expect(not(uart_wants_input(&uart)), "one waits");
    cr_expect(irq);
    cr_expect(eq(u32, get(IIR), RECEIVED));
    cr_expect(eq(u32, get(RBR), 'l'));
}

Test(uart, a_line_comes_as_fast_as_it_is_read_and_the_next_one_when_the_guest_waits)
{
    terminal.input = "ab\nc";
    put(IER, 0x01);
    cr_expect(not(irq), "the guest has its work to do");
    cr_expect(eq(u32, get(RBR), 0), "drivers clear the register this way");
    uart_poll(&uart);
    cr_expect(eq(u32, get(RBR), 'a'));
    cr_expect(irq);
    cr_expect(eq(u32, get(RBR), 'b'));
    put(IER, 0x00);
    put(IER, 0x01);
    cr_expect(eq(u32, get(RBR), '\n'), "what has come stays");
    cr_expect(not(irq));
    cr_expect(eq(u32, get(RBR), 0));
    cr_expect(not(irq));
    uart_poll(&uart);
    cr_expect(irq);
    uart_poll(&uart);
    cr_expect(eq(u32, get(RBR), 'c'), "a second wait takes nothing away");
}

Test(uart, the_receive_interrupt_lasts_until_the_input_is_read)
{
    terminal.input = "ab";
    put_ier_and_wait(0x01);
    cr_expect(irq, "raised by the input");
    cr_expect(eq(u32, get(IIR), RECEIVED));
    cr_expect(eq(u32, get(IIR), RECEIVED), "reading IIR does not acknowledge it");
    cr_expect(eq(u32, get(RBR), 'a'));
    cr_expect(irq, "there is another");
    cr_expect(eq(u32, get(RBR), 'b'));
    cr_expect(not(irq));
    cr_expect(eq(u32, get(IIR), NO_INTERRUPT));
}

Test(uart, masking_the_receive_interrupt_lowers_the_wire_and_keeps_the_character)
{
    terminal.input = "a";
    put_ier_and_wait(0x01);
    put(IER, 0x00);
    cr_expect(not(irq));
    cr_expect(eq(u32, get(IIR), NO_INTERRUPT));
    cr_expect(eq(u32, get(LSR), SENT_AND_READY));
    put(IER, 0x01);
    cr_expect(irq);
    cr_expect(eq(u32, get(RBR), 'a'));
}

Test(uart, input_seen_in_lsr_raises_the_wire_too)
{
    put(IER, 0x01);
    terminal.input = "a";
    cr_expect(eq(u32, poll_lsr(), SENT_AND_READY));
    cr_expect(irq);
}

Test(uart, the_transmit_interrupt_is_acknowledged_by_reading_iir)
{
    put(IER, 0x02);
    cr_expect(irq, "raised by enabling it: the register is empty");
    cr_expect(eq(u32, get(IIR), THR_EMPTY));
    cr_expect(not(irq));
    cr_expect(eq(u32, get(IIR), NO_INTERRUPT));
    put(IER, 0x02);
    cr_expect(not(irq), "it was enabled already");
    put(THR, 'x');
    cr_expect(irq, "empty again");
    cr_expect(eq(u32, get(IIR), THR_EMPTY));
    put(IER, 0x00);
    put(IER, 0x02);
    cr_expect(irq, "raised by enabling it again");
    put(IER, 0x00);
    cr_expect(not(irq));
    cr_expect(eq(u32, get(IIR), NO_INTERRUPT));
}

Test(uart, received_data_comes_before_the_empty_transmitter)
{
    terminal.input = "a";
    put_ier_and_wait(0x03);
    cr_expect(eq(u32, get(IIR), RECEIVED));
    cr_expect(eq(u32, get(IIR), RECEIVED));
    cr_expect(eq(u32, get(RBR), 'a'));
    cr_expect(irq, "the transmitter was not acknowledged by that");
    cr_expect(eq(u32, get(IIR), THR_EMPTY));
    cr_expect(not(irq));
    cr_expect(eq(u32, get(IIR), NO_INTERRUPT));
}

Test(uart, line_and_modem_status_never_interrupt)
{
    terminal.input = "a";
    put(IER, 0x0c);
    put(THR, 'x');
    cr_expect(eq(u32, poll_lsr(), SENT_AND_READY));
    cr_expect(not(irq));
    cr_expect(eq(u32, get(IIR), NO_INTERRUPT));
}

Test(uart, iir_says_whether_the_fifos_are_on)
{
    put(FCR, 0x01);
    cr_expect(eq(u32, get(IIR), 0xc0 | NO_INTERRUPT));
    put(IER, 0x02);
    cr_expect(eq(u32, get(IIR), 0xc0 | THR_EMPTY));
    cr_expect(not(irq), "acknowledged all the same");
    put(FCR, 0xc7);
    cr_expect(eq(u32, get(IIR), 0xc0 | NO_INTERRUPT));
    put(FCR, 0xc6);
    cr_expect(eq(u32, get(IIR), NO_INTERRUPT));
}

/* A character waits, FCR holds before, then after is written; does the character still wait? */
Test(uart, fcr_drops_received_data_when_it_resets_the_receiver)
{
    static const struct {
        unsigned before;
        unsigned after;
        bool waits;
        const char *why;
    } rows[] = {
        {0x01, 0x03, false, "receiver reset"},
        {0x01, 0x07, false, "both reset"},
        {0x01, 0x05, true, "transmitter reset only"},
        {0x01, 0x01, true, "no reset"},
        {0x01, 0xc1, true, "a trigger level is no reset"},
        {0x00, 0x01, false, "FIFOs turned on"},
        {0x01, 0x00, false, "FIFOs turned off"},
        {0x00, 0x00, true, "FIFOs stay off"},
        {0x00, 0x02, true, "without bit 0 the other bits are not there"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        set_up();
        terminal.input = "a";
        put(FCR, rows[i].before);
        put_ier_and_wait(0x01);
        cr_expect(irq);
        put(FCR, rows[i].after);
        cr_expect(eq(int, irq, rows[i].waits), "%s", rows[i].why);
        cr_expect(eq(u32, get(LSR), rows[i].waits ? SENT_AND_READY : SENT), "%s", rows[i].why);
    }
}

/* As Linux opens a port: empties the FIFOs, then reads whatever there may be. */
Test(uart, what_a_driver_drops_comes_again_when_it_waits)
{
    terminal.input = "abc";
    put_ier_and_wait(0x01);
    cr_expect(eq(u32, get(RBR), 'a'));
    cr_expect(irq, "the next one waits");
    put(IER, 0x00);
    put(FCR, 0x01);
    put(FCR, 0x07);
    put(FCR, 0x00);
    cr_expect(eq(u32, get(LSR), SENT));
    cr_expect(eq(u32, get(RBR), 0));
    put(MCR, LOOPBACK);
    put(THR, 'x');
    put(FCR, 0x01);
    put(MCR, 0x00);
    put(IER, 0x01);
    cr_expect(not(irq));
    uart_poll(&uart);
    cr_expect(irq);
    cr_expect(eq(u32, get(RBR), 'b'));
    cr_expect(eq(u32, get(RBR), 'c'));
    cr_expect(eq(u32, get(RBR), 0));
}

Test(uart, loopback_gives_back_what_is_sent)
{
    terminal.input = "host";
    put(MCR, LOOPBACK);
    cr_expect(eq(u32, get(LSR), SENT));
    put(THR, 'x');
    cr_expect(zero(sz, terminal.length));
    cr_expect(eq(u32, get(LSR), SENT_AND_READY));
    put(IER, 0x01);
    cr_expect(irq);
    cr_expect(eq(u32, get(RBR), 'x'));
    cr_expect(not(irq));
    put(THR, '1');
    put(THR, '2');
    cr_expect(eq(u32, get(RBR), '2'), "the newer one replaces the older");
    put(MCR, 0);
    uart_poll(&uart);
    cr_expect(eq(u32, get(RBR), 'h'));
    put(THR, 'y');
    cr_expect(eq(str, terminal.output, "y"));
}

Test(uart, loopback_joins_the_modem_lines)
{
    static const struct {
        unsigned mcr;
        unsigned msr;
        const char *why;
    } rows[] = {
        {0x10, 0x00, "none"},       {0x11, 0x20, "DTR to DSR"},  {0x12, 0x10, "RTS to CTS"},
        {0x14, 0x40, "OUT1 to RI"}, {0x18, 0x80, "OUT2 to DCD"}, {0x1a, 0x90, "what Linux tries"},
        {0x1f, 0xf0, "all"},        {0x0f, 0xb0, "no loopback"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        put(MCR, rows[i].mcr);
        cr_expect(eq(u32, get(MSR), rows[i].msr), "%s", rows[i].why);
    }
}

Test(uart, wider_accesses_reach_the_register_at_their_address)
{
    static const unsigned sizes[] = {2, 4, 8};

    put(IER, 0x0d);
    put(LCR, 0x03);
    put(SCR, 0x99);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint64_t value = UINT64_MAX;

        terminal = (struct terminal){.input = "a"};
        cr_expect(uart.device.ops->write(&uart.device, THR, sizes[i],
                                         UINT64_C(0x1122334455667700) | 'w'));
        cr_expect(eq(str, terminal.output, "w"), "the low byte is sent");
        uart_poll(&uart);
        cr_expect(uart.device.ops->read(&uart.device, RBR, sizes[i], &value));
        cr_expect(eq(u64, value, 'a'), "zero-extended");
        cr_expect(eq(u32, get(IER), 0x0d), "its neighbour is not touched");
    }
    cr_expect(eq(u32, get(LCR), 0x03));
    cr_expect(eq(u32, get(SCR), 0x99));
}

Test(uart, past_the_registers_reads_give_0_and_writes_are_ignored)
{
    terminal.input = "abc";
    for (unsigned offset = 8; offset < 0x100; offset++) {
        put(offset, 0xff);
        cr_expect(eq(u32, get(offset), 0));
    }
    cr_expect(zero(u32, terminal.asked));
    cr_expect(zero(sz, terminal.length));
    cr_expect(eq(u32, get(LCR), 0));
    cr_expect(eq(u32, get(SCR), 0));
}
