/* What main.c asks of a board. */
#ifndef BOARD_H
#define BOARD_H

#include "det.h"

/* The picture, a PPM file in read-only memory. */
extern const uint8_t board_picture[];

/* A byte to the serial line. */
void board_put(char byte);

/* Shows a frame and its boxes, where there is a screen. */
void board_show(const mnv3_image *frame, const mnv3_box *boxes, int32_t count);

/* In bytes: the stack used so far, all RAM but the rest of the stack, code with its constants, and weights. */
typedef struct {
  uint32_t stack, ram, code, weights;
} board_memory;
board_memory board_measure(void);

#endif
