/*
 * statements.c - SQLite's library put to the test: statements with known answers, a table held
 * against a copy in memory through thousands of changes, in each way of keeping a journal;
 * processes, threads, and one that is killed.
 *
 * statements ROUNDS MEGABYTES, of the model and of a database in memory. Works in the current
 * directory. Prints what it did, the same everywhere; ends with 1 if an answer was wrong.
 */

#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILE_NAME "statements.db"

enum { ROWS = 300, ANSWER_SIZE = 4096, PATIENCE = 60000 /* ms */ };

static int statements;
static int failures;

static void fail(const char *statement, const char *got, const char *wanted)
{
    printf("WRONG: %s\n  got    %s\n  wanted %s\n", statement, got, wanted);
    failures++;
}

static sqlite3 *open_database(const char *name)
{
    sqlite3 *database;

    if (sqlite3_open(name, &database) != SQLITE_OK) {
        printf("%s does not open: %s\n", name, sqlite3_errmsg(database));
        exit(1);
    }
    sqlite3_busy_timeout(database, PATIENCE);
    return database;
}

/* Runs a statement; answer gets its rows, columns separated by | and rows by ;, or its error. */
static int run(sqlite3 *database, const char *sql, char answer[static ANSWER_SIZE])
{
    size_t length = 0;
    sqlite3_stmt *statement;
    int status = sqlite3_prepare_v2(database, sql, -1, &statement, NULL);

    answer[0] = '\0';
    while (status == SQLITE_OK && (status = sqlite3_step(statement)) == SQLITE_ROW) {
        for (int column = 0; column < sqlite3_column_count(statement); column++) {
            const unsigned char *text = sqlite3_column_text(statement, column);
            const char *separator = length == 0 ? "" : column == 0 ? ";" : "|";

            if (length + 1 < ANSWER_SIZE) {
                length += (size_t)snprintf(answer + length, ANSWER_SIZE - length, "%s%s", separator,
                                           text ? (const char *)text : "NULL");
            }
        }
        status = SQLITE_OK;
    }
    if (status != SQLITE_DONE && status != SQLITE_OK) {
        snprintf(answer, ANSWER_SIZE, "error: %s", sqlite3_errmsg(database));
    }
    sqlite3_finalize(statement);
    statements++;
    return status == SQLITE_DONE ? SQLITE_OK : status;
}

static void expect(sqlite3 *database, const char *sql, const char *wanted)
{
    static char answer[ANSWER_SIZE];

    run(database, sql, answer);
    if (strcmp(answer, wanted) != 0) {
        fail(sql, answer, wanted);
    }
}

__attribute__((format(printf, 2, 3))) static void change(sqlite3 *database, const char *format, ...)
{
    static char answer[ANSWER_SIZE];
    va_list values;

    va_start(values, format);
    char *sql = sqlite3_vmprintf(format, values);
    va_end(values);
    if (run(database, sql, answer) != SQLITE_OK) {
        fail(sql, answer, "no error");
    }
    sqlite3_free(sql);
}

