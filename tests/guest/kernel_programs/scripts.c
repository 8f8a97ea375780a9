/* scripts.c - files that name their interpreter, which is this program. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *itself;
static char folder[] = "/tmp/scripts-XXXXXX";

static void path_of(char *path, size_t size, const char *name)
{
    snprintf(path, size, "%s/%s", folder, name);
}

static void write_file(const char *name, mode_t mode, const char *before, const char *interpreter,
                       const char *rest)
{
    char path[300];
    FILE *file;

    path_of(path, sizeof path, name);
    file = fopen(path, "w");
    if (file == NULL) {
        printf("%s: %s\n", name, strerror(errno));
        exit(1);
    }
    fprintf(file, "%s%s%s", before, interpreter, rest);
    fclose(file);
    chmod(path, mode);
}

/* Tells how it ended, and with which error if it did not begin. */
static void execute(const char *what, const char *path)
{
    char *arguments[] = {"first", "second argument", "third", NULL};
    char *environment[] = {"ONLY=this", NULL};
    int status = -1;

    printf("%s:\n", what);
    fflush(stdout);
    pid_t pid = fork();

    if (pid == 0) {
        execve(path, arguments, environment);
        _exit(errno);
    }
    waitpid(pid, &status, 0);
    printf("  %d %s\n", WEXITSTATUS(status),
           WEXITSTATUS(status) < 100 ? strerror(WEXITSTATUS(status)) : "ran");
}

static void execute_in_folder(const char *what, const char *name)
{
    char path[300];

    path_of(path, sizeof path, name);
    execute(what, path);
}

/* As the interpreter: what it was called with, but for what is called otherwise each time. */
static int interpret(int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        if (i == 0) {
            printf("  argv[0] is its path: %d\n", argv[0][0] == '/');
        } else if (strncmp(argv[i], "/tmp/scripts-", 13) == 0) {
            printf("  <%s>\n", strrchr(argv[i], '/'));
        } else {
            printf("  [%s]\n", argv[i]);
        }
    }
    printf("  path: %s\n", strrchr((const char *)getauxval(AT_EXECFN), '/'));
    return 100;
}

/* Each one is interpreted by the one before. */
static void chain(int length)
{
    char path[300], name[20];

    for (int i = 1; i <= length; i++) {
        path_of(path, sizeof path, i == 1 ? "plain" : name);
        snprintf(name, sizeof name, "chain-%d", i);
        write_file(name, 0755, "#!", path, "\n");
    }
}

static void remove_all(void)
{
    static const char *const names[] = {"plain",   "blanks",  "closed",  "text",    "empty",
                                        "lost",    "no-run",  "no-line", "chain-1", "chain-2",
                                        "chain-3", "chain-4", "chain-5", "chain-6", "chain-7"};
    char path[300];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        path_of(path, sizeof path, names[i]);
        if (unlink(path) != 0) {
            printf("%s: %s\n", names[i], strerror(errno));
        }
    }
    printf("removed: %d\n", rmdir(folder));
}

int main(int argc, char **argv)
{
    char path[300];

    if (argc > 1) {
        return interpret(argc, argv);
    }
    itself = (const char *)getauxval(AT_EXECFN);
    if (mkdtemp(folder) == NULL) {
        printf("no folder: %s\n", strerror(errno));
        return 1;
    }
    write_file("plain", 0755, "#!", itself, "\nfor the interpreter\n");
    write_file("blanks", 0755, "#! \t", itself, " \t an argument \t\n");
    write_file("closed", 0644, "#!", itself, "\n");
    write_file("text", 0755, "echo no interpreter\n", "", "");
    write_file("empty", 0755, "#! \n", "", "");
    write_file("lost", 0755, "#!", "/no/such/interpreter", "\n");
    path_of(path, sizeof path, "closed");
    write_file("no-run", 0755, "#!", path, "\n");
    write_file("no-line", 0755, "#!", itself, "");
    chain(7);

    execute_in_folder("plain", "plain");
    execute_in_folder("blanks", "blanks");
    execute_in_folder("one in another", "chain-2");
    execute_in_folder("too many", "chain-7");
    execute_in_folder("closed", "closed");
    execute_in_folder("text", "text");
    execute_in_folder("no name", "empty");
    execute_in_folder("no interpreter", "lost");
    execute_in_folder("interpreter closed", "no-run");
    execute_in_folder("no end of line", "no-line");
    execute("a directory", folder);
    execute("nothing", "/no/such/script");
    (void)!chdir(folder);
    execute("relative", "./plain");
    remove_all();
    return 0;
}
