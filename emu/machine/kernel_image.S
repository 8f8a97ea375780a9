/*
 * kernel_image.S - the bundled kernel, guest/kernel, as bytes of this program. KERNEL_IMAGE is the
 * name of its ELF file.
 */
        .section .rodata.kernel_image, "a", %progbits
        .globl  kernel_image, kernel_image_end
        .balign 16
kernel_image:
        .incbin KERNEL_IMAGE
kernel_image_end:
        .section .note.GNU-stack, "", %progbits
