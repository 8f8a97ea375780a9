"""Mechanical mutants that no test here can see, each with the reason. Names as mutate.py prints them."""

EQUIVALENT = {
    "mmu/tlb.c: < -> <=: } while ((1u << tlb->bucket_bits) < entries);": "more buckets than needed find the same entries",
    "mmu/tlb.c: < -> <=: for (size_t i = 0; i < buckets; i++) {": "writes past the end of an array: for AddressSanitizer, in the other build",
    "mmu/tlb.c: < -> <=: if (entry->page == page && entry->size == size && serves(entry, asid) && i < lowest) {": "no entry is met twice",
    "mmu/tlb.c: < -> <=: if (way < set->first_free) {": "sets what it is already",
    "mmu/tlb.c: || -> &&: if (tlb->entry == NULL || tlb->set == NULL || tlb->bucket == NULL || !has_order) {": "shows only when the host has no memory left",
}
