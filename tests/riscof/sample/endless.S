/* endless.S - a test that has lost its way. */
#include "model_test.h"
        .section .text.init
        .globl  rvtest_entry_point
rvtest_entry_point:
        j       .
        .data
RVMODEL_DATA_BEGIN
        .dword  7
RVMODEL_DATA_END
