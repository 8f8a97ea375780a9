#!/bin/sh
# /init of the initramfs, the first process of a booted Linux.
#
# The kernel hands on every NAME=VALUE of its command line that it does not know itself:
#   do="NAME..."    run /tests/NAME.sh, one after the other, then power off; without it, a shell that a person types at
#   end=reboot      at the end reboot rather than power off
#   end=switch      at the end go on with /init.sh of the disk that is mounted at /mnt, as its root file system
#   count=N, ...    read by those scripts
export PATH=/bin
/bin/busybox mkdir -p /bin /dev /proc /sys /tmp /mnt
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev

if [ -n "${do-}" ]; then
    for name in $do; do
        # shellcheck source=/dev/null
        (. "/tests/$name.sh")
    done
else
    echo
    echo "Linux $(uname -r) with busybox. 'load-modules' makes disks appear, 'exit' powers off."
    setsid cttyhack sh
fi
sync
case ${end-} in
reboot) reboot -f ;;
switch) exec switch_root /mnt /busybox sh /init.sh ;;
*) poweroff -f ;;
esac
