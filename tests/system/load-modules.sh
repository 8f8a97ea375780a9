#!/bin/sh
# /bin/load-modules of the initramfs: the modules of virtio disks and of ext4. Files are numbered in the order in which
# they depend on each other.
for module in /modules/*; do
    insmod "$module" || echo "load-modules: $module cannot be loaded"
done
