/*
 * copy.c - after a fork both processes have the same pages, until one of them writes.
 */
#include "guest/include/linux.h"
#include "guest/user/print.h"
#include "guest/user/start.h"

static volatile uint64_t number = 1; /* the first word of the data: at 0x30000 */

/* Places for pagewalk to look at the page. */
__attribute__((noipa)) static void page_is_shared(void)
{
    __asm__ volatile("");
}

__attribute__((noipa)) static void page_is_copied(void)
{
    __asm__ volatile("");
}

int main(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    int status = 0;

    number = 111;
    if (linux_fork() == 0) {
        print("child: I read %lu\n", number);
        page_is_shared();
        number = 222;
        page_is_copied();
        print("child: I have stored %lu\n", number);
        return 0;
    }
    linux_wait(-1, &status);
    print("parent: I read %lu\n", number);
    return linux_exit_code(status);
}
