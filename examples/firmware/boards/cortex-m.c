/* Arm's MPS boards: a Cortex-M from reset to main, and CMSDK's UART, whose address the linker script knows. */
#include "start.h"

extern uint8_t stack_bottom[], stack_top[], stack_guard[];
extern volatile uint32_t uart[]; /* data, state, control, interrupts, divider of the baud rate */

static volatile uint32_t *const coprocessors = (volatile uint32_t *)0xe000ed88;   /* CPACR */
static volatile uint32_t *const faults_enabled = (volatile uint32_t *)0xe000ed24; /* SHCSR */
static volatile uint32_t *const fault_status = (volatile uint32_t *)0xe000ed28;   /* CFSR */

/* The stack's end, which a call that goes beyond it shall not pass unseen. Armv8-M has a register for it. Armv7-M has memory that
 * nobody may touch, below the stack, and larger than any frame, so that none reaches across. */
#if __ARM_ARCH >= 8
enum { USAGE_FAULT = 1 << 18, STACK_FAULTS = 1 << 20 };

static inline void guard_stack(void) {
  *faults_enabled |= USAGE_FAULT;
  __asm__ volatile("msr msplim, %0" : : "r"(stack_bottom));
}
#else
enum { MEMORY_FAULT = 1 << 16, STACK_FAULTS = 1 << 1 | 1 << 4 | 1 << 5 }; /* of data, on entry to a handler, of floats on entry */
enum { LOG2_GUARD_BYTES = 16, NO_EXECUTION = 1 << 28 };

static inline void guard_stack(void) {
  volatile uint32_t *const mpu = (volatile uint32_t *)0xe000ed94; /* control, region, base, attributes and size */
  mpu[1] = 0;
  mpu[2] = (uint32_t)stack_guard;
  mpu[3] = NO_EXECUTION | (LOG2_GUARD_BYTES - 1) << 1 | 1;
  mpu[0] = 5; /* on; elsewhere memory as it is without */
  *faults_enabled |= MEMORY_FAULT;
}
#endif

__attribute__((noreturn)) static void stop(void) {
  for (;;)
    __asm__ volatile("wfi");
}

static void say(const char *text) {
  while (*text)
    board_put(*text++);
}

__attribute__((noreturn, used)) static void report(void) {
  if (*fault_status & STACK_FAULTS)
    say("stack overflow\n");
  say("fault\n");
  stop();
}

/* On a stack that is empty again: what has overflowed is no place for a frame. */
__attribute__((naked)) static void fault(void) {
  __asm__ volatile("movw r0, #:lower16:stack_top\n\t"
                   "movt r0, #:upper16:stack_top\n\t"
                   "mov sp, r0\n\t"
                   "b report");
}

/* Without a frame of its own: it runs before floating point is on. */
__attribute__((noreturn)) static void reset(void) {
  *coprocessors |= 0xf << 20;
  guard_stack();
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
