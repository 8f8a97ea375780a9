#include "emu/report/disks.h"

#include "emu/report/json_put.h"
#include "emu/report/names.h"
#include "emu/report/table.h"
#include "emu/report/wrap.h"

static json_t *disk_as_json(const struct report_disk *disk)
{
    const struct virtio_block_counts *counts = disk->counts;
    json_t *object = json_object();

    return json_whole(object, json_put_word(object, "name", disk->name) &&
                                  json_put_number(object, "requests", counts->requests) &&
                                  json_put_number(object, "reads", counts->reads) &&
                                  json_put_number(object, "writes", counts->writes) &&
                                  json_put_number(object, "flushes", counts->flushes) &&
                                  json_put_number(object, "bytes_read", counts->bytes_read) &&
                                  json_put_number(object, "bytes_written", counts->bytes_written) &&
                                  json_put_number(object, "failed", counts->failed));
}

json_t *disks_as_json(const struct report *report)
{
    json_t *list = json_array();
    bool is_whole = true;

    for (size_t i = 0; i < report->disk_count && is_whole; i++) {
        is_whole = json_add(list, disk_as_json(&report->disk[i]));
    }
    return json_whole(list, is_whole);
}

/* "reads 12 of 49,152 bytes" */
static void put_transfers(struct wrap *line, const char *separator, const char *words,
                          uint64_t count, uint64_t bytes)
{
    char grouped[GROUPED_LENGTH];
    char piece[GROUPED_LENGTH + 32];

    snprintf(piece, sizeof piece, "%s %s", words, number_grouped(grouped, count));
    wrap_put(line, separator, piece);
    snprintf(piece, sizeof piece, "of %s bytes", number_grouped(grouped, bytes));
    wrap_put(line, " ", piece);
}

static void put_some(struct wrap *line, const char *words, uint64_t count)
{
    char grouped[GROUPED_LENGTH];
    char piece[GROUPED_LENGTH + 32];

    if (count != 0) {
        snprintf(piece, sizeof piece, "%s %s", words, number_grouped(grouped, count));
        wrap_put(line, ", ", piece);
    }
}

static void put_disk(FILE *file, const struct report_disk *disk)
{
    const struct virtio_block_counts *counts = disk->counts;
    char label[TABLE_LABEL];
    struct wrap line;

    snprintf(label, sizeof label, "disk %s", disk->name);
    line = table_row(file, label, counts->requests);
    wrap_put(&line, "", "requests:");
    put_transfers(&line, " ", "reads", counts->reads, counts->bytes_read);
    put_transfers(&line, ", ", "writes", counts->writes, counts->bytes_written);
    put_some(&line, "flushes", counts->flushes);
    put_some(&line, "failed", counts->failed);
    wrap_end(&line);
}

void disks_as_text(FILE *file, const struct report *report)
{
    bool is_first = true;

    for (size_t i = 0; i < report->disk_count; i++) {
        if (report->disk[i].counts->requests == 0) {
            continue;
        }
        fputs(is_first ? "\n" : "", file);
        is_first = false;
        put_disk(file, &report->disk[i]);
    }
}
