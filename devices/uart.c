#include "devices/uart.h"

#include <stddef.h>

enum { UART_LENGTH = 0x100, UART_REGISTERS = 8, UART_DIVISORS = 2 };

enum { IER_RECEIVED = 0x01, IER_THR_EMPTY = 0x02, IER_WRITABLE = 0x0f };
enum { IIR_NONE = 0x01, IIR_THR_EMPTY = 0x02, IIR_RECEIVED = 0x04, IIR_FIFOS_ENABLED = 0xc0 };
enum { FCR_FIFO_ENABLE = 0x01, FCR_RECEIVER_RESET = 0x02 };
enum { LCR_DLAB = 0x80 };
enum {
    MCR_DTR = 0x01,
    MCR_RTS = 0x02,
    MCR_OUT1 = 0x04,
    MCR_OUT2 = 0x08,
    MCR_LOOPBACK = 0x10,
    MCR_WRITABLE = 0x1f
};
enum { LSR_DATA_READY = 0x01, LSR_THR_EMPTY = 0x20, LSR_TRANSMITTER_EMPTY = 0x40 };
enum { MSR_CTS = 0x10, MSR_DSR = 0x20, MSR_RI = 0x40, MSR_DCD = 0x80 };

/* What the guest reads at an offset and what its write there does. */
struct uart_register {
    uint8_t (*read)(struct uart *uart);
    void (*write)(struct uart *uart, uint8_t value);
};

static bool has_room(const struct uart *uart)
{
    return !uart->has_received && (uart->mcr & MCR_LOOPBACK) == 0; /* in loopback the line is cut */
}

/* The next character: the one that comes again, or else the host's. */
static bool get_next(struct uart *uart, uint8_t *character)
{
    if (uart->has_returned) {
        uart->has_returned = false;
        *character = uart->returned;
        return true;
    }
    return uart->host.get(uart->host.ctx, character);
}

/* Takes the next character, unless one waits already. */
static void fill(struct uart *uart)
{
    if (has_room(uart) && get_next(uart, &uart->received)) {
        uart->has_received = true;
        uart->is_from_host = true;
        uart->is_in_line = uart->received != '\n';
    }
}

/* The guest drops what it has not read. Choice: what came from the host comes again, once the guest
 * waits for it: whoever sends it, a file perhaps, did not see that the guest was not ready yet. */
static void drop(struct uart *uart)
{
    if (uart->has_received && uart->is_from_host) {
        uart->returned = uart->received;
        uart->has_returned = true;
    }
    uart->has_received = false;
    uart->is_in_line = false;
}

/* The most urgent enabled interrupt, as IIR names it. Line status and modem status never change,
 * so their interrupts never come.
 * Choice: one waiting character interrupts, whatever trigger level FCR asks for; the timeout that
 * makes a real receiver speak below its level has always passed. */
static uint8_t interrupt_id(const struct uart *uart)
{
    if ((uart->ier & IER_RECEIVED) != 0 && uart->has_received) {
        return IIR_RECEIVED;
    }
    if ((uart->ier & IER_THR_EMPTY) != 0 && uart->thr_empty_pending) {
        return IIR_THR_EMPTY;
    }
    return IIR_NONE;
}

/* Brings input and wire up to date with the registers. What has begun to come goes on; a new line
 * comes when uart_poll says so. */
static void update(struct uart *uart)
{
    if ((uart->ier & IER_RECEIVED) != 0 && uart->is_in_line) {
        fill(uart);
    }
    irq_line_set(&uart->irq, interrupt_id(uart) != IIR_NONE);
}

/* Choice: the data register reads 0 when nothing was received. Without a look at the line status
 * first it goes on with a line, and does not begin one: drivers clear it that way. */
static uint8_t read_rbr(struct uart *uart)
{
    uint8_t character;

    if (uart->is_in_line) {
        fill(uart);
    }
    character = uart->has_received ? uart->received : 0;
    uart->has_received = false;
    return character;
}

/* The character leaves at once, so the holding register is empty again when the write ends.
 * Choice: in loopback a second character replaces one that was not read, without an overrun. */
static void write_thr(struct uart *uart, uint8_t value)
{
    if ((uart->mcr & MCR_LOOPBACK) != 0) {
        drop(uart);
        uart->received = value;
        uart->has_received = true;
        uart->is_from_host = false;
    } else {
        uart->host.put(uart->host.ctx, value);
    }
    uart->thr_empty_pending = true;
}

static uint8_t read_ier(struct uart *uart)
{
    return uart->ier;
}

/* Enabling the transmitter interrupt while the holding register is empty raises it, even if it was
 * acknowledged before: drivers start to send that way. */
static void write_ier(struct uart *uart, uint8_t value)
{
    if ((value & ~uart->ier & IER_THR_EMPTY) != 0) {
        uart->thr_empty_pending = true;
    }
    uart->ier = value & IER_WRITABLE;
}

/* Reading IIR acknowledges the transmitter interrupt, if that is the one it names. */
static uint8_t read_iir(struct uart *uart)
{
    uint8_t id = interrupt_id(uart);

    if (id == IIR_THR_EMPTY) {
        uart->thr_empty_pending = false;
    }
    return (uart->fcr & FCR_FIFO_ENABLE) != 0 ? id | IIR_FIFOS_ENABLED : id;
}

/* Turning the FIFOs on or off empties them; the reset bits count only in a write that leaves them
 * on. The transmit FIFO is always empty, so only the receiver has something to lose. */