static const struct {
    const char *sql;
    const char *answer;
} KNOWN[] = {
    {"SELECT 1 + 2 * 3, 7 / 2, -7 % 3, 7.0 / 2, 1 << 40, ~5, 'a' || 'b'",
     "7|3|-1|3.5|1099511627776|-6|ab"},
    {"SELECT 9223372036854775807 + 1, -9223372036854775808, 1e400, 0x7fff",
     "9.22337203685478e+18|-9223372036854775808|Inf|32767"},
    {"SELECT typeof(1), typeof(1.5), typeof('x'), typeof(NULL), typeof(x'00')",
     "integer|real|text|null|blob"},
    {"SELECT NULL IS NULL, NULL = NULL, 1 IN (2, NULL), coalesce(NULL, 4)", "1|NULL|NULL|4"},
    {"SELECT upper('abc'), substr('abcdef', 2, 3), instr('hello', 'l'), replace('aXbX', 'X', '-'), "
     "trim('  x ')",
     "ABC|bcd|3|a-b-|x"},
    {"SELECT printf('%05d %-6s| %.3f %x %e', 42, 'left', 3.14159, 255, 12345.678)",
     "00042 left  | 3.142 ff 1.234568e+04"},
    {"SELECT hex(x'0aff'), length(x'0aff'), quote('it''s'), unicode('A'), char(72, 105), "
     "round(2.5), abs(-3)",
     "0AFF|2|'it''s'|65|Hi|3.0|3"},
    {"SELECT date('2024-02-28', '+2 days'), strftime('%j %W', '2024-12-31'), "
     "julianday('2000-01-01')",
     "2024-03-01|366 53|2451544.5"},
    {"SELECT 'abc' LIKE 'A%', 'abc' GLOB 'a?c', 'abc' BETWEEN 'abb' AND 'abd', CASE 3 WHEN 1 THEN "
     "'x' ELSE 'y' END",
     "1|1|1|y"},
    {"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT "
     "sum(i), count(*), avg(i), min(i), max(i) FROM n",
     "500500|1000|500.5|1|1000"},
    {"WITH RECURSIVE f(a, b) AS (SELECT 0, 1 UNION ALL SELECT b, a + b FROM f LIMIT 60) SELECT "
     "max(a) FROM f",
     "956722026041"},
    {"WITH RECURSIVE p(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM p WHERE i < 200) SELECT "
     "count(*) FROM p WHERE NOT EXISTS (SELECT 1 FROM p AS q WHERE q.i < p.i AND p.i % q.i = 0)",
     "46"},
    {"CREATE TABLE tree(id INTEGER PRIMARY KEY, parent REFERENCES tree(id) ON DELETE CASCADE, name "
     "TEXT NOT NULL UNIQUE)",
     ""},
    {"PRAGMA foreign_keys = ON", ""},
    {"INSERT INTO tree VALUES(1, NULL, 'root'), (2, 1, 'left'), (3, 1, 'right'), (4, 2, 'leaf'), "
     "(5, 3, 'other leaf')",
     ""},
    {"INSERT INTO tree VALUES(6, 99, 'orphan')", "error: FOREIGN KEY constraint failed"},
    {"INSERT INTO tree VALUES(6, 1, 'leaf')", "error: UNIQUE constraint failed: tree.name"},
    {"INSERT INTO tree(parent) VALUES(1)", "error: NOT NULL constraint failed: tree.name"},
    {"SELECT nonsense FROM tree", "error: no such column: nonsense"},
    {"SELECT c.name, p.name FROM tree c LEFT JOIN tree p ON c.parent = p.id ORDER BY c.id",
     "root|NULL;left|root;right|root;leaf|left;other leaf|right"},
    {"WITH RECURSIVE up(id, path) AS (SELECT id, name FROM tree WHERE parent IS NULL UNION ALL "
     "SELECT t.id, path || '/' || name FROM tree t JOIN up ON t.parent = up.id) SELECT path FROM "
     "up ORDER BY path",
     "root;root/left;root/left/leaf;root/right;root/right/other leaf"},
    {"SELECT parent, group_concat(name, '+'), count(*) FROM tree GROUP BY parent HAVING count(*) > "
     "1",
     "1|left+right|2"},
    {"SELECT name, row_number() OVER (ORDER BY name), lag(name) OVER (ORDER BY id), sum(id) OVER "
     "(ORDER BY id ROWS 1 PRECEDING) FROM tree ORDER BY id",
     "root|5|NULL|1;left|2|root|3;right|4|left|5;leaf|1|right|7;other leaf|3|leaf|9"},
    {"DELETE FROM tree WHERE name = 'left'", ""},
    {"SELECT group_concat(name) FROM (SELECT name FROM tree ORDER BY id)", "root,right,other leaf"},
    {"INSERT INTO tree(id, name) VALUES(1, 'stem') ON CONFLICT(id) DO UPDATE SET name = name || "
     "'=' || excluded.name RETURNING name",
     "root=stem"},
    {"CREATE TABLE log(what)", ""},
    {"CREATE TRIGGER noted AFTER UPDATE OF name ON tree BEGIN INSERT INTO log VALUES(old.name || "
     "'>' || new.name); END",
     ""},
    {"UPDATE tree SET name = upper(name) WHERE id > 1", ""},
    {"SELECT what FROM log", "right>RIGHT;other leaf>OTHER LEAF"},
    {"CREATE VIEW leaves AS SELECT name FROM tree WHERE id NOT IN (SELECT parent FROM tree WHERE "
     "parent NOT NULL)",
     ""},
    {"SELECT * FROM leaves", "OTHER LEAF"},
    {"CREATE VIRTUAL TABLE book USING fts5(title, text)", ""},
    {"INSERT INTO book VALUES('walks', 'a page table is walked from its root'), ('misses', 'a "
     "table of pages that is not there'), ('swap', 'pages go to the disk')",
     ""},
    {"SELECT title FROM book WHERE book MATCH 'table AND page*' ORDER BY title", "misses;walks"},
    {"SELECT highlight(book, 1, '<', '>') FROM book WHERE book MATCH 'disk'",
     "pages go to the <disk>"},
    {"INSERT INTO book(book) VALUES('integrity-check')", ""},
    {"CREATE VIRTUAL TABLE area USING rtree(id, x0, x1, y0, y1)", ""},
    {"INSERT INTO area VALUES(1, 0, 2, 0, 2), (2, 1, 5, 1, 5), (3, 7, 8, 7, 8)", ""},
    {"SELECT id FROM area WHERE x0 <= 1.5 AND x1 >= 1.5 AND y0 <= 1.5 AND y1 >= 1.5", "1;2"},
    {"SELECT json_extract('{\"a\": [1, {\"b\": 2.5}]}', '$.a[1].b'), json_group_array(id) FROM "
     "area",
     "2.5|[1,2,3]"},
    {"SELECT value FROM json_each('[3, 1, 2]') ORDER BY value DESC", "3;2;1"},
    {"SELECT round(sqrt(2), 6), round(pi(), 6), pow(2, 10), mod(7, 3), log(1000)",
     "1.414214|3.141593|1024.0|1.0|3.0"},
    {"CREATE TABLE sums(a INT, b INT, total INT GENERATED ALWAYS AS (a + b) STORED, CHECK(a < "
     "100)) "
     "STRICT",
     ""},
    {"INSERT INTO sums(a, b) VALUES(1, 2), (3, 4)", ""},
    {"INSERT INTO sums(a, b) VALUES(100, 0)", "error: CHECK constraint failed: a < 100"},
    {"INSERT INTO sums(a, b) VALUES('x', 0)",
     "error: cannot store TEXT value in INT column sums.a"},
    {"SELECT total FROM sums", "3;7"},
    {"CREATE INDEX by_total ON sums(total DESC) WHERE total > 3", ""},
    {"ALTER TABLE sums RENAME COLUMN b TO second", ""},
    {"SELECT second FROM sums UNION SELECT a FROM sums EXCEPT SELECT 3 ORDER BY 1", "1;2;4"},
    {"PRAGMA integrity_check", "ok"},
    {"PRAGMA foreign_key_check", ""},
};

