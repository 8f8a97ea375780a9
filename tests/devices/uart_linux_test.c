/*
 * The UART and the PLIC as Linux 6.12 drives them: how its 8250 driver finds out what it has, tries
 * it for the mistakes of other makes, sends and receives, and how an interrupt is claimed.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "devices/plic.h"
#include "devices/uart.h"

enum { RBR = 0, THR = 0, DLL = 0, IER = 1, DLM = 1, IIR = 2, FCR = 2, EFR = 2 };
enum { LCR = 3, MCR = 4, LSR = 5, MSR = 6, SCR = 7 };
enum { RDI = 0x01, THRI = 0x02, RLSI = 0x04, ALL_INTERRUPTS = 0x0f, UUE = 0x40 };
enum { NO_INTERRUPT = 0x01, IS_16550A = 0xc0, IS_64_BYTES = 0x20 };
enum { LOOP = 0x10, OUT2 = 0x08, RTS = 0x02, CTS = 0x10, DCD = 0x80 };
enum { DR = 0x01, THRE = 0x20, TEMT = 0x40, ERRORS = 0x9e };
enum { MODE_A = 0x80, MODE_B = 0xbf, WORDS_OF_8 = 0x03 };

enum { SOURCE = 10, CONTEXT = 1 };

static struct uart uart;
static struct plic plic;
static bool notified[PLIC_CONTEXTS];
static const char *typed;
static char sent[300];
static size_t sent_length;
static bool is_opened; /* just now: no interrupt was handled since */

static void put_character(void *ctx, uint8_t character)
{
    (void)ctx;
    cr_assert(lt(sz, sent_length, sizeof sent - 1));
    sent[sent_length++] = (char)character;
}

static bool get_character(void *ctx, uint8_t *character)
{
    (void)ctx;
    if (*typed == '\0') {
        return false;
    }
    *character = (uint8_t)*typed++;
    return true;
}

static void set_output(void *ctx, bool level)
{
    *(bool *)ctx = level;
}

static void set_up(void)
{
    const struct uart_host host = {.put = put_character, .get = get_character};
    const struct irq_line outputs[PLIC_CONTEXTS] = {{set_output, &notified[0]},
                                                    {set_output, &notified[1]}};

    memset(notified, 0, sizeof notified);
    memset(sent, 0, sizeof sent);
    sent_length = 0;
    typed = "";
    plic_init(&plic, outputs);
    const struct irq_line line = plic_line(&plic, SOURCE);

    uart_init(&uart, &host, &line);
}

TestSuite(uart_linux, .init = set_up);

static unsigned in(unsigned offset)
{
    uint64_t value = 0;

    cr_assert(uart.device.ops->read(&uart.device, offset, 1, &value));
    return (unsigned)value;
}

static void out(unsigned offset, unsigned value)
{
    cr_assert(uart.device.ops->write(&uart.device, offset, 1, value));
}

static uint32_t plic_in(uint64_t offset)
{
    uint64_t value = 0;

    cr_assert(plic.device.ops->read(&plic.device, offset, 4, &value));
    return (uint32_t)value;
}

static void plic_out(uint64_t offset, uint32_t value)
{
    cr_assert(plic.device.ops->write(&plic.device, offset, 4, value));
}

static void clear_fifos(void)
{
    out(FCR, 0x01);
    out(FCR, 0x07);
    out(FCR, 0x00);
}

/* What keeps a status that was left there from being taken for a new one. */
static void read_all(void)
{
    (void)in(LSR);
    (void)in(RBR);
    (void)in(IIR);
    (void)in(MSR);
}

static void is_there(void)
{
    unsigned ier = in(IER);
    unsigned mcr = in(MCR);

    out(IER, 0);
    cr_expect(eq(u32, in(IER)&ALL_INTERRUPTS, 0), "IER does not keep 0");
    out(IER, ALL_INTERRUPTS);
    cr_expect(eq(u32, in(IER)&ALL_INTERRUPTS, ALL_INTERRUPTS), "IER has no four bits");
    out(IER, ier);
    out(MCR, LOOP | OUT2 | RTS);
    cr_expect(eq(u32, in(MSR)&0xf0, DCD | CTS), "loopback");
    out(MCR, mcr);
}

