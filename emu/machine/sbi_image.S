/*
 * sbi_image.S - the built-in firmware, guest/sbi, as bytes of this program. SBI_IMAGE is the name of
 * its ELF file.
 */
        .section .rodata.sbi_image, "a", %progbits
        .globl  sbi_image, sbi_image_end
        .balign 16
sbi_image:
        .incbin SBI_IMAGE
sbi_image_end:
        .section .note.GNU-stack, "", %progbits
