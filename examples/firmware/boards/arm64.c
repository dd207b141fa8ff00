/* 64-bit Arm from the first C to main: memory that is cached and may be read unaligned, which it is not before the MMU is on;
 * and PL011's UART. RAM and the UART are where the linker script says. */
#include "start.h"

extern uint8_t ram[], ram_last[];
extern volatile uint32_t uart[];

/* Two gigabytes in blocks of two megabytes, each address as it is: RAM cached, all else device memory. */
static _Alignas(4096) uint64_t gigabytes[512], blocks[2 * 512];

enum { TABLE = 3, BLOCK = 1 | 1 << 10, NORMAL = 0 << 2 | 3 << 8, DEVICE = 1 << 2 };

static void map_memory(void) {
  for (uint64_t i = 0; i < 1024; ++i) {
    const uint64_t address = i << 21;
    const int is_ram = address >= (uint64_t)ram && address <= (uint64_t)ram_last;
    blocks[i] = address | BLOCK | (is_ram ? NORMAL : DEVICE);
  }
  for (uint64_t i = 0; i < 2; ++i)
    gigabytes[i] = (uint64_t)(blocks + 512 * i) | TABLE;
  const uint64_t attributes = 0xff | 0x04 << 8;          /* 0: written back; 1: device */
  const uint64_t control = 25 | 1 << 8 | 1 << 10 | 3 << 12; /* addresses of 39 bits, tables cached and shared */
  __asm__ volatile("msr mair_el1, %0\n\tmsr tcr_el1, %1\n\tmsr ttbr0_el1, %2\n\tisb" ::"r"(attributes), "r"(control), "r"(gigabytes)
                   : "memory");
  __asm__ volatile("tlbi vmalle1\n\tic iallu\n\tdsb sy\n\tisb" ::: "memory");
  uint64_t system;
  __asm__ volatile("mrs %0, sctlr_el1" : "=r"(system));
  system |= 1 | 1 << 2 | 1 << 12; /* MMU, caches of data and instructions */
  __asm__ volatile("msr sctlr_el1, %0\n\tisb" ::"r"(system) : "memory");
}

void enter(void);
void fault(void);

void enter(void) {
  map_memory();
  start();
}

void board_put(char byte) {
  while (uart[6] & 1 << 5) /* full */
    continue;
  uart[0] = (uint8_t)byte;
}

void fault(void) {
  for (const char *text = "fault\n"; *text; ++text)
    board_put(*text);
  for (;;)
    __asm__ volatile("wfi");
}
