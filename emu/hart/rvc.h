/*
 * rvc.h - compressed instructions, each expanded to the 32-bit instruction that it stands for.
 *
 * Spec: Unpriv. [rvc], [rvc instruction set listings]. RV64, without F and D.
 */
#ifndef EMU_HART_RVC_H
#define EMU_HART_RVC_H

#include <stdint.h>

/* The 32-bit form of a compressed instruction; 0, which is illegal, if it is reserved or needs an
 * extension that is not there. HINTs expand to instructions that do nothing. */
uint32_t rvc_expand(uint16_t bits);

#endif
