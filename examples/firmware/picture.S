/* The picture as it is in its file. */
    .section .rodata.picture, "a"
    .balign 64
    .global board_picture
board_picture:
    .incbin PICTURE
