/* Arm's MPS boards: a Cortex-M from reset to main, and CMSDK's UART, whose address the linker script knows. */
#include "start.h"

extern uint8_t stack_top[];
extern volatile uint32_t uart[]; /* data, state, control, interrupts, divider of the baud rate */

static volatile uint32_t *const coprocessors = (volatile uint32_t *)0xe000ed88; /* CPACR */

__attribute__((noreturn)) static void stop(void) {
  for (;;)
    __asm__ volatile("wfi");
}

__attribute__((noreturn)) static void fault(void) {
  for (const char *text = "fault\n"; *text; ++text)
    board_put(*text);
  stop();
}

/* Without a frame of its own: it runs before floating point is on. */
__attribute__((noreturn)) static void reset(void) {
  *coprocessors |= 0xf << 20;
  __asm__ volatile("dsb\n\tisb");
  uart[4] = 16;
  uart[2] = 1;
  start();
  stop();
}

__attribute__((section(".vectors"), used)) static const struct {
  void *stack;
  void (*handler[15])(void);
} vectors = {stack_top, {reset, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault}};

void board_put(char byte) {
  while (uart[1] & 1)
    continue;
  uart[0] = (uint8_t)byte;
}
