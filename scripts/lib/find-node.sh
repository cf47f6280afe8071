# Sourced by the scripts beside this folder: finds a Node that can run them, and runs one.
#
#   . lib/find-node.sh
#   run_on_node up.ts "$@"
#
# The checkout's own Node (node_modules/.bin/node) comes first, then the machine's from 22.20 on. Where there is none,
# `--install` among the arguments lets npm bring the checkout's own, and apt-get bring npm.
# shellcheck shell=sh

scripts=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")" && pwd)
checkout=$(dirname -- "$scripts")

# Whether a program is a Node that strips types (22.20 or later).
node_will_do() {
  [ -x "$1" ] || return 1
  version=$("$1" --version 2>/dev/null) || return 1
  version=${version#v}
  major=${version%%.*}
  minor=${version#*.}
  minor=${minor%%.*}
  case $major.$minor in
    .* | *. | *[!0-9.]*) return 1 ;;
  esac
  [ "$major" -gt 22 ] || { [ "$major" -eq 22 ] && [ "$minor" -ge 20 ]; }
}

# Runs a command as root, through sudo where that is needed.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    echo "needs root, and there is no sudo: $*" >&2
    return 1
  fi
}

find_node() {
  for candidate in "$checkout/node_modules/.bin/node" "$(command -v node 2>/dev/null)"; do
    if [ -n "$candidate" ] && node_will_do "$candidate"; then
      node=$candidate
      return 0
    fi
  done
  return 1
}

install_node() {
  if ! command -v npm >/dev/null 2>&1; then
    if ! command -v apt-get >/dev/null 2>&1; then
      echo 'There is neither npm nor apt-get here: install Node 22.20 or later by hand (https://nodejs.org).' >&2
      return 1
    fi
    echo 'Installing npm from the distribution …'
    as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends nodejs npm ca-certificates || {
      echo "npm could not be installed: are the distribution's packages within reach?" >&2
      return 1
    }
  fi
  echo 'Installing the npm packages, Node itself among them …'
  (cd "$checkout" && npm ci --no-audit --no-fund) || {
    echo 'npm ci failed. Without access to a registry, copy node_modules from a checkout of the same commit.' >&2
    return 1
  }
}

run_on_node() {
  entry=$1
  shift
  if ! find_node; then
    wanted=no
    for argument in "$@"; do
      [ "$argument" = --install ] && wanted=yes
    done
    if [ "$wanted" = no ]; then
      echo 'No Node 22.20 or later was found.' >&2
      if command -v npm >/dev/null 2>&1; then
        echo "  to install it:  (cd $checkout && npm ci)" >&2
      else
        echo "  to install it:  apt-get install nodejs npm && (cd $checkout && npm ci)" >&2
      fi
      echo '  or run the script with --install' >&2
      exit 1
    fi
    install_node && find_node || {
      echo 'No Node 22.20 or later was found.' >&2
      exit 1
    }
  fi
  # The checkout's programs first, so that everything started from here finds the same Node.
  PATH=$checkout/node_modules/.bin:$PATH
  export PATH
  exec "$node" "$scripts/$entry" "$@"
}
