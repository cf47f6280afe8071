#!/bin/sh
# Does `promtool test rules` evaluate a group at the group's own interval?
# A good guess: yes, as the server does. It evaluates every group at the test's evaluation_interval.
# Needs Debian 12, whose package is unpacked, not installed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

apt-get download -o APT::Sandbox::User="$(id -un)" prometheus >/dev/null
dpkg -x prometheus_2.42.*.deb debian
promtool=$folder/debian/usr/bin/promtool
"$promtool" --version 2>&1 | head -n 1

cat >rules.yml <<'YAML'
groups:
  - name: hourly
    interval: 1h
    rules:
      - record: evaluated_at
        expr: time()
YAML
cat >test.yml <<'YAML'
rule_files: [rules.yml]
evaluation_interval: 1m
tests:
  - interval: 1m
    promql_expr_test:
      # In ten minutes: at most one evaluation by the group's interval, eleven by that of the test.
      - expr: count_over_time(evaluated_at[10m])
        eval_time: 30m
        exp_samples: [{ labels: '{}', value: 11 }]
      - expr: evaluated_at
        eval_time: 30m
        exp_samples: [{ labels: 'evaluated_at', value: 1800 }]
YAML
"$promtool" test rules test.yml
