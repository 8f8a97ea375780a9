#include "guest/include/linux.h"
#include "guest/user/print.h"

void print_output(const char *text, size_t length)
{
    linux_write(1, text, length);
}