static void answer_known_ones(void)
{
    sqlite3 *database = open_database(FILE_NAME);

    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++) {
        expect(database, KNOWN[i].sql, KNOWN[i].answer);
    }
    sqlite3_close(database);
    printf("known answers: %d wrong\n", failures);
}

/* What the table should hold: 0 where there is no row. */
struct model {
    uint32_t values[ROWS];
};

static uint32_t draw(uint32_t limit)
{
    static uint64_t state = 8;

    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(state >> 33) % limit;
}

static void change_both(sqlite3 *database, struct model *model)
{
    uint32_t key = draw(ROWS);
    uint32_t value = 1 + draw(100000);

    switch (draw(4)) {
    case 0:
        change(database, "DELETE FROM numbers WHERE key = %d", key);
        model->values[key] = 0;
        return;
    case 1:
        change(database, "UPDATE numbers SET value = value + 1 WHERE key BETWEEN %d AND %d", key,
               key + 9);
        for (uint32_t i = key; i < key + 10 && i < ROWS; i++) {
            model->values[i] += model->values[i] != 0;
        }
        return;
    default:
        change(database, "INSERT OR REPLACE INTO numbers VALUES(%d, %d, printf('%%*c', %d, 'x'))",
               key, value, 1 + value % 900);
        model->values[key] = value;
    }
}

