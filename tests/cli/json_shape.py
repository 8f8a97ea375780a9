"""json_shape.py - what the JSON of a run must look like, and the laws its numbers obey.

Written from docs/counters.md alone: the shape is closed, so a name too many is found as well as one
that is missing.
"""

from dataclasses import dataclass


@dataclass
class Maybe:
    """What need not be there."""

    shape: object


@dataclass
class Null:
    """null, or this."""

    shape: object


@dataclass
class Some:
    """A list of any length."""

    shape: object


@dataclass
class Either:
    """An object with this name among its names has the one shape, any other object the other."""

    name: str
    shape: object
    other: object


INTEGER = int
NUMBERS = lambda *names: {name: INTEGER for name in names}  # noqa: E731
SIZES = ("4K", "64K", "2M", "1G", "512G", "256T")
ARRAYS = ("l1i", "l1d", "l2")
CLASSES = ("compulsory", "flush", "conflict", "capacity", "upgrade", "fault")

LOOKUPS = NUMBERS("accesses", "hits", "misses")
ARRAY = {
    **LOOKUPS,
    **NUMBERS("negative_hits", "fills", "evictions", "invalidations"),
    **NUMBERS("back_invalidations", "moves", "unkept_misses", "valid"),
    "valid_by_size": NUMBERS(*SIZES, "none"),
    "by_size": {size: NUMBERS("hits", "misses") for size in (*SIZES, "none")},
    "by_access": {access: LOOKUPS for access in ("fetch", "load", "store")},
    "miss_class": Maybe(NUMBERS(*CLASSES)),
    "arrays": Maybe(Some({"name": str, **LOOKUPS, "valid": INTEGER})),
}
BANK = {
    **NUMBERS("sets", "ways", "entries"),
    "policy": str,
    "policy_assumed": bool,
    "pages_per_entry": INTEGER,
    "page_sizes": Some(str),
    "pieces": bool,
}
NAMED_BANKS = Some({"name": str, **BANK})
GEOMETRY = Either("banks", {"entries": INTEGER, "banks": NAMED_BANKS}, BANK)
L2_GEOMETRY = Either(
    "banks",
    {"entries": INTEGER, "banks": NAMED_BANKS, "inclusion": str},
    {**BANK, "inclusion": str},
)
WALK_CACHE = {"kind": str, "kind_assumed": bool, "strict": bool, "banks": NAMED_BANKS}
SHARE = {"l1i": LOOKUPS, "l1d": LOOKUPS, "l2": Null(LOOKUPS), "walks": INTEGER}
FENCE = NUMBERS("count", "entries_killed", "walk_cache_killed", "useless")
MAPPING = {**NUMBERS("l1i_misses", "l1d_misses"), "l2_misses": Null(INTEGER), "walks": INTEGER}
MAPPINGS = ("text", "data", "heap", "stack", "anonymous", "file", "elsewhere")
PROCESS = {
    "pid": INTEGER,
    "name": Null(str),
    "asid": Null(INTEGER),
    "exit": Null(INTEGER),
    "instructions": INTEGER,
    "by_mode": {"u": SHARE, "s": SHARE},
    "by_mapping": {mapping: MAPPING for mapping in MAPPINGS},
    **NUMBERS("minor_faults", "cow_faults", "ad_faults", "refused_faults"),
    **NUMBERS("swap_ins", "swap_outs", "resident_pages", "touched_pages"),
}
DISK = {
    "name": str,
    **NUMBERS("requests", "reads", "writes", "flushes", "bytes_read", "bytes_written", "failed"),
}
FUNCTION = {"symbol": str, **NUMBERS("l1i_misses", "l1d_misses", "l2_misses", "walks")}
COST = {"assumed": NUMBERS("l2", "pte"), "cycles": INTEGER}

