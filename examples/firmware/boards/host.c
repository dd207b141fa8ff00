/* This machine in a board's place, to know what the others should print. */
#include "board.h"

#include <stdio.h>

void board_put(char byte) { putchar(byte); }

void board_show(const mnv3_image *frame, const mnv3_box *boxes, int32_t count) { (void)frame, (void)boxes, (void)count; }

board_memory board_measure(void) { return (board_memory){0, 0, 0, 0}; }
