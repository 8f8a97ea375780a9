#!/bin/sh
# /init.sh of a disk that is the root file system: the first process, after the initramfs has gone.
/busybox mkdir -p /proc
/busybox mount -t proc proc /proc
# shellcheck disable=SC2016 # of awk
echo "root is $(/busybox awk '$2 == "/" && $3 != "rootfs" { print $1, $3 }' /proc/mounts), process $$"
echo "written by the guest" >/from-root
/busybox sync
/busybox mount -o remount,ro /
/busybox poweroff -f