HART = NUMBERS("instructions", "attempts", "exceptions", "interrupts", "ticks")
MMU = {
    "l1i": ARRAY,
    "l1d": ARRAY,
    "l2": Null(ARRAY),
    "walks": {
        **NUMBERS("count", "completed", "faulted", "pte_reads"),
        "pte_reads_by_level": [INTEGER] * 3,
        "walk_cache_hits": INTEGER,
        "walk_cache_hits_by_level": [INTEGER] * 3,
        "by_size": NUMBERS(*SIZES),
        **NUMBERS("a_updates", "d_updates"),
    },
    "faults": NUMBERS(
        "fetch_page", "load_page", "store_page", "fetch_access", "load_access", "store_access"
    ),
    "fences": {form: FENCE for form in ("all", "asid", "va", "va_asid")},
    "resets": NUMBERS("count", "entries_killed"),
    "by_mode": {"u": SHARE, "s": SHARE},
    "by_asid": {int: SHARE},
    "by_function": Some(FUNCTION),
    "cost": Maybe(COST),
}
RUN = {
    "schema": INTEGER,
    "version": str,
    **HART,
    "exit": {"reason": str, **NUMBERS("code", "status")},
    "tlb": {
        "preset": Null(str),
        "spec": str,
        "l1i": GEOMETRY,
        "l1d": GEOMETRY,
        "l2": Null(L2_GEOMETRY),
        "walk_cache": Null(WALK_CACHE),
        "asid_bits": INTEGER,
        "asid_assumed": bool,
        "page_sizes": [str] * 4,
        "invalid": Some(str),
        **{word: str for word in ("fence", "ad", "core_ad")},
        "seed": INTEGER,
    },
    **MMU,
    "roi": Null({**HART, **MMU}),
    "markers": NUMBERS(
        "begin", "end", "reset", "event", "unknown", "ignored_begins", "ignored_ends"
    ),
    "processes": Some(PROCESS),
    "disks": Some(DISK),
}


def mistakes_of_object(value, shape, path):
    """The same for an object; a shape {int: ...} has any numbers as keys."""
    if not isinstance(value, dict):
        yield f"{path} is no object"
        return
    if int in shape:
        shape = {key: shape[int] for key in value if key.isdigit()}
    wanted = [
        key for key, inner in shape.items() if not isinstance(inner, Maybe) or key in value
    ]
    if list(value) != wanted:
        yield f"{path}: the names are {list(value)}, not {wanted}"
        return
    for key in wanted:
        yield from mistakes(value[key], shape[key], f"{path}.{key}")


def mistakes_of_list(value, shapes, path):
    """The same for a list that has one shape per element."""
    if not isinstance(value, list) or len(value) != len(shapes):
        yield f"{path} is no list of {len(shapes)}"
        return
    for index, inner in enumerate(shapes):
        yield from mistakes(value[index], inner, f"{path}[{index}]")


def mistakes(value, shape, path="json"):
    """What is wrong with a value, as sentences."""
    if isinstance(shape, Maybe):
        yield from mistakes(value, shape.shape, path)
    elif isinstance(shape, Null):
        if value is not None:
            yield from mistakes(value, shape.shape, path)
    elif isinstance(shape, Either):
        yield from mistakes(value, shape.shape if shape.name in value else shape.other, path)
    elif isinstance(shape, Some):
        length = len(value) if isinstance(value, list) else 1
        yield from mistakes_of_list(value, [shape.shape] * length, path)
    elif isinstance(shape, dict):
        yield from mistakes_of_object(value, shape, path)
    elif isinstance(shape, list):
        yield from mistakes_of_list(value, shape, path)
    elif type(value) is not shape:
        yield f"{path} is no {shape.__name__}: {value!r}"
    elif shape is INTEGER and not 0 <= value < 2**63:
        yield f"{path} is out of range: {value}"


def presence(run, classes, cost=False):
    """What is there if and only if it should be: (words, is there, should be there)."""
    for where, counts in (("run", run), ("roi", run["roi"])):
        if counts is None:
            continue
        yield f"{where}: cost", "cost" in counts, cost
        for name in ARRAYS:
            array = counts[name]
            if array is not None:
                banks = run["tlb"][name].get("banks", [])
                names = [bank["name"] for bank in array.get("arrays", [])]
                yield f"{where}: {name}: miss_class", "miss_class" in array, classes
                yield f"{where}: {name}: arrays", "arrays" in array, len(banks) > 1
                yield f"{where}: {name}: banks", names, [bank["name"] for bank in banks]


