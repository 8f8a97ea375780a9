#include "emu/report/names.h"

#include <string.h>

const struct fault_name fault_names[FAULT_NAMES] = {
    {TRAP_FETCH_PAGE_FAULT, "fetch_page"},   {TRAP_LOAD_PAGE_FAULT, "load_page"},
    {TRAP_STORE_PAGE_FAULT, "store_page"},   {TRAP_FETCH_ACCESS_FAULT, "fetch_access"},
    {TRAP_LOAD_ACCESS_FAULT, "load_access"}, {TRAP_STORE_ACCESS_FAULT, "store_access"},
};

const char *name_of_array(enum mmu_array array)
{
    static const char *const names[] = {[MMU_L1I] = "l1i", [MMU_L1D] = "l1d", [MMU_L2] = "l2"};
    return names[array];
}

const char *name_of_access(enum mmu_access access)
{
    static const char *const names[] = {
        [MMU_FETCH] = "fetch", [MMU_LOAD] = "load", [MMU_STORE] = "store"};
    return names[access];
}

const char *name_of_fence(enum mmu_fence_form form)
{
    static const char *const names[] = {
        [MMU_FENCE_ALL] = "all",
        [MMU_FENCE_ASID] = "asid",
        [MMU_FENCE_VA] = "va",
        [MMU_FENCE_VA_ASID] = "va_asid",
    };
    return names[form];
}

const enum mmu_miss_class classes_in_order[MMU_MISS_CLASSES] = {
    MMU_MISS_COMPULSORY, MMU_MISS_FLUSH,   MMU_MISS_CONFLICT,
    MMU_MISS_CAPACITY,   MMU_MISS_UPGRADE, MMU_MISS_FAULT,
};

const char *name_of_class(enum mmu_miss_class class)
{
    static const char *const names[MMU_MISS_CLASSES] = {
        [MMU_MISS_FAULT] = "fault",           [MMU_MISS_UPGRADE] = "upgrade",
        [MMU_MISS_COMPULSORY] = "compulsory", [MMU_MISS_FLUSH] = "flush",
        [MMU_MISS_CONFLICT] = "conflict",     [MMU_MISS_CAPACITY] = "capacity",
    };
    return names[class];
}

const char *name_of_inclusion(enum mmu_inclusion inclusion)
{
    static const char *const names[] = {
        [MMU_NEITHER] = "neither", [MMU_INCLUSIVE] = "inclusive", [MMU_EXCLUSIVE] = "exclusive"};
    return names[inclusion];
}

const char *name_of_core_ad(enum mmu_core_ad ad)
{
    static const char *const names[] = {
        [MMU_AD_UNKNOWN] = "unknown", [MMU_AD_BY_HARDWARE] = "hw", [MMU_AD_BY_SOFTWARE] = "svade"};
    return names[ad];
}

unsigned sizes_within(unsigned sizes, unsigned levels)
{
    unsigned within = sizes & ((2u << levels) - 1);

    return within == 0 ? sizes : within;
}

const char *names_of_sizes(char text[SIZES_LENGTH], unsigned sizes)
{
    char *end = text;
    const char *separator = "";

    *text = '\0';
    for (int size = 0; size < MMU_PAGE_SIZES; size++) {
        if ((sizes & 1u << size) != 0) {
            end = stpcpy(end, separator);
            end = stpcpy(end, mmu_page_size_name((enum mmu_page_size)size));
            separator = "+";
        }
    }
    return text;
}

const char *name_of_ad(enum hart_ad ad)
{
    static const char *const names[] = {
        [HART_AD_HARDWARE] = "hw", [HART_AD_SVADE] = "svade", [HART_AD_SVADU] = "svadu"};
    return names[ad];
}

const char *name_of_reason(enum report_reason reason)
{
    static const char *const names[] = {
        [REPORT_GUEST] = "guest",   [REPORT_LIMIT] = "limit", [REPORT_IDLE] = "idle",
        [REPORT_SIGNAL] = "signal", [REPORT_LAW] = "law",
    };
    return names[reason];
}

char letter_of_privilege(enum mmu_privilege privilege)
{
    static const char letters[] = {
        [MMU_USER] = 'U', [MMU_SUPERVISOR] = 'S', [2] = '?', [MMU_MACHINE] = 'M'};
    return letters[privilege];
}

const char *number_grouped(char text[GROUPED_LENGTH], uint64_t number)
{
    char reversed[GROUPED_LENGTH];
    size_t length = 0;

    for (unsigned digits = 0; digits == 0 || number != 0; digits++) {
        if (digits != 0 && digits % 3 == 0) {
            reversed[length++] = ',';
        }
        reversed[length++] = (char)('0' + number % 10);
        number /= 10;
    }
    for (size_t i = 0; i < length; i++) {
        text[i] = reversed[length - 1 - i];
    }
    text[length] = '\0';
    return text;
}

char *name_printable(const char *name)
{
    char *copy = strdup(name);

    for (char *at = copy; at != NULL && *at != '\0'; at++) {
        if (*at < ' ' || *at > '~') {
            *at = '?';
        }
    }
    return copy;
}
