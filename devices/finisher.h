/*
 * finisher.h - the test finisher ("sifive,test1"): one 32-bit register whose writes end the run.
 *
 *   31..16 | 15..0
 *    code  | 0x5555 pass (power off), 0x3333 fail with code, 0x7777 reset
 */
#ifndef DEVICES_FINISHER_H
#define DEVICES_FINISHER_H

#include <stdint.h>

#include "devices/device.h"

enum finisher_request { FINISHER_PASS, FINISHER_FAIL, FINISHER_RESET };

struct finisher_host {
    /* The guest asked to end; code is 0 but for FINISHER_FAIL, which may carry 0 to 65535. */
    void (*finish)(void *ctx, enum finisher_request request, uint32_t code);
    void *ctx;
};

struct finisher {
    struct device device;
    struct finisher_host host;
};

/* host is copied; its ctx must outlive the finisher. */
void finisher_init(struct finisher *finisher, const struct finisher_host *host);

#endif
