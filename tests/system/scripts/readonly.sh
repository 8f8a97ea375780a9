#!/bin/sh
# A disk that the host gave read-only: /dev/vdb. What is refused, and that it can be read all the same.
echo "read-only: $(cat /sys/block/vdb/ro)"
mount -t ext4 /dev/vdb /mnt 2>/dev/null && touch /mnt/new 2>/dev/null && echo "could be written"
umount /mnt 2>/dev/null
mount -t ext4 -o ro /dev/vdb /mnt && echo "readable: $(sha256sum </mnt/from-host)"
umount /mnt
dd if=/dev/zero of=/dev/vdb bs=512 count=1 2>/dev/null || echo "dd refused"
