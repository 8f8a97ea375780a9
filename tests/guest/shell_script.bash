#!/bin/bash
# shell_script.bash - a program in bash that uses most of what bash can; it prints the same wherever it runs.
# Usage: shell_script.bash BUSYBOX, which is the only other program that it needs.

set -u
busybox=$1
cd "${0%/*}" || exit 1
"$busybox" mkdir work && cd work || exit 1
LC_ALL=C
shopt -s extglob # before what is read with it

section() {
    printf '\n== %s, part %s ==\n' "$1" "$((++sections))"
}
declare -i sections=0

section "arrays"
fruits=(pear apple "green fig" plum)
fruits+=(cherry)
fruits[9]=last
unset 'fruits[0]'
echo "${#fruits[@]} of ${!fruits[*]}: ${fruits[2]}, ${fruits[-1]}"
printf '<%s>' "${fruits[@]:2:2}"
echo
declare -A ages=([ann]=31 [bob]=27 ["dr who"]=900)
ages[bob]+=0
for name in ann bob "dr who" nobody; do
    echo "$name: ${ages[$name]-unknown}"
done
unset 'ages[ann]'
echo "${#ages[@]} left"
sum=0
for age in "${ages[@]}"; do
    ((sum += age))
done
echo "sum $sum"

section "functions"
factorial() {
    local n=$1
    if ((n <= 1)); then
        echo 1
        return
    fi
    echo $((n * $(factorial $((n - 1)))))
}
factorial 8
swap_values() {
    local -n one=$1 other=$2
    local kept=$one
    one=$other
    other=$kept
}
left=l right=r
swap_values left right
echo "$left $right"
outer() { local shown=outer; inner; }
inner() { echo "inner sees ${shown}, called by ${FUNCNAME[1]}"; }
outer
fails() { return 42; }
fails
echo "status $?"
count_arguments() { echo "$# arguments, last '${*: -1}'"; }
count_arguments a 'b c' "" "${fruits[@]}"

section "arithmetic"
primes=()
for ((candidate = 2; candidate < 60; candidate++)); do
    for ((divisor = 2; divisor * divisor <= candidate; divisor++)); do
        ((candidate % divisor == 0)) && continue 2
    done
    primes+=("$candidate")
