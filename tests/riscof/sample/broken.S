/* broken.S - a test that no assembler takes. */
        no      such, instruction