static void compare(sqlite3 *database, const struct model *model)
{
    uint64_t sum = 0, weighted = 0, count = 0, even = 0;
    char wanted[200];

    for (uint32_t i = 0; i < ROWS; i++) {
        sum += model->values[i];
        weighted += (uint64_t)i * model->values[i];
        count += model->values[i] != 0;
        even += model->values[i] != 0 && model->values[i] % 2 == 0;
    }
    snprintf(wanted, sizeof wanted, "%llu|%llu|%llu", (unsigned long long)sum,
             (unsigned long long)weighted, (unsigned long long)count);
    expect(database,
           "SELECT coalesce(sum(value), 0), coalesce(sum(key * value), 0), count(*) FROM numbers",
           wanted);
    snprintf(wanted, sizeof wanted, "%llu", (unsigned long long)even);
    expect(database,
           "SELECT count(*) FROM numbers INDEXED BY by_value WHERE value >= 0 AND value % 2 = 0",
           wanted);
}

static const struct {
    const char *name;
    const char *pragmas;
} WAYS[] = {
    {"journal deleted", "PRAGMA journal_mode = DELETE"},
    {"journal cut", "PRAGMA journal_mode = TRUNCATE; PRAGMA page_size = 512"},
    {"journal kept, little cache", "PRAGMA journal_mode = PERSIST; PRAGMA cache_size = 5"},
    {"write-ahead log", "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 20"},
    {"file mapped into memory", "PRAGMA mmap_size = 1000000; PRAGMA page_size = 8192"},
    {"large pages, vacuum as it goes", "PRAGMA page_size = 65536; PRAGMA auto_vacuum = FULL"},
};

/* Changes in transactions, of which some are taken back, whole or in part. */
static void hold_against_model(const char *name, const char *pragmas, int rounds)
{
    static struct model model, saved;
    int failed = failures;
    sqlite3 *database;

    unlink(FILE_NAME);
    database = open_database(FILE_NAME);
    sqlite3_exec(database, pragmas, NULL, NULL, NULL);
    change(database, "CREATE TABLE numbers(key INTEGER PRIMARY KEY, value INT, padding TEXT)");
    change(database, "CREATE INDEX by_value ON numbers(value)");
    memset(&model, 0, sizeof model);
    for (int round = 0; round < rounds; round++) {
        uint32_t end = draw(4);

        saved = model;
        change(database, "BEGIN");
        for (int i = 0; i < 10; i++) {
            change_both(database, &model);
        }
        if (end == 1) {
            change(database, "SAVEPOINT half");
            struct model half = model;
            change_both(database, &model);
            change(database, "ROLLBACK TO half");
            model = half;
        }
        change(database, end == 0 ? "ROLLBACK" : "COMMIT");
        if (end == 0) {
            model = saved;
        }
        compare(database, &model);
    }
    change(database, "VACUUM");
    sqlite3_close(database);
    database = open_database(FILE_NAME);
    compare(database, &model);
    expect(database, "PRAGMA integrity_check", "ok");
    sqlite3_close(database);
    printf("%s: %d wrong\n", name, failures - failed);
}

static void start_counter(const char *journal)
{
    unlink(FILE_NAME);
    sqlite3 *database = open_database(FILE_NAME);
    change(database, "PRAGMA journal_mode = %s", journal);
    change(database, "CREATE TABLE counter(value INT)");
    change(database, "INSERT INTO counter VALUES(0)");
    sqlite3_close(database);
}

static void count(int times)
{
    sqlite3 *database = open_database(FILE_NAME);

    for (int i = 0; i < times; i++) {
        change(database, "BEGIN IMMEDIATE");
        change(database, "UPDATE counter SET value = value + 1");
        change(database, "COMMIT");
    }
    sqlite3_close(database);
}

/* Processes that write to one file, kept apart by locks of it, and of memory that they share. */
static void count_in_processes(const char *journal)
{
    int failed = failures;

    start_counter(journal);
    fflush(stdout);
    for (int i = 0; i < 3; i++) {
        if (fork() == 0) {
            failures = 0;
            count(15);
            fflush(stdout);
            _exit(failures != 0);
        }
    }
    for (int i = 0, status; i < 3; i++) {
        wait(&status);
        failures += status != 0;
    }
    sqlite3 *database = open_database(FILE_NAME);
    expect(database, "SELECT value FROM counter", "45");
    expect(database, "PRAGMA integrity_check", "ok");
    sqlite3_close(database);
    printf("processes, %s: %d wrong\n", journal, failures - failed);
}

