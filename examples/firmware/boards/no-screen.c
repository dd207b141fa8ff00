/* A board without a screen. */
#include "board.h"

void board_show(const mnv3_image *frame, const mnv3_box *boxes, int32_t count) { (void)frame, (void)boxes, (void)count; }
