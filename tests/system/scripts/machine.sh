#!/bin/sh
# What Linux found: lines that begin with "machine" may differ from machine to machine.
echo "kernel $(uname -srm)"
sed -n 's/^\(isa\|mmu\)\t*: /machine \1 /p' /proc/cpuinfo
echo "harts $(grep -c ^processor /proc/cpuinfo)"
echo "machine memory $(free -m | awk '/^Mem:/ { print $2 }') MiB"
echo "machine SBI $(dmesg | sed -n 's/.*SBI implementation ID=\(0x[0-9a-f]*\).*/\1/p')"
echo "extensions of SBI: $(dmesg | sed -n 's/.*SBI \([A-Z]*\) extension \(detected\|is available\).*/\1/p' | sort | xargs)"
echo "clock $(cat /sys/devices/system/clocksource/clocksource0/current_clocksource)"
echo "interrupts of the UART: $([ "$(awk '/ttyS0/ { print $2 }' /proc/interrupts)" -gt 0 ] && echo some || echo none)"
echo "interrupts of the timer: $([ "$(awk '/riscv-timer/ { print $2 }' /proc/interrupts)" -gt 0 ] && echo some || echo none)"
echo "complaints $(dmesg | grep -c 'BUG\|WARNING\|Oops\|Call Trace\|Unable to handle\|rcu.*stall')"
