/* input.c - reads standard input to its end: as lines, or as bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void count_lines(void)
{
    char *line = NULL;
    size_t size = 0;
    int number = 0;

    for (ssize_t length; (length = getline(&line, &size, stdin)) >= 0;) {
        printf("%d: %zd bytes\n", ++number, length);
    }
    printf("end of file: %d, error: %d\n", feof(stdin) != 0, ferror(stdin) != 0);
    free(line);
}

/* Reads in small pieces, and writes all at once. */
static void copy_bytes(void)
{
    enum { MOST = 32768, PIECE = 777 };

    static char bytes[MOST];
    size_t length = 0;
    ssize_t count;

    while (length + PIECE <= MOST && (count = read(STDIN_FILENO, bytes + length, PIECE)) > 0) {
        length += (size_t)count;
    }
    if (write(STDOUT_FILENO, bytes, length) != (ssize_t)length) {
        exit(2);
    }
    exit(read(STDIN_FILENO, bytes, 1) == 0 ? 0 : 3);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "copy") == 0) {
        copy_bytes();
    }
    count_lines();
    return 0;
}