done
echo "${primes[*]}"
echo $((2 ** 62)) $((-17 / 5)) $((-17 % 5)) $((0xff & ~0x0f)) $((36#zz)) $((1 ? 2 : 3)) $((5 <= 4 || 3 > 2))
a=7
((a <<= 2, a ^= 5))
let "b = a++ * 2" "c = --a"
echo "$a $b $c"
fibonacci=(0 1)
while ((${#fibonacci[@]} < 50)); do
    fibonacci+=($((fibonacci[-1] + fibonacci[-2])))
done
echo "${fibonacci[49]}"

section "strings"
path=/usr/local/lib/libexample.so.1.2.3
echo "${path##*/} ${path%/*} ${path%%.*} ${path#*lib} ${path/lib/LIB} ${path//lib/LIB} ${path/%3/4}"
echo "${#path} ${path:5:5} ${path: -5} ${path:0:${#path}-6}"
word=hELLO
echo "${word,,} ${word^^} ${word~~} ${word^} ${word@Q}"
echo "${unset_one:-default} ${unset_one:=assigned} ${unset_one:+other} ${word:?never}"
printf '%5d|%-5s|%05.1f|%x|%o|%c|%q|%b|%%\n' 42 ab 3.14159 255 8 xyz 'a b' 'tab\there'
printf -v padded '%08.3f' 2.5
echo "$padded"
text=$'first\tline\nsecond "line"\x21'
echo "$text"
reversed=
for ((i = ${#word} - 1; i >= 0; i--)); do
    reversed+=${word:i:1}
done
echo "$reversed"

section "patterns"
classify() {
    case $1 in
    [0-9] | [0-9][0-9]) echo "small number" ;;
    +([0-9])) echo "number" ;;
    *.tar.@(gz|xz)) echo "archive" ;;
    !(*a*)) echo "without an a" ;;&
    *e*) echo "with an e" ;;
    *) echo "something else" ;;
    esac
}
for item in 7 1234 x.tar.gz hello banana apple; do
    echo "$item: $(classify "$item" | "$busybox" tr '\n' ',')"
done
if [[ "2024-02-29T12:30" =~ ^([0-9]{4})-([0-9]{2})-([0-9]{2})(T(.*))?$ ]]; then
    echo "year ${BASH_REMATCH[1]}, time ${BASH_REMATCH[5]}"
fi
[[ abc < abd && ! -e nothing && -d . && abc == a?c ]] && echo "all true"
: >a1.txt
: >a2.txt
: >b1.dat
"$busybox" mkdir -p deep/er
: >deep/er/c.txt
shopt -s globstar nullglob
echo *.txt -- [!a]* -- none* -- **/*.txt -- {x,y}{1..3} {08..10} {e..a..2}

section "redirections"
{
    echo "to the file"
    echo "to the errors" >&2
} >out 2>err
echo "$(<out), $(<err)"
exec 3>numbered
for i in {1..5}; do echo "line $i" >&3; done
exec 3>&-
while read -r _ number; do ((number % 2)) && echo "odd $number"; done <numbered
exec 4<>numbered
read -r -u 4 first
echo changed >&4
exec 4<&-
echo "$first"
"$busybox" sed -n 2p numbered
mapfile -t lines <numbered
echo "${#lines[@]} lines, third: ${lines[2]}"
set -o noclobber
(echo no >numbered) 2>/dev/null || echo "not overwritten"
set +o noclobber
"$busybox" cat <<-END
	a document of $((40 + 2)) words, ${fruits[1]}
	END
"$busybox" tr a-z A-Z <<'END'
nothing is $expanded here
END
"$busybox" rev <<<"a here-string"

section "pipelines and processes"
seq_of() { "$busybox" seq "$@"; }
seq_of 1 2000 | "$busybox" grep 7 | "$busybox" sort -rn | while read -r n; do
    ((n < 100)) && echo -n "$n "
done
echo
false | true | (exit 3)
echo "${PIPESTATUS[*]}"
set -o pipefail
false | true
echo "pipefail: $?"
set +o pipefail
while read -r one two; do echo "$two-$one"; done < <(echo "a b"; echo "c d")
"$busybox" cmp <(seq_of 5) <(seq_of 5) && echo "the same"
seq_of 3 > >("$busybox" sed 's/^/through /' >filtered)
wait $!
"$busybox" cat filtered
coproc doubler { while read -r n; do echo $((2 * n)); done; }
for n in 4 21; do
    echo "$n" >&"${doubler[1]}"
    read -r answer <&"${doubler[0]}"
    echo "twice $n is $answer"
done
input=${doubler[1]}
coprocess=$doubler_PID # bash forgets both as soon as it hears of the end
exec {input}>&-
wait "$coprocess"
echo "coprocess ended with $?"
for i in 3 1 2; do
    { "$busybox" usleep $((i * 100000)); echo "job $i"; } &
done
wait
(exit 9) &
wait $!
echo "status $?"
depth() { (($1 == 0)) && echo "bottom" || (depth $(($1 - 1))); }
depth 12
lastpipe=unchanged
echo changed | read -r lastpipe
echo "$lastpipe"
times_run=0
until ((times_run >= 3)); do ((++times_run)); done
echo "$times_run $BASH_SUBSHELL $(echo $BASH_SUBSHELL)"

section "signals"
trap 'echo "caught USR1"' USR1
kill -USR1 $$
"$busybox" kill -USR1 $$
trap - USR1
(
    trap 'echo "leaving with $?"' EXIT
    trap 'echo terminated; exit 7' TERM
    kill -TERM $BASHPID
    echo "never here"
)
echo "subshell: $?"
"$busybox" sleep 100 &
kill -KILL $!
wait $! 2>/dev/null
echo "killed: $?"
trap 'echo "failed in ${FUNCNAME[0]:-main}"' ERR
false
trap - ERR
debugged=0
trap '((debugged++))' DEBUG
: one
: two
trap - DEBUG
echo "commands: $debugged"

section "options"
parse() {
    local OPTIND=1 option verbose=0 output=none
    while getopts ":vo:" option; do
        case $option in
        v) ((++verbose)) ;;
        o) output=$OPTARG ;;
        :) echo "-$OPTARG wants a value" ;;
        ?) echo "no option -$OPTARG" ;;
        esac
    done
    shift $((OPTIND - 1))
    echo "verbose $verbose, output $output, rest: $*"
}
parse -v -o file -v one two
parse -x -o
set -- a b c d
shift 2
echo "$# $1 $*"
IFS=: read -r user _ rest <<<"root:x:0:0"
echo "$user $rest"
IFS=, eval 'echo "$*"'
readonly constant=1
(constant=2) 2>/dev/null || echo "constant"
eval 'made_by_eval=$((6 * 7))'
echo "$made_by_eval ${!made_*} $(type -t parse) $(type -t cd) $(command -v echo)"
printf '%s\n' zebra ant bee | "$busybox" sort | { mapfile -t sorted; echo "${sorted[@]}"; }
echo "$sections sections, ${SHLVL:+nested}, ${#BASH_VERSINFO[@]} parts of a version"
cd .. && "$busybox" rm -r work
exit 0
