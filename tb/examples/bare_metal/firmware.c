/* What runs on the CPU: three copies, the second of which reads where nothing answers. */
#include "firmware.h"

#include <stdbool.h>
#include <string.h>

#include "dma.h"

static struct {
  volatile bool over;
  volatile uint32_t errors;
} copy;

static void finished(void* context, uint32_t errors) {
  (void)context;
  copy.errors = errors;
  copy.over = true;
}

static void run(const char* what, uint64_t to, uint64_t from, size_t bytes) {
  copy.over = false;
  if (dma_copy(0, to, from, bytes, finished, NULL)) {
    print(what, "refused", 0);
    return;
  }
  while (!copy.over) wait_for_interrupt();
  if (copy.errors)
    print(what, "error", copy.errors);
  else
    print(what, memcmp(ram(to), ram(from), bytes) ? "WRONG" : "equal", 0);
}

void firmware(void) {
  memset(ram(0), 0x5a, 4096);
  dma_init();
  run("first copy", 0x10000, 0, 4096);
  run("from nowhere", 0x10000, 0x40000000, 4096);
  run("crooked", 0x10000, 4, 4096);
  run("last copy", 0x20000, 0x10000, 4096);
}
