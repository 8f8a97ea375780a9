/*
 * words.c - memory and strings: a word count with malloc, realloc, free, qsort and <string.h>.
 *
 * Its status is the number of different words.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char text[] =
    "The page is a page of the table, and the table is a table of pages. Who walks the table walks "
    "from the root; who walks from the root comes to a leaf, or to nothing. A leaf tells where the "
    "page is. Nothing tells nothing: that is a fault, and a fault is a trap, and a trap is a way "
    "back to who made the table. What was walked once need not be walked again, as long as who "
    "made the table tells when it was made anew.";

struct word {
    char *letters;
    unsigned count;
};

struct list {
    struct word *words;
    size_t length;
    size_t room;
};

static void *must(void *memory)
{
    if (memory == NULL) {
        printf("out of memory\n");
        exit(EXIT_FAILURE);
    }
    return memory;
}

static struct word *find(const struct list *list, const char *letters)
{
    for (size_t i = 0; i < list->length; i++) {
        if (strcmp(list->words[i].letters, letters) == 0) {
            return &list->words[i];
        }
    }
    return NULL;
}

static void count(struct list *list, const char *letters)
{
    struct word *word = find(list, letters);

    if (word != NULL) {
        word->count++;
        return;
    }
    if (list->length == list->room) {
        list->room = list->room == 0 ? 1 : list->room * 2;
        list->words = must(realloc(list->words, list->room * sizeof *list->words));
    }
    char *copy = must(malloc(strlen(letters) + 1));

    list->words[list->length++] = (struct word){.letters = strcpy(copy, letters), .count = 1};
}

static int often_first(const void *left, const void *right)
{
    const struct word *one = left;
    const struct word *other = right;

    if (one->count != other->count) {
        return one->count < other->count ? 1 : -1;
    }
    return strcmp(one->letters, other->letters);
}

static int increasing(const void *left, const void *right)
{
    long one = *(const long *)left;
    long other = *(const long *)right;

    return (one > other) - (one < other);
}

static void count_words(struct list *list)
{
    char *copy = must(malloc(sizeof text));

    memcpy(copy, text, sizeof text);
    for (char *letter = copy; *letter != '\0'; letter++) {
        *letter = (char)tolower((unsigned char)*letter);
    }
    for (char *word = strtok(copy, " .,;:"); word != NULL; word = strtok(NULL, " .,;:")) {
        count(list, word);
    }
    free(copy);
}

/* Blocks of many sizes, half of them given back in between, each holding what was put into it. */
static void exercise_heap(void)
{
    enum { BLOCKS = 60 };
    static unsigned char *blocks[BLOCKS];
    unsigned long sum = 0;

    for (unsigned round = 0; round < 20; round++) {
        for (unsigned i = round % 2; i < BLOCKS; i += 2) {
            size_t size = (size_t)(i * 37 + round * 101) % 500 + 1;

            free(blocks[i]);
            blocks[i] = must(calloc(size, 1));
            memset(blocks[i] + size / 2, (int)(i ^ round), size - size / 2);
            blocks[i] = must(realloc(blocks[i], size + 64));
            sum += blocks[i][size - 1] + blocks[i][size / 2] * 3UL;
        }
    }
    for (unsigned i = 0; i < BLOCKS; i++) {
        free(blocks[i]);
    }
    printf("heap: %lu\n", sum);
}

static void sort_numbers(void)
{
    enum { COUNT = 1000 };
    long *numbers = must(malloc(COUNT * sizeof *numbers));
    unsigned long seed = 1;
    long sum = 0;

    for (size_t i = 0; i < COUNT; i++) {
        seed = seed * 6364136223846793005UL + 1442695040888963407UL;
        numbers[i] = (long)(seed >> 33) - (1L << 30);
    }
    qsort(numbers, COUNT, sizeof *numbers, increasing);
    for (size_t i = 1; i < COUNT; i++) {
        sum += numbers[i - 1] <= numbers[i] ? numbers[i] % (long)i : 1000000;
    }
    long *found = bsearch(&numbers[777], numbers, COUNT, sizeof *numbers, increasing);

    printf("sorted: %ld to %ld, %ld, found %d\n", numbers[0], numbers[COUNT - 1], sum,
           found != NULL && *found == numbers[777]);
    free(numbers);
}

static void read_numbers(void)
{
    static const char line[] = "  42 -0x1f 0777 1e3 .5 -2.5e-3 3.14159265358979 0x1.8p1 rest";
    char *end;
    long ten = strtol(line, &end, 10);
    long sixteen = strtol(end, &end, 0);
    long eight = strtol(end, &end, 0);

    printf("%ld %ld %ld", ten, sixteen, eight);
    for (int i = 0; i < 5; i++) {
        printf(" %.15g", strtod(end, &end));
    }
    printf(" '%s' %zu %d\n", strrchr(line, ' '), strspn(line, " 24"),
           memcmp(line, "  43", 4) < 0 && strstr(line, "e3 .5") == line + 17);
}

int main(void)
{
    struct list list = {.words = NULL};
    int different;

    count_words(&list);
    qsort(list.words, list.length, sizeof *list.words, often_first);
    for (size_t i = 0; i < list.length; i++) {
        char row[32];
        int length =
            snprintf(row, sizeof row, "%-8s %2u", list.words[i].letters, list.words[i].count);

        printf("%s (%d)\n", row, length);
        free(list.words[i].letters);
    }
    different = (int)list.length;
    free(list.words);
    exercise_heap();
    sort_numbers();
    read_numbers();
    return different;
}