/* None of those that are more than a 16550A: with other registers in modes A and B, a FIFO of 64
 * bytes, or an enable bit for the unit. */
static void is_plain_16550a(void)
{
    unsigned mcr = in(MCR);
    unsigned ier = in(IER);

    out(LCR, MODE_B);
    out(EFR, 0);
    out(LCR, 0);
    out(FCR, 1);
    cr_expect(eq(u32, in(IIR)&0xc0, IS_16550A));
    out(LCR, MODE_A);
    cr_expect(ne(u32, in(EFR), 0), "an EFR that is zero is one that can be written");
    out(LCR, MODE_B);
    cr_expect(ne(u32, in(EFR), 0));
    out(LCR, 0);
    out(MCR, mcr ^ LOOP);
    out(LCR, 0xe0);
    cr_expect(eq(u32, (in(EFR) ^ mcr) & LOOP, 0), "a second look at MCR is what SuperIO has");
    out(LCR, 0);
    out(MCR, mcr);
    for (unsigned mode = 0; mode <= MODE_A; mode += MODE_A) {
        out(LCR, mode);
        out(FCR, 0x21);
        cr_expect(eq(u32, in(IIR) & (IS_16550A | IS_64_BYTES), IS_16550A), "a FIFO of 64 bytes");
        out(FCR, 0x01);
    }
    out(LCR, 0);
    out(IER, ier | UUE);
    cr_expect(eq(u32, in(IER)&UUE, 0), "an XScale");
    out(IER, ier);
}

Test(uart_linux, the_probe_finds_a_16550a)
{
    is_there();
    is_plain_16550a();
    out(SCR, 0x5a);
    cr_expect(eq(u32, in(SCR), 0x5a));
    clear_fifos();
    (void)in(RBR);
    out(IER, 0);
    cr_expect(eq(u32, in(IIR), NO_INTERRUPT));
    cr_expect(eq(sz, sent_length, 0), "nothing was sent on the way");
}

/* Opens the port: 115200 baud, 8 bits, the interrupts of the receiver. */
static void start_up(void)
{
    unsigned first;
    unsigned second;

    clear_fifos();
    cr_expect(ne(u32, in(LSR), 0xff), "there is a UART");
    read_all();
    cr_expect(ne(u32, in(LSR)&THRE, 0));
    out(IER, THRI);
    first = in(IIR);
    out(IER, 0);
    out(IER, THRI);
    second = in(IIR);
    out(IER, 0);
    cr_expect(eq(u32, first & NO_INTERRUPT, 0));
    cr_expect(eq(u32, second & NO_INTERRUPT, 0), "else Linux polls with a timer");
    out(LCR, WORDS_OF_8);
    out(MCR, in(MCR) | OUT2);
    out(IER, THRI);
    cr_expect(ne(u32, in(LSR)&TEMT, 0));
    cr_expect(eq(u32, in(IIR)&NO_INTERRUPT, 0), "else it kicks the transmitter");
    out(IER, 0);
    read_all();
    out(LCR, WORDS_OF_8 | 0x80);
    out(DLL, 2);
    out(DLM, 0);
    out(LCR, WORDS_OF_8);
    out(FCR, 0x01);
    out(FCR, 0x81);
    out(IER, RLSI | RDI);
    is_opened = true;
}

/* The interrupt of the UART, from the PLIC on: returns how often it was claimed. Once after an
 * opening the UART may have nothing to say: the PLIC keeps what the trials there have asked for. */
static unsigned handle(char *received)
{
    unsigned count = 0;
    uint32_t source;

    while ((source = plic_in(0x200004 + CONTEXT * 0x1000)) != 0) {
        cr_assert(eq(u32, source, SOURCE));
        if ((in(IIR)&NO_INTERRUPT) != 0) {
            cr_assert(is_opened, "nobody cared");
        }
        is_opened = false;
        for (unsigned lsr = in(LSR); (lsr & DR) != 0; lsr = in(LSR)) {
            cr_assert(eq(u32, lsr & ERRORS, 0));
            received[strlen(received)] = (char)in(RBR);
        }
        cr_assert(eq(u32, in(MSR)&0x0f, 0), "no line of the modem has changed");
        plic_out(0x200004 + CONTEXT * 0x1000, source);
        cr_assert(lt(u32, count++, 100), "the line stays up");
    }
    cr_expect(not(notified[CONTEXT]));
    return count;
}

