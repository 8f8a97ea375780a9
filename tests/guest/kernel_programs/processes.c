/* processes.c - /proc/N of other processes: there while the process is, and saying what it does. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char path[64];

static const char *file_of(pid_t pid, const char *name)
{
    snprintf(path, sizeof path, "/proc/%d%s%s", (int)pid, *name ? "/" : "", name);
    return path;
}

static const char *error(int result)
{
    return result < 0 ? strerror(errno) : "done";
}

/* Its state by stat, once that is `wanted`; and whose child it is. */
static void tell_state(pid_t pid, char wanted)
{
    char name[32] = "", state = '?', text[400] = "";
    int number = 0, parent = 0, group = 0;

    while (state != wanted) {
        int fd = open(file_of(pid, "stat"), O_RDONLY);
        ssize_t length = read(fd, text, sizeof text - 1);

        close(fd);
        text[length > 0 ? length : 0] = '\0';
        if (sscanf(text, "%d (%31[^)]) %c %d %d", &number, name, &state, &parent, &group) != 5) {
            printf("no such text: %s\n", text);
            return;
        }
        usleep(1000);
    }
    printf("%s %c, its own number: %d, our child: %d, our group: %d\n", name, state, number == pid,
           parent == getpid(), group == getpgrp());
}

static void tell_status(pid_t pid)
{
    FILE *file = fopen(file_of(pid, "status"), "r");
    char line[200], name[32] = "", state[32] = "";
    int number = 0, parent = 0, threads = 0;

    while (fgets(line, sizeof line, file) != NULL) {
        sscanf(line, "Name: %31s", name);
        sscanf(line, "State: %31[^\n]", state);
        sscanf(line, "Pid: %d", &number);
        sscanf(line, "PPid: %d", &parent);
        sscanf(line, "Threads: %d", &threads);
    }
    fclose(file);
    printf("%s, %s, its own number: %d, our child: %d, threads: %d\n", name, state, number == pid,
           parent == getpid(), threads);
}

static int is_listed(pid_t pid)
{
    DIR *directory = opendir("/proc");
    int found = 0;

    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        found += atoi(entry->d_name) == pid && entry->d_type == DT_DIR;
    }
    closedir(directory);
    return found;
}

/* Are the arguments those that we got ourselves? */
static int has_arguments(pid_t pid, const char *first)
{
    char text[1000];
    int fd = open(file_of(pid, "cmdline"), O_RDONLY);
    ssize_t length = read(fd, text, sizeof text);

    close(fd);
    return length == (ssize_t)strlen(first) + 1 && strcmp(text, first) == 0;
}

static pid_t start(int ends)
{
    pid_t pid = fork();

    if (pid == 0) {
        prctl(PR_SET_NAME, "a child (of 1");
        if (!ends) {
            pause();
        }
        _exit(3);
    }
    return pid;
}

static void tell_mode(const char *name)
{
    struct stat status;
    int result = stat(name, &status);

    printf("%s, %o\n", error(result), status.st_mode);
}

static void look_while_it_lives(const char *argument)
{
    pid_t child = start(0);
    char text[10];

    tell_state(child, 'S');
    tell_status(child);
    printf("listed: %d, arguments: %d\n", is_listed(child), has_arguments(child, argument));
    tell_mode(file_of(child, ""));
    tell_mode(file_of(child, "stat"));
    printf("new: %d\n", open(file_of(child, "new"), O_CREAT | O_WRONLY, 0600) >= 0);
    printf("another name: %s\n", error(open(file_of(child, "no such"), O_RDONLY)));
    printf("remove: %d\n", unlink(file_of(child, "stat")) == 0 || rmdir(file_of(child, "")) == 0 ||
                               rename(file_of(child, ""), "moved") == 0);
    printf("permissions: %s\n", error(chmod(file_of(child, "stat"), 0666)));

    int fd = open(file_of(child, "stat"), O_RDONLY);

    printf("zeroes before a number: %s\n", error(open("/proc/01/stat", O_RDONLY)));
    kill(child, SIGSTOP);
    tell_state(child, 'T');
    kill(child, SIGKILL);
    tell_state(child, 'Z');
    printf("ended, listed: %d, arguments: %d\n", is_listed(child), has_arguments(child, argument));
    waitpid(child, NULL, 0);
    printf("gone, listed: %d, ", is_listed(child));
    printf("%s, ", error(open(file_of(child, "stat"), O_RDONLY)));

    pid_t other = start(0); /* where the kernel had the one that is gone */

    printf("open before: %s\n", error((int)read(fd, text, sizeof text)));
    kill(other, SIGKILL);
    waitpid(other, NULL, 0);
}

/* The directory of a process as the working directory, and after it. */
static void stand_in_it(void)
{
    pid_t child = start(0);
    char text[10];

    printf("into it: %s\n", error(chdir(file_of(child, ""))));
    printf("a text there: %s\n", error(open("status", O_RDONLY)));
    printf("up: %s, ", error(access("../self/stat", F_OK)));
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    int fd = open("stat", O_RDONLY);
    printf("nothing is read: %d\n", fd < 0 || read(fd, text, sizeof text) <= 0);
    printf("away: %s\n", error(chdir("/")));
}

int main(int argc, char **argv)
{
    (void)argc;
    look_while_it_lives(argv[0]);
    stand_in_it();
    tell_state(start(1), 'Z');
    for (int i = 0; i < 200; i++) {
        pid_t child = start(1);

        waitpid(child, NULL, 0);
        if (access(file_of(child, "stat"), F_OK) == 0) {
            printf("%d is still there\n", i);
        }
    }
    return 0;
}