static void *count_in_thread(void *failed)
{
    sqlite3 *database = open_database(FILE_NAME);

    for (int i = 0; i < 10; i++) {
        *(int *)failed |=
            sqlite3_exec(database, "BEGIN IMMEDIATE; UPDATE counter SET value = value + 1; COMMIT",
                         NULL, NULL, NULL);
    }
    sqlite3_close(database);
    return NULL;
}

static void count_in_threads(void)
{
    int failed[3] = {0};
    pthread_t threads[3];

    start_counter("DELETE");
    for (int i = 0; i < 3; i++) {
        pthread_create(&threads[i], NULL, count_in_thread, &failed[i]);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
    }
    sqlite3 *database = open_database(FILE_NAME);
    expect(database, "SELECT value FROM counter", "30");
    sqlite3_close(database);
    printf("threads: %d %d %d\n", failed[0], failed[1], failed[2]);
}

/* A process is killed with its transaction half written; who opens the file next takes that back.
 */
static void recover(const char *journal)
{
    int failed = failures;
    int status;

    start_counter(journal);
    sqlite3 *database = open_database(FILE_NAME);
    change(database, "CREATE TABLE filler(text)");
    sqlite3_close(database);
    pid_t child = fork();
    if (child == 0) {
        database = open_database(FILE_NAME);
        change(database, "PRAGMA cache_size = 2");
        change(database, "BEGIN");
        change(database, "UPDATE counter SET value = 1000");
        for (int i = 0; i < 60; i++) {
            change(database, "INSERT INTO filler VALUES(zeroblob(3000))");
        }
        kill(getpid(), SIGKILL);
    }
    waitpid(child, &status, 0);
    printf("%s, killed by %d, a journal is left: %d; ", journal, WTERMSIG(status),
           access(FILE_NAME "-journal", F_OK) == 0 || access(FILE_NAME "-wal", F_OK) == 0);
    database = open_database(FILE_NAME);
    expect(database, "SELECT value, (SELECT count(*) FROM filler) FROM counter", "0|0");
    expect(database, "PRAGMA integrity_check", "ok");
    sqlite3_close(database);
    printf("%d wrong\n", failures - failed);
}

/* A database that has no file: all of it is memory of this process. */
static void fill_memory(int megabytes)
{
    int failed = failures;
    char wanted[100];
    sqlite3 *database = open_database(":memory:");

    change(database, "CREATE TABLE filler(id INTEGER PRIMARY KEY, text)");
    change(database,
           "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
           "INSERT INTO filler SELECT i, hex(zeroblob(1996)) || printf('%%08d', i) FROM n",
           megabytes * 250);
    change(database, "UPDATE filler SET text = substr(text, 9) || id WHERE id %% 7 = 0");
    change(database, "DELETE FROM filler WHERE id %% 5 = 0");
    snprintf(wanted, sizeof wanted, "%d|1", megabytes * 200);
    expect(database, "SELECT count(*), min(substr(text, -length(id)) = '' || id) FROM filler",
           wanted);
    expect(database, "PRAGMA integrity_check", "ok");
    sqlite3_close(database);
    printf("in memory: %d wrong\n", failures - failed);
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 40;
    int megabytes = argc > 2 ? atoi(argv[2]) : 1;

    printf("SQLite %s\n", sqlite3_libversion());
    answer_known_ones();
    for (size_t i = 0; i < sizeof WAYS / sizeof *WAYS; i++) {
        hold_against_model(WAYS[i].name, WAYS[i].pragmas, rounds);
    }
    fill_memory(megabytes);
    count_in_processes("DELETE");
    count_in_processes("WAL");
    count_in_threads();
    recover("DELETE");
    recover("WAL");
    printf("%d statements, %d wrong\n", statements, failures);
    unlink(FILE_NAME);
    return failures != 0;
}
