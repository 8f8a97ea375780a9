#!/bin/sh
# The kernel's own counts of TLB misses: perf_counts.py holds them against pagewalk's.
/tests/perf_tlb
