/* The first instructions: one core goes on, from whatever level it was started in to level 1, with floating point and a stack. */
    .section .text.entry, "ax"
    .global entry
entry:
    mrs x0, mpidr_el1
    tst x0, #0xff
    b.ne stop
    mrs x0, CurrentEL
    cmp x0, #(2 << 2)
    b.ne level1
    mov x0, #(1 << 31)          /* level 1 is of 64 bits */
    msr hcr_el2, x0
    msr cptr_el2, xzr           /* and may use floating point */
    mov x0, #0x3c5              /* level 1 with a stack of its own, interrupts off */
    msr spsr_el2, x0
    adr x0, level1
    msr elr_el2, x0
    eret
level1:
    mov x0, #(3 << 20)
    msr cpacr_el1, x0
    adr x0, vectors
    msr vbar_el1, x0
    isb
    adrp x0, stack_top
    add x0, x0, :lo12:stack_top
    mov sp, x0
    bl enter
stop:
    wfi
    b stop

    .balign 2048
vectors:
    .rept 16
    b fault
    .balign 128
    .endr
