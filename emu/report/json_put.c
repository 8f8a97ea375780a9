#include "emu/report/json_put.h"

#include <stdlib.h>

#include "emu/report/names.h"

bool json_put(json_t *object, const char *key, json_t *value)
{
    return json_object_set_new(object, key, value) == 0;
}

bool json_put_number(json_t *object, const char *key, uint64_t count)
{
    return json_put(object, key, json_integer((json_int_t)count));
}

bool json_put_bool(json_t *object, const char *key, bool is_true)
{
    return json_put(object, key, json_boolean(is_true));
}

bool json_put_word(json_t *object, const char *key, const char *word)
{
    return json_put(object, key, json_string(word));
}

bool json_add(json_t *list, json_t *value)
{
    return json_array_append_new(list, value) == 0;
}

json_t *json_name(const char *name)
{
    json_t *string = json_string(name);

    if (string == NULL) {
        char *copy = name_printable(name);

        string = json_string(copy);
        free(copy);
    }
    return string;
}

json_t *json_whole(json_t *value, bool is_whole)
{
    if (!is_whole) {
        json_decref(value);
        return NULL;
    }
    return value;
}
