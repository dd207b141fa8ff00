/* Between a processor's first instructions and C. */
#ifndef START_H
#define START_H

#include "board.h"

int main(void);

/* Clears and paints memory, then calls main; to be called on the stack, with floating point switched on. */
void start(void);

#endif
