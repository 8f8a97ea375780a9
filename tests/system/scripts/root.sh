#!/bin/sh
# The disk as root file system: its /init.sh goes on as the first process.
load-modules
mount -t ext4 /dev/vda /mnt
