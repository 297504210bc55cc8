/* Between the firmware and the board. */
#ifndef FIRMWARE_H
#define FIRMWARE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

void firmware(void);

void* ram(uint64_t address); /* as the CPU sees it */
void wait_for_interrupt(void);
void print(const char* what, const char* outcome, uint32_t number);

#ifdef __cplusplus
}
#endif
#endif
