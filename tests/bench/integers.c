/*
 * integers.c - what small controllers spend their time on, in turn: a linked list sorted and
 * reversed, a matrix of 16-bit numbers, text read by a state machine, and a CRC over it all.
 *
 *   integers_rounds   times all of it is done
 *
 * The data is a few KiB: this is about instructions, not about pages.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/include/pagewalk.h"
#include "guest/include/workload.h"

enum { NODES = 64, SIDE = 12, TEXT_LENGTH = 256, CRC_POLYNOMIAL = 0xa001 };

volatile uint64_t integers_rounds = 10;

struct node {
    struct node *next;
    uint32_t key;
};

struct data {
    struct node node[NODES];
    int16_t a[SIDE][SIDE];
    int16_t b[SIDE][SIDE];
    int32_t c[SIDE][SIDE];
    char text[TEXT_LENGTH];
};

static uint32_t crc_add(uint32_t crc, uint32_t value, unsigned bits)
{
    for (unsigned i = 0; i < bits; i++) {
        bool is_odd = ((crc ^ value) & 1) != 0;

        crc >>= 1;
        value >>= 1;
        if (is_odd) {
            crc ^= CRC_POLYNOMIAL;
        }
    }
    return crc;
}

/* Joins two sorted lists. */
static struct node *merge(struct node *a, struct node *b)
{
    struct node *first = NULL;
    struct node **end = &first;

    while (a != NULL && b != NULL) {
        struct node **from = a->key <= b->key ? &a : &b;

        *end = *from;
        end = &(*from)->next;
        *from = (*from)->next;
    }
    *end = a != NULL ? a : b;
    return first;
}

/* Sorts count nodes of a list that begins at *list, which moves on behind them. */
static struct node *sort(struct node **list, unsigned count)
{
    if (count == 1) {
        struct node *node = *list;

        *list = node->next;
        node->next = NULL;
        return node;
    }

    struct node *first = sort(list, count / 2);
    struct node *second = sort(list, count - count / 2);

    return merge(first, second);
}

static struct node *reverse(struct node *list)
{
    struct node *reversed = NULL;

    while (list != NULL) {
        struct node *next = list->next;

        list->next = reversed;
        reversed = list;
        list = next;
    }
    return reversed;
}

/* Makes, sorts and reverses a list; its CRC. A list that is not in order clears *is_right. */
static uint32_t use_list(struct data *data, uint64_t *random, uint32_t crc, bool *is_right)
{
    struct node *list = NULL;

    for (unsigned i = 0; i < NODES; i++) {
        *random = workload_random(*random);
        data->node[i] = (struct node){.next = list, .key = (uint32_t)(*random >> 48)};
        list = &data->node[i];
    }
    list = reverse(sort(&list, NODES));
    for (const struct node *node = list; node != NULL; node = node->next) {
        crc = crc_add(crc, node->key, 16);
        if (node->next != NULL && node->next->key > node->key) {
            *is_right = false;
        }
    }
    return crc;
}

static uint32_t use_matrix(struct data *data, uint64_t *random, uint32_t crc)
{
    for (unsigned i = 0; i < SIDE; i++) {
        for (unsigned j = 0; j < SIDE; j++) {
            *random = workload_random(*random);
            data->a[i][j] = (int16_t)(*random >> 40);
            data->b[i][j] = (int16_t)(*random >> 20 & 0xff);
        }
    }
    for (unsigned i = 0; i < SIDE; i++) {
        for (unsigned j = 0; j < SIDE; j++) {
            int32_t sum = 0;

            for (unsigned k = 0; k < SIDE; k++) {
                sum += (int32_t)(data->a[i][k] * data->b[k][j]) >> 4;
            }
            data->c[i][j] = sum;
        }
    }
    for (unsigned i = 0; i < SIDE; i++) {
        crc = crc_add(crc, (uint32_t)data->c[i][SIDE - 1 - i], 32);
    }
    return crc;
}

enum state { BETWEEN, SIGN, WHOLE, FRACTION, WORD };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static enum state state_after(enum state state, char c)
{
    if (c == ',') {
        return BETWEEN;
    }
    switch (state) {
    case BETWEEN:
        if (c == '+' || c == '-') {
            return SIGN;
        }
        return is_digit(c) ? WHOLE : WORD;
    case SIGN: return is_digit(c) ? WHOLE : WORD;
    case WHOLE:
        if (c == '.') {
            return FRACTION;
        }
        return is_digit(c) ? WHOLE : WORD;
    case FRACTION: return is_digit(c) ? FRACTION : WORD;
    case WORD: return WORD;
    }
    return WORD;
}

/* Makes a text of numbers and other words, and counts what it is in after each character. */
static uint32_t use_text(struct data *data, uint64_t *random, uint32_t crc)
{
    static const char characters[] = "0123456789012345,,.+-,4,8,1.5,ab";
    uint32_t in_state[WORD + 1] = {0};
    enum state state = BETWEEN;

    for (unsigned i = 0; i < TEXT_LENGTH; i++) {
        *random = workload_random(*random);
        data->text[i] = characters[*random >> 59];
    }
    for (unsigned i = 0; i < TEXT_LENGTH; i++) {
        state = state_after(state, data->text[i]);
        in_state[state]++;
    }
    for (unsigned i = 0; i <= WORD; i++) {
        crc = crc_add(crc, in_state[i], 16);
    }
    return crc;
}

int user_main(void)
{
    uint64_t rounds = integers_rounds;
    struct data *data =
        (struct data *)workload_arena("integers", workload_pages(sizeof *data / 8 + 1));
    uint64_t random = WORKLOAD_SEED;
    uint32_t crc = 0xffff;
    bool is_right = true;

    pagewalk_begin();
    for (uint64_t round = 0; round < rounds; round++) {
        crc = use_list(data, &random, crc, &is_right);
        crc = use_matrix(data, &random, crc);
        crc = use_text(data, &random, crc);
    }
    pagewalk_end();
    return workload_report("integers", workload_checksum(random, crc), is_right);
}