static void write_fcr(struct uart *uart, uint8_t value)
{
    uint8_t enable = value & FCR_FIFO_ENABLE;
    bool is_reset = enable != 0 && (value & FCR_RECEIVER_RESET) != 0;

    if (is_reset || enable != uart->fcr) {
        drop(uart);
    }
    uart->fcr = enable;
}

static uint8_t read_lcr(struct uart *uart)
{
    return uart->lcr;
}

static void write_lcr(struct uart *uart, uint8_t value)
{
    uart->lcr = value;
}

static uint8_t read_mcr(struct uart *uart)
{
    return uart->mcr;
}

static void write_mcr(struct uart *uart, uint8_t value)
{
    uart->mcr = value & MCR_WRITABLE;
}

/* A look before sending is for the transmitter, and asking the host then could wait for input that
 * nobody wants; drivers that set up a port look a few times, too. Only who goes on looking, with
 * nothing in between, waits for a line to begin; the rest of it is expected.
 * Choice: so a character is seen some looks late. */
static uint8_t read_lsr(struct uart *uart)
{
    uint8_t transmitter = LSR_THR_EMPTY | LSR_TRANSMITTER_EMPTY;

    uart->looks++;
    if (uart->looks >= (uart->is_in_line ? UART_LOOKS_IN_LINE : UART_LOOKS)) {
        fill(uart);
        uart->looks = UART_LOOKS;
    }
    return uart->has_received ? transmitter | LSR_DATA_READY : transmitter;
}

/* Loopback joins the modem outputs to the inputs; drivers probe for a UART that way.
 * Choice: otherwise a carrier is always there, and the delta bits are always 0. */
static uint8_t read_msr(struct uart *uart)
{
    static const struct {
        uint8_t output;
        uint8_t input;
    } wires[] = {{MCR_RTS, MSR_CTS}, {MCR_DTR, MSR_DSR}, {MCR_OUT1, MSR_RI}, {MCR_OUT2, MSR_DCD}};
    uint8_t msr = 0;

    if ((uart->mcr & MCR_LOOPBACK) == 0) {
        return MSR_CTS | MSR_DSR | MSR_DCD;
    }
    for (size_t i = 0; i < sizeof wires / sizeof *wires; i++) {
        if ((uart->mcr & wires[i].output) != 0) {
            msr |= wires[i].input;
        }
    }
    return msr;
}

static uint8_t read_scr(struct uart *uart)
{
    return uart->scr;
}

static void write_scr(struct uart *uart, uint8_t value)
{
    uart->scr = value;
}

static uint8_t read_dll(struct uart *uart)
{
    return uart->dll;
}

static void write_dll(struct uart *uart, uint8_t value)
{
    uart->dll = value;
}

static uint8_t read_dlm(struct uart *uart)
{
    return uart->dlm;
}

static void write_dlm(struct uart *uart, uint8_t value)
{
    uart->dlm = value;
}

static void write_nothing(struct uart *uart, uint8_t value)
{
    (void)uart;
    (void)value;
}

static const struct uart_register registers[UART_REGISTERS] = {
    [0] = {read_rbr, write_thr},     [1] = {read_ier, write_ier}, [2] = {read_iir, write_fcr},
    [3] = {read_lcr, write_lcr},     [4] = {read_mcr, write_mcr}, [5] = {read_lsr, write_nothing},
    [6] = {read_msr, write_nothing}, [7] = {read_scr, write_scr},
};

/* What lies at the first offsets while LCR.DLAB is set: the baud rate, which nothing depends on. */
static const struct uart_register divisors[UART_DIVISORS] = {
    [0] = {read_dll, write_dll},
    [1] = {read_dlm, write_dlm},
};

/* NULL past the last register. */
static const struct uart_register *find_register(const struct uart *uart, uint64_t offset)
{
    if (offset >= UART_REGISTERS) {
        return NULL;
    }
    if (offset < UART_DIVISORS && (uart->lcr & LCR_DLAB) != 0) {
        return &divisors[offset];
    }
    return &registers[offset];
}

/* Choice: an access of any size reaches the one register at its address, as on QEMU's virt: wider
 * reads are zero-extended, wider writes lose all but the low byte. Past the registers reads give 0
 * and writes are ignored. */
static bool uart_read(struct device *device, uint64_t offset, unsigned size, uint64_t *value)
{
    struct uart *uart = (struct uart *)device;
    const struct uart_register *found = find_register(uart, offset);

    (void)size;
    *value = 0;
    if (found != NULL) {
        uart->looks = found->read == read_lsr ? uart->looks : 0;
        *value = found->read(uart);
        update(uart);
    }
    return true;
}

static bool uart_write(struct device *device, uint64_t offset, unsigned size, uint64_t value)
{
    struct uart *uart = (struct uart *)device;
    const struct uart_register *found = find_register(uart, offset);

    (void)size;
    if (found != NULL) {
        found->write(uart, (uint8_t)value);
        uart->looks = 0;
        update(uart);
    }
    return true;
}

static const struct device_ops uart_ops = {
    .name = "uart", .length = UART_LENGTH, .read = uart_read, .write = uart_write};

void uart_init(struct uart *uart, const struct uart_host *host, const struct irq_line *irq)
{
    *uart = (struct uart){.device = {&uart_ops}, .host = *host, .irq = *irq};
}

bool uart_wants_input(const struct uart *uart)
{
    return (uart->ier & IER_RECEIVED) != 0 && has_room(uart);
}

void uart_poll(struct uart *uart)
{
    if (uart_wants_input(uart)) {
        fill(uart);
    }
    update(uart);
}
