/*
 * json_put.h - building JSON so that a failure deep inside reaches the root.
 *
 * A value that could not be made is NULL, which every function here refuses in its turn: so only
 * the root has to be looked at.
 */
#ifndef EMU_REPORT_JSON_PUT_H
#define EMU_REPORT_JSON_PUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Adds a value under a key, which is not yet there; the value is taken over either way. */
bool json_put(json_t *object, const char *key, json_t *value);

bool json_put_number(json_t *object, const char *key, uint64_t count);

bool json_put_bool(json_t *object, const char *key, bool is_true);

bool json_put_word(json_t *object, const char *key, const char *word);

/* The same at the end of a list. */
bool json_add(json_t *list, json_t *value);

/* A name from the guest, of any bytes; where they are no UTF-8, ? stands for those outside ASCII.
 */
json_t *json_name(const char *name);

/* The value if everything could be put into it, else NULL. */
json_t *json_whole(json_t *value, bool is_whole);

#endif
