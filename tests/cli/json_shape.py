"""json_shape.py - what the JSON of a run must look like, and the laws its numbers obey.

Written from docs/counters.md alone: the shape is closed, so a name too many is found as well as one
that is missing.
"""

INTEGER = int
NUMBERS = lambda *names: {name: INTEGER for name in names}  # noqa: E731
SIZES = ("4K", "64K", "2M", "1G", "512G", "256T")
ARRAYS = ("l1i", "l1d", "l2")

LOOKUPS = NUMBERS("accesses", "hits", "misses")
ARRAY = {
    **LOOKUPS,
    **NUMBERS("negative_hits", "fills", "evictions", "invalidations", "valid"),
    "by_size": {size: NUMBERS("hits", "misses") for size in (*SIZES, "none")},
    "by_access": {access: LOOKUPS for access in ("fetch", "load", "store")},
}
GEOMETRY = {**NUMBERS("sets", "ways", "entries"), "policy": str}
SHARE = {"l1i": LOOKUPS, "l1d": LOOKUPS, "l2": LOOKUPS, "walks": INTEGER}
FENCE = NUMBERS("count", "entries_killed", "walk_cache_killed", "useless")

HART = NUMBERS("instructions", "attempts", "exceptions", "interrupts", "ticks")
MMU = {
    "l1i": ARRAY,
    "l1d": ARRAY,
    "l2": ARRAY,
    "walks": {
        **NUMBERS("count", "completed", "faulted", "pte_reads"),
        "pte_reads_by_level": [INTEGER] * 3,
        "by_size": NUMBERS(*SIZES),
        **NUMBERS("a_updates", "d_updates"),
    },
    "faults": NUMBERS(
        "fetch_page", "load_page", "store_page", "fetch_access", "load_access", "store_access"
    ),
    "fences": {form: FENCE for form in ("all", "asid", "va", "va_asid")},
    "by_mode": {"u": SHARE, "s": SHARE},
    "by_asid": {int: SHARE},
}
RUN = {
    "schema": INTEGER,
    "version": str,
    **HART,
    "exit": {"reason": str, **NUMBERS("code", "status")},
    "tlb": {
        **{array: GEOMETRY for array in ARRAYS},
        "asid_bits": INTEGER,
        "page_sizes": [str] * 4,
        "ad": str,
    },
    **MMU,
    "roi": {**HART, **MMU},
    "markers": NUMBERS(
        "begin", "end", "reset", "event", "unknown", "ignored_begins", "ignored_ends"
    ),
}


def mistakes_of_object(value, shape, path):
    """The same for an object; a shape {int: ...} has any numbers as keys."""
    if int in shape:
        shape = {key: shape[int] for key in value if key.isdigit()}
    if list(value) != list(shape):
        yield f"{path}: the names are {list(value)}, not {list(shape)}"
        return
    for key, inner in shape.items():
        if value[key] is None and (key in ("l2", "roi")):
            continue
        yield from mistakes(value[key], inner, f"{path}.{key}")


def mistakes(value, shape, path="json"):
    """What is wrong with a value, as sentences. l2 and roi may be null."""
    if isinstance(shape, dict):
        if isinstance(value, dict):
            yield from mistakes_of_object(value, shape, path)
        else:
            yield f"{path} is no object"
    elif isinstance(shape, list):
        if not isinstance(value, list) or len(value) != len(shape):
            yield f"{path} is no list of {len(shape)}"
        else:
            for index, inner in enumerate(shape):
                yield from mistakes(value[index], inner, f"{path}[{index}]")
    elif type(value) is not shape:
        yield f"{path} is no {shape.__name__}: {value!r}"
    elif shape is INTEGER and not 0 <= value < 2**63:
        yield f"{path} is out of range: {value}"


def laws(counts):
    """The laws that hold for a whole run and for its regions: (words, left, right)."""
    arrays = {name: counts[name] for name in ARRAYS if counts[name] is not None}
    walks = counts["walks"]
    last = [arrays["l2"]] if "l2" in arrays else [arrays["l1i"], arrays["l1d"]]
    last_misses = sum(array["misses"] for array in last)

    for name, array in arrays.items():
        yield f"{name}: accesses", array["accesses"], array["hits"] + array["misses"]
        for kind in ("hits", "misses"):
            by_size = sum(size[kind] for size in array["by_size"].values())
            by_access = sum(access[kind] for access in array["by_access"].values())
            yield f"{name}: {kind} by size", array[kind], by_size
            yield f"{name}: {kind} by access", array[kind], by_access
        for kind in ("accesses", "hits", "misses"):
            for split in ("by_mode", "by_asid"):
                parts = sum(share[name][kind] for share in counts[split].values())
                yield f"{name}: {kind} {split}", array[kind], parts
    if "l2" in arrays:
        l1_misses = arrays["l1i"]["misses"] + arrays["l1d"]["misses"]
        yield "L2 accesses", arrays["l2"]["accesses"], l1_misses
    yield "walks", walks["count"], last_misses
    yield "walks by outcome", walks["count"], walks["completed"] + walks["faulted"]
    yield "walks by size", walks["completed"], sum(walks["by_size"].values())
    yield "PTE reads", walks["pte_reads"], sum(walks["pte_reads_by_level"])
    for split in ("by_mode", "by_asid"):
        yield f"walks {split}", walks["count"], sum(s["walks"] for s in counts[split].values())
    killed = sum(fence["entries_killed"] for fence in counts["fences"].values())
    yield "killed", killed, sum(array["invalidations"] for array in arrays.values())


def laws_of_run(run):
    """The laws of a whole run."""
    yield from laws(run)
    for name in ARRAYS:
        array = run[name]
        if array is not None:
            left = array["fills"] - array["evictions"] - array["invalidations"]
            yield f"{name}: valid", array["valid"], left