def laws_of_array(name, array):
    """Those of one array alone."""
    without_page = array["by_size"]["none"]

    yield f"{name}: accesses", array["accesses"], array["hits"] + array["misses"]
    for kind in ("hits", "misses"):
        by_size = sum(size[kind] for size in array["by_size"].values())
        by_access = sum(access[kind] for access in array["by_access"].values())
        yield f"{name}: {kind} by size", array[kind], by_size
        yield f"{name}: {kind} by access", array[kind], by_access
    yield f"{name}: negative hits", array["negative_hits"], without_page["hits"]
    yield f"{name}: valid by size", array["valid"], sum(array["valid_by_size"].values())
    if "miss_class" in array:
        classes = array["miss_class"]
        yield f"{name}: misses by class", array["misses"], sum(classes.values())
        yield f"{name}: misses of class fault", classes["fault"], without_page["misses"]
    if "arrays" in array:
        rows = array["arrays"]
        with_page = array["misses"] - without_page["misses"]
        misses = sum(row["misses"] for row in rows) + array["unkept_misses"]
        yield f"{name}: hits by bank", array["hits"], sum(row["hits"] for row in rows)
        yield f"{name}: misses by bank", with_page, misses
        yield f"{name}: valid by bank", array["valid"], sum(row["valid"] for row in rows)
        for row in rows:
            yield f"{name}: {row['name']}", row["accesses"], row["hits"] + row["misses"]


def laws(counts):
    """The laws that hold for a whole run and for its regions: (words, left, right)."""
    arrays = {name: counts[name] for name in ARRAYS if counts[name] is not None}
    walks = counts["walks"]
    last = [arrays["l2"]] if "l2" in arrays else [arrays["l1i"], arrays["l1d"]]
    last_misses = sum(array["misses"] for array in last)

    for name, array in arrays.items():
        yield from laws_of_array(name, array)
        for kind in ("accesses", "hits", "misses"):
            for split in ("by_mode", "by_asid"):
                parts = sum(share[name][kind] for share in counts[split].values())
                yield f"{name}: {kind} {split}", array[kind], parts
        by_function = sum(row[f"{name}_misses"] for row in counts["by_function"])
        yield f"{name}: misses by function", array["misses"], by_function
    if "l2" in arrays:
        l1_misses = arrays["l1i"]["misses"] + arrays["l1d"]["misses"]
        yield "L2 accesses", arrays["l2"]["accesses"], l1_misses
    yield "walks", walks["count"], last_misses
    yield "walks by outcome", walks["count"], walks["completed"] + walks["faulted"]
    yield "walks by size", walks["completed"], sum(walks["by_size"].values())
    yield "PTE reads", walks["pte_reads"], sum(walks["pte_reads_by_level"])
    cached = sum(walks["walk_cache_hits_by_level"])
    yield "walk-cache hits", walks["walk_cache_hits"], cached
    by_function = sum(row["walks"] for row in counts["by_function"])
    yield "walks by function", walks["count"], by_function
    for split in ("by_mode", "by_asid"):
        yield f"walks {split}", walks["count"], sum(s["walks"] for s in counts[split].values())
    killed = sum(fence["entries_killed"] for fence in counts["fences"].values())
    killed += counts["resets"]["entries_killed"]
    killed += sum(array["back_invalidations"] for array in arrays.values())
    yield "killed", killed, sum(array["invalidations"] for array in arrays.values())


def laws_of_processes(run):
    """What the shares of all processes and none add up to."""
    processes = run["processes"]

    if not processes:
        return
    yield "the first is no process", processes[0]["pid"], 0
    pids = [process["pid"] for process in processes]
    yield "pids are in order, and differ", pids, sorted(set(pids))
    instructions = sum(process["instructions"] for process in processes)
    yield "instructions by process", run["instructions"], instructions
    for mode, share in run["by_mode"].items():
        shares = [process["by_mode"][mode] for process in processes]
        yield f"{mode}: walks by process", share["walks"], sum(one["walks"] for one in shares)
        for name in ARRAYS:
            for kind in ("accesses", "hits", "misses") if share[name] is not None else ():
                parts = sum(one[name][kind] for one in shares)
                yield f"{mode}: {name}: {kind} by process", share[name][kind], parts


def laws_of_run(run):
    """The laws of a whole run."""
    yield from laws(run)
    yield from laws_of_processes(run)
    for name in ARRAYS:
        array = run[name]
        if array is not None:
            gone = array["evictions"] + array["invalidations"] + array["moves"]
            left = array["fills"] - gone
            yield f"{name}: valid", array["valid"], left
