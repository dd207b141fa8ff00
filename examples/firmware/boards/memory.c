/* Memory as the linker script has cut it. The stack grows down from stack_top; start() paints it, so that what was never used
 * can be told. */
#include "start.h"

enum { PAINT = 0xA5 };

extern uint8_t stack_bottom[], stack_top[], ram_start[], bss_start[], bss_end[], code_start[], code_end[], weights_start[], weights_end[];

void start(void) {
  for (uint8_t *byte = bss_start; byte < bss_end; ++byte)
    *byte = 0;
  const uint8_t *const end = (const uint8_t *)__builtin_frame_address(0) - 64;
  for (volatile uint8_t *byte = stack_bottom; byte < end; ++byte)
    *byte = PAINT;
  main();
}

board_memory board_measure(void) {
  const volatile uint8_t *lowest = stack_bottom;
  while (lowest < stack_top && *lowest == PAINT)
    ++lowest;
  const board_memory memory = {(uint32_t)(stack_top - lowest), (uint32_t)(bss_end - bss_start) + (uint32_t)(stack_top - lowest),
                               (uint32_t)(code_end - code_start), (uint32_t)(weights_end - weights_start)};
  return memory;
}