static void open_plic(void)
{
    plic_out(SOURCE * 4, 1);
    plic_out(0x2000 + CONTEXT * 0x80, 1u << SOURCE);
    plic_out(0x200000 + CONTEXT * 0x1000, 0);
}

Test(uart_linux, what_is_typed_comes_by_interrupts)
{
    char received[64] = "";

    open_plic();
    start_up();
    cr_expect(le(u32, handle(received), 1));
    cr_expect(eq(str, received, ""), "nothing was typed");
    typed = "echo of more characters than a FIFO has\n";
    uart_poll(&uart);
    cr_assert(notified[CONTEXT]);
    cr_expect(not(notified[0]), "M-mode has not enabled it");
    cr_expect(ge(u32, handle(received), 1));
    cr_expect(eq(str, received, "echo of more characters than a FIFO has\n"));
}

Test(uart_linux, opening_the_port_swallows_no_line_that_was_typed_before)
{
    char received[64] = "";

    typed = "ls\n";
    is_there();
    is_plain_16550a();
    open_plic();
    for (unsigned i = 0; i < 3; i++) { /* as each program that is the first to open it makes it */
        start_up();
        out(IER, 0);
        clear_fifos();
        (void)in(RBR);
    }
    start_up();
    uart_poll(&uart);
    (void)handle(received);
    cr_expect(eq(str, received, "ls\n"));
}

/* Linux fills the FIFO of 16 at each interrupt of the transmitter, and masks it at the end. */
Test(uart_linux, output_goes_out_by_interrupts)
{
    static const char text[] =
        "A line that is longer than the FIFO, which is said to have 16 bytes.\n";
    size_t left = sizeof text - 1;
    const char *next = text;
    unsigned interrupts = 0;

    open_plic();
    start_up();
    out(IER, RLSI | RDI | THRI);
    while (notified[CONTEXT]) {
        uint32_t source = plic_in(0x200004 + CONTEXT * 0x1000);

        cr_assert(eq(u32, source, SOURCE));
        cr_assert(eq(u32, in(IIR)&NO_INTERRUPT, 0));
        cr_assert(ne(u32, in(LSR)&THRE, 0));
        for (unsigned i = 0; i < 16 && left > 0; i++, left--) {
            out(THR, (uint8_t)*next++);
        }
        if (left == 0) {
            out(IER, RLSI | RDI);
        }
        plic_out(0x200004 + CONTEXT * 0x1000, source);
        cr_assert(lt(u32, interrupts++, 20));
    }
    cr_expect(eq(str, sent, (char *)text));
    cr_expect(eq(u32, interrupts, (sizeof text - 1 + 15) / 16));
}

/* The console of the kernel's messages sends with interrupts masked and waits for the transmitter;
 * a break is nothing here, and ends. */
Test(uart_linux, a_console_that_polls_sends_and_a_break_does_no_harm)
{
    start_up();
    out(IER, 0);
    for (const char *next = "[    0.000000] Linux"; *next != '\0'; next++) {
        cr_assert(ne(u32, in(LSR)&THRE, 0));
        out(THR, (uint8_t)*next);
    }
    cr_expect(eq(u32, in(LSR) & (THRE | TEMT), THRE | TEMT));
    out(IER, RLSI | RDI);
    cr_expect(eq(str, sent, "[    0.000000] Linux"));
    out(LCR, WORDS_OF_8 | 0x40);
    cr_expect(eq(u32, in(LCR), WORDS_OF_8 | 0x40));
    cr_expect(eq(u32, in(LSR)&ERRORS, 0));
    out(LCR, WORDS_OF_8);
    out(THR, '!');
    cr_expect(eq(str, sent, "[    0.000000] Linux!"));
}
