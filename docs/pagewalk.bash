# shellcheck shell=bash
# pagewalk.bash - completes the command line of pagewalk in bash: commands, options, their values, files.
#
# Commands, options and presets are those that the program on the command line tells, so no list here can
# be out of date. Only the words that an option takes stand below.

# The words that this option takes, whatever the command; fails if they cannot be listed.
_pagewalk_words() {
    case $2 in
    --access) echo fetch load store ;;
    --ad) echo hw svade svadu core ;;
    --classes) echo on off ;;
    --cost) echo l2= pte= ;;
    --engine) echo fast reference ;;
    --format) echo tap junit ;;
    --mmu) echo sv39 sv48 sv57 ;;
    --mode) echo u s ;;
    --signature-granularity) echo 4 8 16 ;;
    --swap) echo file: ;;
    --time) echo virtual host ;;
    --tlb) "$1" presets --json 2>/dev/null | sed -n 's/^ *"name": "\(.*\)",\{0,1\}$/\1/p' ;;
    --trace) echo insn: walk: ;;
    *) return 1 ;;
    esac
}

# The candidates, one a line, for a value that begins so: _pagewalk_value PROGRAM OPTION BEGINNING
_pagewalk_value() {
    local words prefix=
    case $2=$3 in
    --tlb=@*) prefix=@ ;;
    --trace=insn:* | --trace=walk:* | --swap=file:*) prefix=${3%%:*}: ;;
    --json=* | --signature=* | --symbols=* | --dump-dtb=* | --file=* | \
        --bios=* | --kernel=* | --initrd=* | --drive=* | --dtb=*) ;;
    --rules=* | --root=*)
        compgen -d -- "$3"
        return
        ;;
    *)
        words=$(_pagewalk_words "$1" "$2") && compgen -W "$words" -- "$3"
        return
        ;;
    esac
    compgen -P "$prefix" -f -- "${3#"$prefix"}"
}

# Every option of the command, with a = behind it if an argument may follow.
_pagewalk_options() {
    "$1" "$2" --help 2>/dev/null | sed -n -e 's/^  \(--[a-z-]*=\).*/\1/p' \
        -e 's/^  \(--[a-z-]*\)\[=.*/\1\n\1=/p' -e 's/^  \(--[a-z-]*\)\( .*\)\{0,1\}$/\1/p'
}

# Whether the argument of this option is the next word: the list has it with a = and not without.
_pagewalk_takes_next() {
    [[ $'\n'$2$'\n' == *$'\n'"$1="$'\n'* && $'\n'$2$'\n' != *$'\n'"$1"$'\n'* ]]
}

# The candidates for the last word of a line: _pagewalk_line PROGRAM COMMAND WORD...
_pagewalk_line() {
    local program=$1 command=$2 files=0 options
    shift 2
    options=$(_pagewalk_options "$program" "$command")
    while [ $# -gt 1 ]; do
        if _pagewalk_takes_next "$1" "$options"; then
            if [ $# -eq 2 ]; then
                _pagewalk_value "$program" "$1" "$2"
                return
            fi
            shift
        elif [[ $1 != -* ]]; then
            files=$((files + 1))
        fi
        shift
    done
    case $command:$files:$1 in
    *:0:--*=* | diff:?:--*=*)
        _pagewalk_value "$program" "${1%%=*}" "${1#*=}" | sed "s/^/${1%%=*}=/"
        ;;
    *:0:-* | diff:?:-*) compgen -W "$options" -- "$1" ;;
    run:* | stat:* | walk:0:* | diff:*) compgen -f -- "$1" ;;
    esac
}

_pagewalk() {
    local line=${COMP_LINE:0:COMP_POINT} words current i
    read -ra words <<<"$line"
    [[ $line != *[[:space:]] ]] || words+=('')
    current=${words[-1]}
    if [ ${#words[@]} -le 2 ]; then
        mapfile -t COMPREPLY < <(compgen -W "--help --version $("$1" --help 2>/dev/null |
            sed -n 's/^  pagewalk \([a-z]*\)  *[a-z].*/\1/p' | sort -u)" -- "$current")
    else
        mapfile -t COMPREPLY < <(_pagewalk_line "$1" "${words[@]:1}")
    fi
    [[ ${COMPREPLY[*]} != *[=:] ]] || compopt -o nospace 2>/dev/null
    [[ $current == --*=* || $current != -* ]] && compopt -o filenames 2>/dev/null

    # Bash replaces only what is behind the last of the characters at which it parts words.
    for ((i = ${#current}; i > 0; i--)); do
        if [[ ${current:i-1:1} == [=:@] && $COMP_WORDBREAKS == *"${current:i-1:1}"* ]]; then
            COMPREPLY=("${COMPREPLY[@]#"${current:0:i}"}")
            break
        fi
    done
}

complete -F _pagewalk pagewalk
