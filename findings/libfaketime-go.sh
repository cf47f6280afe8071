#!/bin/sh
# Does libfaketime shift the clock of every program that it is preloaded into?
# A good guess: yes. A Go program asks the kernel, not the C library, and keeps the real time.
# Needs Debian 12, whose package is unpacked, not installed, and Go.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

apt-get download -o APT::Sandbox::User="$(id -un)" libfaketime >/dev/null
dpkg -x libfaketime_0.9.10-*.deb debian
library=$(echo "$folder"/debian/usr/lib/*/faketime/libfaketimeMT.so.1)
cat >year.go <<'GO'
package main

import (
	"fmt"
	"time"
)

func main() { fmt.Println(time.Now().Year()) }
GO
go build -o year year.go
echo "libfaketime $(dpkg-deb --field libfaketime_*.deb Version), $(go version)"

real=$(date +%Y)
{
  echo "date: $(LD_PRELOAD=$library FAKETIME='@2040-06-15 12:00:00' date +%Y)"
  echo "Go: $(LD_PRELOAD=$library FAKETIME='@2040-06-15 12:00:00' ./year)"
} | tee seen
printf 'date: 2040\nGo: %s\n' "$real" >expected
cmp expected seen
