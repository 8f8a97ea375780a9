/* hello.c - prints in all the ways that a first program does, and tells how it was started. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    puts("hello, world");
    printf("%d arguments:", argc - 1);
    for (int i = 1; i < argc; i++) {
        printf(" <%s>", argv[i]);
    }
    printf("\n%s %5.2f %-6s| %#x %zu %c\n", "text", sqrt(2.0), "left", 0xbeef, sizeof(long), '!');
    printf("argv ends: %d\n", argv[argc] == NULL);
    fprintf(stderr, "standard error is another stream\n");

    static const char direct[] = "not buffered\n";

    fflush(stdout);
    return write(STDOUT_FILENO, direct, strlen(direct)) == (ssize_t)strlen(direct) ? argc - 1 : 99;
}
