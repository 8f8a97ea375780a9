#include "tests/support/elf_image.h"

#include <stddef.h>
#include <string.h>

/* addi x0, x0, 0, four times. */
static const uint8_t nops[] = {
    0x13, 0, 0, 0, 0x13, 0, 0, 0, 0x13, 0, 0, 0, 0x13, 0, 0, 0,
};

static const Elf64_Ehdr header = {
    .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
    .e_type = ET_EXEC,
    .e_machine = EM_RISCV,
    .e_version = EV_CURRENT,
    .e_entry = ELF_IMAGE_CODE + 4,
    .e_phoff = offsetof(struct elf_image, segment),
    .e_shoff = offsetof(struct elf_image, section),
    .e_ehsize = sizeof(Elf64_Ehdr),
    .e_phentsize = sizeof(Elf64_Phdr),
    .e_phnum = IMAGE_SEGMENTS,
    .e_shentsize = sizeof(Elf64_Shdr),
    .e_shnum = IMAGE_SECTIONS,
};

static const Elf64_Phdr segments[IMAGE_SEGMENTS] = {
    [IMAGE_DATA] = {.p_type = PT_LOAD,
                    .p_flags = PF_R | PF_W,
                    .p_offset = offsetof(struct elf_image, data),
                    .p_vaddr = ELF_IMAGE_DATA,
                    .p_paddr = ELF_IMAGE_DATA,
                    .p_filesz = sizeof(((struct elf_image *)NULL)->data),
                    .p_memsz = 0x100},
    [IMAGE_CODE] = {.p_type = PT_LOAD,
                    .p_flags = PF_R | PF_X,
                    .p_offset = offsetof(struct elf_image, code),
                    .p_vaddr = ELF_IMAGE_CODE,
                    .p_paddr = ELF_IMAGE_CODE,
                    .p_filesz = sizeof nops,
                    .p_memsz = sizeof nops},
    [IMAGE_SPARE] = {.p_type = PT_NULL,
                     .p_offset = offsetof(struct elf_image, interpreter),
                     .p_filesz = sizeof(((struct elf_image *)NULL)->interpreter)},
};

static const Elf64_Shdr sections[IMAGE_SECTIONS] = {
    [IMAGE_SYMBOLS] = {.sh_type = SHT_SYMTAB,
                       .sh_offset = offsetof(struct elf_image, symbol),
                       .sh_size = sizeof(((struct elf_image *)NULL)->symbol),
                       .sh_link = IMAGE_NAMES,
                       .sh_entsize = sizeof(Elf64_Sym)},
    [IMAGE_NAMES] = {.sh_type = SHT_STRTAB,
                     .sh_offset = offsetof(struct elf_image, names),
                     .sh_size = sizeof(((struct elf_image *)NULL)->names)},
};

/* Symbol 0 is the empty one that every table begins with; symbols after these are empty too. */
static const struct {
    const char *name;
    unsigned char bind;
    unsigned char type;
    uint16_t section;
    uint64_t value;
    uint64_t size;
} symbols[] = {
    {"tohost", STB_GLOBAL, STT_OBJECT, 1, ELF_IMAGE_DATA, 8},
    {"main", STB_GLOBAL, STT_FUNC, 1, ELF_IMAGE_CODE + 8, 8},
    {"_start", STB_GLOBAL, STT_NOTYPE, 1, ELF_IMAGE_CODE, 0},
    {"stack_size", STB_GLOBAL, STT_NOTYPE, SHN_ABS, 4096, 0},
    {"$data", STB_GLOBAL, STT_NOTYPE, 1, ELF_IMAGE_DATA, 0},
    {"$xrv64i2p1", STB_LOCAL, STT_NOTYPE, 1, ELF_IMAGE_CODE, 0},
    {"$d", STB_LOCAL, STT_NOTYPE, 1, ELF_IMAGE_DATA, 0},
    {".L3", STB_LOCAL, STT_NOTYPE, 1, ELF_IMAGE_CODE, 0},
    {"hello.c", STB_LOCAL, STT_FILE, SHN_ABS, 0, 0},
    {".text", STB_LOCAL, STT_SECTION, 1, ELF_IMAGE_CODE, 0},
    {"errno", STB_GLOBAL, STT_TLS, 1, 0, 4},
    {"missing", STB_GLOBAL, STT_NOTYPE, SHN_UNDEF, 0, 0},
    {"common", STB_GLOBAL, STT_OBJECT, SHN_COMMON, 8, 8},
    {"", STB_LOCAL, STT_NOTYPE, 1, ELF_IMAGE_CODE, 0},
};

static void fill_symbols(struct elf_image *image)
{
    size_t used = 1; /* offset 0 is the empty name */

    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        image->symbol[i + 1] = (Elf64_Sym){
            .st_name = (Elf64_Word)used,
            .st_info = (unsigned char)ELF64_ST_INFO(symbols[i].bind, symbols[i].type),
            .st_shndx = symbols[i].section,
            .st_value = symbols[i].value,
            .st_size = symbols[i].size,
        };
        size_t size = strlen(symbols[i].name) + 1;
        memcpy(image->names + used, symbols[i].name, size);
        used += size;
    }
}

void elf_image_init(struct elf_image *image)
{
    static const char interpreter[] = "/lib/ld-linux-riscv64-lp64d.so.1";

    memset(image, 0, sizeof *image);
    image->header = header;
    memcpy(image->segment, segments, sizeof segments);
    memcpy(image->section, sections, sizeof sections);
    memcpy(image->code, nops, sizeof nops);
    memset(image->data, 0xa5, sizeof image->data);
    memcpy(image->interpreter, interpreter, sizeof interpreter);
    image->dynamic = (Elf64_Dyn){.d_tag = DT_FLAGS_1, .d_un.d_val = DF_1_PIE};
    fill_symbols(image);
}
