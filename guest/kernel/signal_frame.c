#include "guest/kernel/signal_frame.h"

#include <stddef.h>

#include "guest/include/sv39.h"
#include "guest/kernel/error.h"
#include "guest/kernel/inode.h"
#include "guest/kernel/layout.h"
#include "guest/kernel/process.h"
#include "guest/kernel/scheduler.h"
#include "guest/kernel/user_memory.h"

/* The beginning of the frame on the user's stack. */
struct frame_head {
    struct signal_information information;
    uint8_t information_rest[128 - sizeof(struct signal_information)];
    uint64_t flags, link; /* of the context; Linux has no use for them either */
    struct signal_stack stack;
    uint64_t mask;
    uint8_t mask_rest[128]; /* room for 1024 signals, and up to a multiple of 16 */
};

/* Behind it: pc and x1 to x31, as in struct trap_frame; f0 to f31 and fcsr, as in struct
 * float_state; and room for larger float registers. */
enum {
    CONTEXT_OFFSET = offsetof(struct frame_head, flags),
    REGISTERS_OFFSET = sizeof(struct frame_head),
    FLOATS_OFFSET = REGISTERS_OFFSET + sizeof(struct trap_frame),
    FLOATS_ROOM = 528,
    FRAME_SIZE = FLOATS_OFFSET + FLOATS_ROOM,
    STACK_ALIGN = 16,
};

_Static_assert(CONTEXT_OFFSET == 128 && REGISTERS_OFFSET == 304 && FRAME_SIZE == 1088,
               "the frame is not Linux's");

/* Flags of sigaltstack. */
#define STACK_IN_USE UINT32_C(1)
#define STACK_DISABLED UINT32_C(2)
#define STACK_AUTODISARM (UINT32_C(1) << 31) /* a handler begins without an alternate stack */

enum { STACK_LEAST = 2048 };

/* trampoline.S */
extern const uint8_t trampoline[], trampoline_end[];

bool signal_frame_add_trampoline(struct address_space *space)
{
    static struct inode inode = {.mode = MODE_REGULAR, .references = 1};
    const struct area area = {.start = USER_TRAMPOLINE,
                              .end = USER_TRAMPOLINE + PAGE_SIZE,
                              .inode = &inode,
                              .length = PAGE_SIZE,
                              .permissions = AREA_READ | AREA_EXECUTE,
                              .kind = AREA_TEXT};

    inode.bytes = trampoline;
    inode.length = (uint64_t)(trampoline_end - trampoline);
    inode.archive_length = inode.length;
    return address_space_add(space, &area);
}

static bool is_within(const struct signal_stack *stack, uint64_t va)
{
    return va - stack->start <= stack->length && va != stack->start;
}

static bool is_on_stack(const struct thread *thread)
{
    const struct signal_stack *stack = &thread->signals.stack;

    return (stack->flags & STACK_AUTODISARM) == 0 && stack->length != 0 &&
           is_within(stack, thread->frame->sp);
}

struct signal_stack signal_frame_stack(const struct thread *thread)
{
    struct signal_stack stack = thread->signals.stack;

    if (stack.length == 0) {
        stack.flags |= STACK_DISABLED;
    } else if (is_on_stack(thread)) {
        stack.flags |= STACK_IN_USE;
    }
    return stack;
}

int64_t signal_frame_set_stack(struct thread *thread, const struct signal_stack *stack)
{
    uint32_t way = stack->flags & ~STACK_AUTODISARM;

    if (is_on_stack(thread)) {
        return ERROR_NOT_PERMITTED;
    }
    if (way != 0 && way != STACK_IN_USE && way != STACK_DISABLED) {
        return ERROR_INVALID;
    }
    if (way == STACK_DISABLED) {
        thread->signals.stack = (struct signal_stack){.length = 0};
        return 0;
    }
    if (stack->length < STACK_LEAST) {
        return ERROR_NO_MEMORY;
    }
    thread->signals.stack = *stack;
    thread->signals.stack.flags &= STACK_AUTODISARM;
    return 0;
}

/* Where the frame goes, or 0: it leaves the alternate stack. */
static uint64_t place(const struct thread *thread, const struct signal_action *action)
{
    const struct signal_stack *stack = &thread->signals.stack;
    bool is_there = is_on_stack(thread);
    bool goes_there = (action->flags & ACTION_ON_STACK) != 0 && stack->length != 0 && !is_there;
    uint64_t top = goes_there ? stack->start + stack->length : thread->frame->sp;
    uint64_t sp = (top - FRAME_SIZE) & ~(uint64_t)(STACK_ALIGN - 1);

    return (is_there || goes_there) && !is_within(stack, sp) ? 0 : sp;
}

static int64_t write_frame(struct thread *thread, const struct signal_information *information,
                           uint64_t sp)
{
    struct address_space *space = thread->process->space;
    const struct frame_head head = {.information = *information,
                                    .stack = signal_frame_stack(thread),
                                    .mask = thread->signals.mask};
    int64_t error = user_write(space, sp, &head, sizeof head);

    scheduler_keep_floats();
    if (error == 0) {
        error = user_write(space, sp + REGISTERS_OFFSET, thread->frame, sizeof *thread->frame);
    }
    if (error == 0) {
        error = user_write(space, sp + FLOATS_OFFSET, &thread->floats, sizeof thread->floats);
    }
    if (error == 0) {
        error = user_clear(space, sp + FLOATS_OFFSET + sizeof thread->floats,
                           FLOATS_ROOM - sizeof thread->floats);
    }
    return error;
}

bool signal_frame_push(struct thread *thread, const struct signal_information *information,
                       const struct signal_action *action)
{
    struct trap_frame *frame = thread->frame;
    uint64_t sp = place(thread, action);

    if (sp == 0 || write_frame(thread, information, sp) != 0) {
        return false;
    }
    if ((thread->signals.stack.flags & STACK_AUTODISARM) != 0) {
        thread->signals.stack = (struct signal_stack){.length = 0};
    }
    frame->pc = action->handler_va;
    frame->ra = USER_TRAMPOLINE;
    frame->sp = sp;
    frame->a0 = (uint64_t)information->signal;
    frame->a1 = sp + offsetof(struct frame_head, information);
    frame->a2 = sp + CONTEXT_OFFSET;
    return true;
}

/* All is read before anything is changed. An alternate stack that is none stays what it was. */
bool signal_frame_pop(struct thread *thread)
{
    struct address_space *space = thread->process->space;
    uint64_t sp = thread->frame->sp;
    struct signal_stack stack;
    struct trap_frame registers;
    struct float_state floats;
    uint64_t mask;

    if (user_read(space, &stack, sp + offsetof(struct frame_head, stack), sizeof stack) != 0 ||
        user_read(space, &mask, sp + offsetof(struct frame_head, mask), sizeof mask) != 0 ||
        user_read(space, &registers, sp + REGISTERS_OFFSET, sizeof registers) != 0 ||
        user_read(space, &floats, sp + FLOATS_OFFSET, sizeof floats) != 0) {
        return false;
    }
    *thread->frame = registers;
    thread->floats = floats;
    float_restore(&thread->floats);
    (void)signal_frame_set_stack(thread, &stack);
    signal_set_mask(thread, mask);
    return true;
}
