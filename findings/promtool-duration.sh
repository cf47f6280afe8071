#!/bin/sh
# What does humanizeDuration print for three hours that an expression computes, in promtool 2.42?
# A good guess: "3h 0m 0s". A difference of decimals may fall short of the whole second by rounding, and the function cuts
# instead of rounding: "2h 59m 59s". Alert texts round the seconds first.
# Needs Debian 12, whose package is unpacked, not installed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

apt-get download -o APT::Sandbox::User="$(id -un)" prometheus >/dev/null
dpkg -x prometheus_2.42.*.deb debian
promtool=$folder/debian/usr/bin/promtool
"$promtool" --version 2>&1 | head -n 1

: >seen
for expression in 'window * (end - passed)' 'round(window * (end - passed))'; do
  cat >rules.yaml <<YAML
groups:
  - name: a
    rules:
      - alert: Left
        expr: '$expression'
        annotations: { left: '{{ \$value | humanizeDuration }}' }
YAML
  # From 40 % to 70 % of a window of 36000 s: 10800 s.
  cat >test.yaml <<YAML
rule_files: [rules.yaml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - { series: window, values: '36000x1' }
      - { series: end, values: '0.7x1' }
      - { series: passed, values: '0.4x1' }
    alert_rule_test:
      - eval_time: 1m
        alertname: Left
        exp_alerts: [{ exp_annotations: { left: '?' } }]
YAML
  "$promtool" test rules test.yaml 2>&1 | sed -n 's/.*left="\([0-9hms ]*\)".*/\1/p' | tail -n 1 | sed "s/^/$expression: /" | tee -a seen
done
cat >expected <<'TXT'
window * (end - passed): 2h 59m 59s
round(window * (end - passed)): 3h 0m 0s
TXT
cmp expected seen
