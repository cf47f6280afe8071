#!/bin/sh
# How long are the blocks that promtool writes with --max-block-duration=480h?
# A good guess: 480 h, or 20 days. They are the largest of 2 h, 6 h, 18 h, 54 h, 162 h, ... that fits: two hours times a power of three.
# Needs Debian 12, whose package is unpacked, not installed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

apt-get download -o APT::Sandbox::User="$(id -un)" prometheus >/dev/null
dpkg -x prometheus_2.42.*.deb debian
promtool=$folder/debian/usr/bin/promtool
"$promtool" --version 2>&1 | head -n 1

# One sample an hour for 60 days, from a boundary of all the lengths on.
start=$((162 * 3600 * 3000))
hour=0
{
  echo '# TYPE hours gauge'
  while [ "$hour" -lt 1440 ]; do
    echo "hours $hour $((start + hour * 3600))"
    hour=$((hour + 1))
  done
  echo '# EOF'
} >history.om
"$promtool" tsdb create-blocks-from openmetrics --max-block-duration=480h history.om data >/dev/null

# The time between the first samples of neighbouring blocks, in hours.
sed -n 's/.*"minTime": *\([0-9]*\).*/\1/p' data/*/meta.json | sort -n |
  awk 'NR > 1 { print ($1 - last) / 3600000 } { last = $1 }' | sort -u | tee seen
printf '162\n' >expected
cmp expected seen
