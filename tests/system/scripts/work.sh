#!/bin/sh
# Work of several kinds, with results that are known from elsewhere.
# shellcheck disable=SC2154 # count: MiB, from the kernel's command line
head -c "$((count << 20))" /dev/zero | tr '\0' 'p' | sha256sum

sum=0
for number in $(seq 1 20); do
    sum=$((sum + $(sh -c "expr $number \\* $number")))
done
echo "sum of squares $sum"

for name in one two three four; do
    (sleep 0.01; echo "$name" >"/tmp/$name") &
done
wait
cat /tmp/one /tmp/two /tmp/three /tmp/four | xargs

mkfifo /tmp/pipe
seq 1 20000 >/tmp/pipe &
awk '{ total += $1 } END { print "through a pipe", total }' </tmp/pipe

# Hundredths of a second since the start.
now() {
    sed 's/\.\(..\).*/\1/' /proc/uptime
}
start=$(now)
sleep 0.5
took=$(($(now) - start))
echo "half a second took $([ "$took" -ge 49 ] && [ "$took" -le 70 ] && echo half a second || echo "0.01 s * $took")"

sh -c 'kill -SEGV $$'
echo "killed by a signal: $?"
