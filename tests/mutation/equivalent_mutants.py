"""Mechanical mutants that no test here can see, each with the reason. Names as mutate.py prints them."""

SLOWER = "takes longer to come to the same answers"
NEVER_TWICE = "no entry is met twice, so the two are never equal"

EQUIVALENT = {
    "mmu/bank.c: < -> <=: while (buckets < wanted) {": "more buckets than needed find the same entries",
    "mmu/bank.c: < -> <=: if (way < set->first_free) {": "sets what it is already",
    "mmu/bank.c: < -> <=: if (entry->held != 0 && entry->key == key && entry->space == space && i < lowest) {": NEVER_TWICE,
    "mmu/bank.c: >= -> >: if ((bank->entry[i].held & bit) == 0 || page >= lowest) {": NEVER_TWICE,
    "mmu/bank.h: < -> <=: if (i < lowest && bank_is_match(&bank->entry[i], key, place, space)) {": NEVER_TWICE,
    "mmu/miss_class.c: != -> ==: if (spaces->last != 0 && spaces->last_satp == satp) {": SLOWER + ": the last space is looked for again",
    "mmu/replacement.c: <= -> <: while (i < count && order[i - 1].stamp <= order[i].stamp) {": "only ways that were never used have equal stamps, and no victim is wanted before all were",
    "mmu/replacement.c: >= -> >: return i >= count;": SLOWER + ": sorts what is sorted",
    "mmu/replacement.c: < -> <=: while (gap < count / 9) {": SLOWER + ": Shell's sort works with any gaps that end with 1",
    "mmu/replacement.c: + 1 -> nothing: gap = 3 * gap + 1;": SLOWER + ": Shell's sort works with any gaps that end with 1",
    "mmu/replacement.c: > -> >=: for (; hole >= gap && order[hole - gap].stamp > moving.stamp; hole -= gap) {": "the stamps of a full set are all different",
    "mmu/replacement.c: < -> <=: if (*replacement->clock < now) {": "sets what it is already",
    "mmu/spec.c: > -> >=: bool is_assumed = word->length > 0 && word->start[word->length - 1] == '?';": "what stands before an empty word is a separator, never a question mark",
    "mmu/tlb.c: < -> <=: while (i < geometry->bank_count && ((geometry->bank[i].sizes >> size & 1) == 0 ||": "bank_of then is no NULL for a size that no bank holds, but is read only for sizes that are kept",
}
