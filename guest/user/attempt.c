#include "guest/user/attempt.h"

#include "guest/include/linux.h"
#include "guest/user/print.h"

int attempt(const struct attempt *attempt)
{
    int status = 0;
    int64_t child;

    print("%s\n", attempt->what);
    child = linux_fork();
    if (child == 0) {
        attempt->make();
        linux_exit(0);
    }
    linux_wait(child, &status);
    if (linux_signal(status) == 0) {
        print("  done, nothing is against it\n");
        return 0;
    }
    print("  killed by signal %lu\n", (uint64_t)linux_signal(status));
    return 1;
}
