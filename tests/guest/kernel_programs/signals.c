/*
 * signals.c - handlers, masks, stacks, what is told, and what comes back.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t calls, depth, deepest;

static void count(int signal)
{
    (void)signal;
    calls++;
}

static void handle(int signal, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};

    sigemptyset(&action.sa_mask);
    if (sigaction(signal, &action, NULL) != 0) {
        perror("sigaction");
    }
}

static void handle_told(int signal, void (*handler)(int, siginfo_t *, void *), int flags)
{
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = flags | SA_SIGINFO};

    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, NULL);
}

static void change_mask(int how, int signal)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, signal);
    sigprocmask(how, &set, NULL);
}

static void ask(void)
{
    struct sigaction action = {.sa_handler = SIG_IGN};

    printf("kill's action: %d", sigaction(SIGKILL, &action, NULL));
    printf(" %d\n", errno == EINVAL);
    printf("signal 65: %d", sigaction(65, &action, NULL));
    printf(" %d\n", errno == EINVAL);
    printf("kill nobody: %d", kill(54321, 0));
    printf(" %d\n", errno == ESRCH);
    printf("kill with 77: %d", kill(getpid(), 77));
    printf(" %d\n", errno == EINVAL);
    printf("kill with 0: %d\n", kill(getpid(), 0));
}

static void block(void)
{
    sigset_t pending;

    handle(SIGUSR1, count, 0);
    raise(SIGUSR1);
    printf("called: %d\n", (int)calls);
    change_mask(SIG_BLOCK, SIGUSR1);
    raise(SIGUSR1);
    raise(SIGUSR1);
    sigpending(&pending);
    printf("blocked: %d, pending: %d %d\n", (int)calls, sigismember(&pending, SIGUSR1),
           sigismember(&pending, SIGUSR2));
    change_mask(SIG_UNBLOCK, SIGUSR1);
    printf("after: %d\n", (int)calls);
    change_mask(SIG_BLOCK, SIGUSR1);
    raise(SIGUSR1);
    handle(SIGUSR1, SIG_IGN, 0);
    handle(SIGUSR1, count, 0);
    change_mask(SIG_UNBLOCK, SIGUSR1);
    printf("ignored in between: %d\n", (int)calls);
}

static void nest(int signal)
{
    depth++;
    if (depth > deepest) {
        deepest = depth;
    }
    if (calls++ < 3) {
        raise(signal);
    }
    depth--;
}

static void run_nested(int flags)
{
    calls = deepest = 0;
    handle(SIGUSR1, nest, flags);
    raise(SIGUSR1);
    printf("calls: %d, deepest: %d\n", (int)calls, (int)deepest);
}

static void reset(void)
{
    struct sigaction action;

    handle(SIGUSR2, count, (int)SA_RESETHAND);
    raise(SIGUSR2);
    sigaction(SIGUSR2, NULL, &action);
    printf("reset: %d\n", action.sa_handler == SIG_DFL);
}

static void tell(int signal, siginfo_t *information, void *context)
{
    const ucontext_t *ucontext = context;

    printf("signal %d of %d: code %d, own %d, value %d, blocked %d\n", signal - SIGRTMIN,
           information->si_signo - SIGRTMIN, information->si_code, information->si_pid == getpid(),
           information->si_value.sival_int, sigismember(&ucontext->uc_sigmask, SIGHUP));
}

static void queue(void)
{
    for (int i = 0; i < 3; i++) {
        handle_told(SIGRTMIN + i, tell, 0);
        change_mask(SIG_BLOCK, SIGRTMIN + i);
    }
    for (int i = 0; i < 6; i++) {
        sigqueue(getpid(), SIGRTMIN + 2 - i % 3, (union sigval){.sival_int = i});
    }
    change_mask(SIG_BLOCK, SIGHUP);
    for (int i = 2; i >= 0; i--) {
        change_mask(SIG_UNBLOCK, SIGRTMIN + i);
    }
    change_mask(SIG_UNBLOCK, SIGHUP);
}

enum { STACK_SIZE = 65536, PAGE = 4096 };

static char *other_stack;
static sigjmp_buf back;

static void look_at_stack(int signal)
{
    char here;
    stack_t stack;

    (void)signal;
    sigaltstack(NULL, &stack);
    printf("on it: %d, flags %d", &here >= other_stack && &here < other_stack + STACK_SIZE,
           stack.ss_flags);
    printf(", another: %d", sigaltstack(&(stack_t){.ss_flags = SS_DISABLE}, NULL));
    printf(" %d\n", errno == EPERM);
}

static void leave(int signal, siginfo_t *information, void *context)
{
    (void)context;
    siglongjmp(back, information->si_addr == NULL ? 1 : signal);
}

static volatile int has_end;

static int overflow(int turn)
{
    volatile char room[PAGE];

    room[0] = (char)turn;
    return has_end ? 0 : overflow(turn + 1) + room[0];
}

static void use_stack(void)
{
    stack_t stack = {.ss_size = STACK_SIZE};
    stack_t old;

    other_stack =
        mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    stack.ss_sp = other_stack;
    sigaltstack(NULL, &old);
    printf("none: %d\n", old.ss_flags == SS_DISABLE);
    printf("small: %d", sigaltstack(&(stack_t){.ss_sp = other_stack, .ss_size = 100}, NULL));
    printf(" %d\n", errno == ENOMEM);
    sigaltstack(&stack, NULL);
    handle(SIGUSR1, look_at_stack, 0);
    raise(SIGUSR1);
    handle(SIGUSR1, look_at_stack, SA_ONSTACK);
    raise(SIGUSR1);
    handle_told(SIGSEGV, leave, SA_ONSTACK);
    if (sigsetjmp(back, 1) == 0) {
        printf("%d\n", overflow(1));
    }
    printf("came back from an overflow\n");
}

static void *volatile touched;

static void look_at_fault(int signal, siginfo_t *information, void *context)
{
    (void)context;
    printf("signal %d, code %d, address %d\n", signal, information->si_code,
           information->si_addr == touched);
    mprotect((void *)((uintptr_t)information->si_addr & ~(uintptr_t)(PAGE - 1)), PAGE,
             PROT_READ | PROT_WRITE);
}

static void fault(void)
{
    volatile char *page = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    handle_told(SIGSEGV, look_at_fault, 0);
    touched = (void *)(page + 77);
    page[77] = 5;
    printf("the write was done again: %d\n", page[77]);
    munmap((void *)page, PAGE);
    handle_told(SIGSEGV, leave, 0);
    if (sigsetjmp(back, 1) == 0) {
        printf("%d\n", page[77]);
    }
    printf("came back from nowhere\n");
    handle(SIGSEGV, SIG_DFL, 0);
}

/* How a child ends that does the work. */
static void in_child(const char *name, void (*work)(void))
{
    pid_t child;
    int status;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        work();
        _exit(9);
    }
    waitpid(child, &status, 0);
    printf("%s: exit %d, signal %d\n", name, WIFEXITED(status) ? WEXITSTATUS(status) : -1,
           WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

static void write_null(void)
{
    *(volatile char *)touched = 1;
}

static void fault_blocked(void)
{
    change_mask(SIG_BLOCK, SIGSEGV);
    handle(SIGSEGV, count, 0);
    write_null();
}

static void fault_ignored(void)
{
    handle(SIGSEGV, SIG_IGN, 0);
    write_null();
}

/* The handler finds no room for its frame. */
static void overflow_without_stack(void)
{
    sigaltstack(&(stack_t){.ss_flags = SS_DISABLE}, NULL);
    handle(SIGSEGV, count, SA_ONSTACK);
    overflow(1);
}

static void terminate(void)
{
    handle(SIGTERM, count, 0);
    handle(SIGTERM, SIG_DFL, 0);
    raise(SIGTERM);
}

static void wait_for(void)
{
    sigset_t set, none;
    siginfo_t information;
    struct timespec time = {.tv_nsec = 1000000};

    sigemptyset(&set);
    sigemptyset(&none);
    sigaddset(&set, SIGUSR1);
    handle(SIGUSR1, count, 0);
    change_mask(SIG_BLOCK, SIGUSR1);
    printf("nothing comes: %d", sigtimedwait(&set, &information, &time));
    printf(" %d\n", errno == EAGAIN);
    kill(getpid(), SIGUSR1);
    printf("waited for: %d", sigtimedwait(&set, &information, &time));
    printf(" from %d by %d\n", information.si_pid == getpid(), information.si_code);
    calls = 0;
    raise(SIGUSR1);
    printf("suspended: %d", sigsuspend(&none));
    printf(" %d, calls %d\n", errno == EINTR, (int)calls);
    sigprocmask(SIG_BLOCK, NULL, &set);
    printf("blocked again: %d\n", sigismember(&set, SIGUSR1));
    change_mask(SIG_UNBLOCK, SIGUSR1);
}

/* A child wakes a read of a pipe by a signal, and then writes to it. */
static void read_interrupted(int flags)
{
    int ends[2];
    char byte = '-';
    pid_t parent = getpid(), child;
    long result;

    calls = 0;
    handle(SIGUSR1, count, flags);
    if (pipe(ends) != 0) {
        perror("pipe");
    }
    fflush(stdout);
    child = fork();
    if (child == 0) {
        usleep(20000);
        kill(parent, SIGUSR1);
        usleep(20000);
        _exit(write(ends[1], "x", 1) == 1 ? 0 : 1);
    }
    result = read(ends[0], &byte, 1);
    printf("read: %ld, %c, %d, calls %d\n", result, byte, result < 0 && errno == EINTR, (int)calls);
    waitpid(child, NULL, 0);
    close(ends[0]);
    close(ends[1]);
}

static void sleep_interrupted(void)
{
    struct timespec time = {.tv_sec = 5}, rest = {.tv_sec = 9};
    struct itimerval alarm = {.it_value = {.tv_usec = 20000}};

    handle(SIGALRM, count, SA_RESTART);
    setitimer(ITIMER_REAL, &alarm, NULL);
    printf("sleep: %d", nanosleep(&time, &rest));
    printf(" %d, rest %d\n", errno == EINTR, rest.tv_sec == 4);
}

enum { REGISTERS = 8, ALARMS = 100 };

/* Uses what registers it finds. */
static void disturb(int signal)
{
    volatile double values[REGISTERS];
    double sum = signal;

    for (int i = 0; i < REGISTERS; i++) {
        values[i] = (double)(calls + i);
    }
    for (int i = 0; i < REGISTERS; i++) {
        sum = sum * values[i] + values[REGISTERS - 1 - i];
    }
    calls += sum > 0;
}

/* Eight floats and eight integers, all of them in registers and all needed in each turn. */
static void turn(double floats[REGISTERS], uint64_t integers[REGISTERS], int turns)
{
    double f0 = floats[0], f1 = floats[1], f2 = floats[2], f3 = floats[3];
    double f4 = floats[4], f5 = floats[5], f6 = floats[6], f7 = floats[7];
    uint64_t i0 = integers[0], i1 = integers[1], i2 = integers[2], i3 = integers[3];
    uint64_t i4 = integers[4], i5 = integers[5], i6 = integers[6], i7 = integers[7];

    while (turns-- > 0) {
        double f = f0;
        uint64_t i = i0;

        f0 = f1 * 0.5 + f7, f1 = f2 * 0.25 + f6, f2 = f3 - f5, f3 = f4 * 0.5 + 1;
        f4 = f5 * 0.5 - f, f5 = f6 * 0.25 + f0, f6 = f7 * 0.5 - f1, f7 = f * 0.125 + 2;
        i0 = i1 * 3 + i7, i1 = i2 ^ i6, i2 = i3 + i5, i3 = i4 * 5 + 1;
        i4 = i5 ^ i, i5 = i6 * 7 + i0, i6 = i7 ^ i1, i7 = i * 9 + 2;
    }
    memcpy(floats, (double[]){f0, f1, f2, f3, f4, f5, f6, f7}, sizeof(double[REGISTERS]));
    memcpy(integers, (uint64_t[]){i0, i1, i2, i3, i4, i5, i6, i7}, sizeof(uint64_t[REGISTERS]));
}

static int is_undisturbed(void)
{
    double floats[2][REGISTERS];
    uint64_t integers[2][REGISTERS];
    struct itimerval often = {.it_value = {.tv_usec = 50}, .it_interval = {.tv_usec = 53}};
    struct itimerval never = {.it_value = {0}};
    int equal = 1;

    handle(SIGALRM, disturb, 0);
    for (int run = 0; calls < ALARMS; run++) {
        for (int side = 0; side < 2; side++) {
            for (int i = 0; i < REGISTERS; i++) {
                floats[side][i] = run + i;
                integers[side][i] = (uint64_t)(run + i);
            }
            setitimer(ITIMER_REAL, side == 0 ? &often : &never, NULL);
            turn(floats[side], integers[side], 2000);
        }
        equal &= memcmp(floats[0], floats[1], sizeof floats[0]) == 0 &&
                 memcmp(integers[0], integers[1], sizeof integers[0]) == 0;
    }
    return equal;
}

static void look_at_child(int signal, siginfo_t *information, void *context)
{
    (void)signal;
    (void)context;
    printf("child: code %d, status %d\n", information->si_code, information->si_status);
}

static void have_children(void)
{
    pid_t child;

    handle_told(SIGCHLD, look_at_child, SA_RESTART);
    in_child("exit", terminate);
    fflush(stdout);
    child = fork();
    if (child == 0) {
        _exit(44);
    }
    printf("waited: %d\n", waitpid(child, NULL, 0) == child);
    handle(SIGCHLD, SIG_IGN, 0);
    fflush(stdout);
    if (fork() == 0) {
        _exit(3);
    }
    printf("ignored: %d", wait(NULL));
    printf(" %d\n", errno == ECHILD);
    handle(SIGCHLD, SIG_DFL, 0);
}

/* After exec: what is ignored stays so, handlers are gone, what is blocked stays. */
static int be_new(void)
{
    struct sigaction first, second;
    sigset_t set;

    sigaction(SIGUSR1, NULL, &first);
    sigaction(SIGUSR2, NULL, &second);
    sigprocmask(SIG_BLOCK, NULL, &set);
    printf("default %d, ignored %d, blocked %d %d\n", first.sa_handler == SIG_DFL,
           second.sa_handler == SIG_IGN, sigismember(&set, SIGHUP), sigismember(&set, SIGINT));
    return 0;
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1) {
        return be_new();
    }
    ask();
    block();
    run_nested(0);
    run_nested(SA_NODEFER);
    reset();
    queue();
    use_stack();
    fault();
    touched = NULL;
    in_child("blocked", fault_blocked);
    in_child("ignored", fault_ignored);
    in_child("no room", overflow_without_stack);
    in_child("terminated", terminate);
    wait_for();
    read_interrupted(0);
    read_interrupted(SA_RESTART);
    sleep_interrupted();
    calls = 0;
    printf("registers are kept: %d\n", is_undisturbed());
    have_children();
    handle(SIGUSR1, count, 0);
    handle(SIGUSR2, SIG_IGN, 0);
    change_mask(SIG_BLOCK, SIGHUP);
    fflush(stdout);
    execl((const char *)getauxval(AT_EXECFN), "signals", "again", NULL);
    return 1;
}
