#include "emu/report/dotted.h"

#include <stdbool.h>
#include <stdio.h>

/* Adds the numbers of one element to those of another. A sum that is too large becomes a real,
 * which is refused later as any number that is no count. */
static bool add_numbers(json_t *sum, json_t *element)
{
    const char *key;
    json_t *value;

    json_object_foreach(element, key, value)
    {
        const json_t *before = json_object_get(sum, key);
        json_int_t total;
        bool fits;

        if (!json_is_integer(value) || !json_is_integer(before)) {
            continue;
        }
        fits =
            !__builtin_add_overflow(json_integer_value(before), json_integer_value(value), &total);
        if (json_object_set_new(sum, key, fits ? json_integer(total) : json_real(0)) != 0) {
            return false;
        }
    }
    return true;
}

/* Puts an element of a list under its name. Functions of one name are added up. */
static bool put_element(json_t *object, size_t index, json_t *element)
{
    const char *symbol = json_string_value(json_object_get(element, "symbol"));
    const char *name = json_string_value(json_object_get(element, "name"));
    const json_t *pid = json_object_get(element, "pid");
    char number[32];
    json_t *sum;

    if (json_is_integer(pid)) { /* names of processes need not differ */
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(pid));
        return json_object_set(object, number, element) == 0;
    }
    snprintf(number, sizeof number, "[%zu]", index);
    if (symbol != NULL) {
        name = symbol;
    }
    if (name == NULL) {
        return json_object_set(object, number, element) == 0;
    }
    sum = json_object_get(object, name);
    if (sum != NULL) {
        return add_numbers(sum, element);
    }
    return json_object_set_new(object, name, json_copy(element)) == 0;
}

json_t *dotted_inside(json_t *value)
{
    json_t *object;
    json_t *element;
    size_t index;

    if (json_is_object(value)) {
        return json_incref(value);
    }
    object = json_object();
    json_array_foreach(value, index, element)
    {
        if (!put_element(object, index, element)) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

char *dotted_join(const char *name, const char *key)
{
    const char *dot = *name == '\0' || *key == '[' ? "" : ".";
    char *joined;

    if (asprintf(&joined, "%s%s%s", name, dot, key) < 0) {
        return NULL;
    }
    for (char *c = joined; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7f) {
            *c = '?';
        }
    }
    return joined;
}
