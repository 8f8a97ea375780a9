#!/bin/sh
# The disk /dev/vda with ext4: what the host wrote is read, files are written for the host, and a program runs from it.
load-modules
mount -t ext4 /dev/vda /mnt || exit
echo "from the host: $(sha256sum </mnt/from-host)"
tr abcdefghijklmnopqrstuvwxyz nopqrstuvwxyzabcdefghijklm </mnt/from-host >/mnt/from-guest
mkdir -p /mnt/many
for number in $(seq 1 50); do
    echo "file $number" >"/mnt/many/$number"
done
rm "/mnt/many/7"
mv "/mnt/many/8" "/mnt/eight"
echo "a program on the disk: $(/mnt/busybox expr 6 \* 7)"
umount /mnt
mount -t ext4 -o ro /dev/vda /mnt
echo "after a mount: $(find /mnt/many -type f | wc -l) files, $(cat /mnt/eight)"
umount /mnt
