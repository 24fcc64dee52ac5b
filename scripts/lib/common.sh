# What the scripts share. Sourced after `set -euo pipefail`; goes to the repository's root.
# shellcheck shell=bash

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
repo=$PWD
# Debian's own interpreter: the one on PATH may be another version, or a wrapper that chooses one.
system_python=/usr/bin/python3
jobs=$(nproc)
# Let ccache find again what another checkout of the same sources has compiled.
export CCACHE_BASEDIR=$repo CCACHE_NOHASHDIR=1

build_packages=(ca-certificates cmake g++ libarchive-dev libboost-dev libcli11-dev libcurl4-openssl-dev libfmt-dev libmd-dev
  libprotobuf-dev libspdlog-dev libsqlite3-dev ninja-build nlohmann-json3-dev protobuf-compiler python3 python3-venv zlib1g-dev)
fuzz_packages=(clang-14 libclang-rt-14-dev)
test_packages=(catch2 ccache clang-format-14 clang-tidy-14 git)

die() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

# step TEXT COMMAND...: run the command with its output in a log and say how long it took; if it fails,
# show the log's end and stop.
step() {
  local text=$1 log status=0 started=$SECONDS
  shift
  mkdir -p build/log
  log=build/log/$(basename "$0")-${1//_/-}.log
  printf '%-44s' "$text"
  ("$@") >"$log" 2>&1 </dev/null || status=$?
  if [ "$status" != 0 ]; then
    printf 'failed after %d s\n' $((SECONDS - started))
    tail -n 30 "$log" >&2
    die "$text: failed with status $status; the whole log is $log"
  fi
  printf '%4d s\n' $((SECONDS - started))
}

# missing_packages PACKAGE...: those that are not installed, one a line.
missing_packages() {
  local package
  for package in "$@"; do
    if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
      echo "$package"
    fi
  done
}

# install_packages PACKAGE...: install what is missing with apt-get; does nothing when all is there.
install_packages() {
  local missing id='' version='' tries=0
  if command -v dpkg-query >/dev/null; then
    mapfile -t missing < <(missing_packages "$@")
  else
    missing=("$@")
  fi
  [ ${#missing[@]} != 0 ] || return 0
  if [ -r /etc/os-release ]; then
    id=$(. /etc/os-release && echo "${ID:-}")
    version=$(. /etc/os-release && echo "${VERSION_ID:-}")
  fi
  [ "$id $version" = "debian 12" ] ||
    die "packages can be installed on Debian 12 only, and this is '${id:-unknown} $version'; install what corresponds to: ${missing[*]}"
  [ "$(id -u)" = 0 ] || command -v sudo >/dev/null ||
    die "not root, and sudo is not there; as root: apt-get install --no-install-recommends ${missing[*]}"
  echo "installing: ${missing[*]}"
  # `apt-get update` does not wait for another apt that holds the package lists, so try again.
  until as_root apt-get -qq update; do
    tries=$((tries + 1))
    [ "$tries" -lt 5 ] || die "apt-get update failed; is there a network?"
    sleep 10
  done
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
    -o DPkg::Lock::Timeout=300 install "${missing[@]}" || die "apt-get cannot install: ${missing[*]}"
}

# make_venv [VERSION [PYTHON]]: an environment with scripts/requirements/VERSION.txt, made anew only when that file or
# the interpreter changed: .venv for 2.15, else .venv-VERSION.
# May run in the background: whoever calls it meanwhile waits for it.
make_venv() (
  version=${1:-2.15} python=${2:-$system_python}
  venv=.venv-$version requirements=scripts/requirements/$version.txt options=()
  case $version in
    2.15) venv=.venv needs='(3, 9) <= v <= (3, 11)' ;;
    newest) needs='v == (3, 11)' options=(--no-deps) ;;
    *) needs=True ;;
  esac
  [ -x "$python" ] || die "$python is not there; install python3 and python3-venv"
  "$python" -c "import sys; v = sys.version_info[:2]; sys.exit(not ($needs))" ||
    die "$python is $("$python" -V), and TensorFlow $version needs another (v is its version): $needs"
  mkdir -p build
  exec {lock}>"build/venv-$version.lock"
  flock "$lock"
  want=$({ "$python" -V; cat "$requirements"; } | sha256sum)
  if [ "$(cat "$venv/requirements.sha256" 2>/dev/null)" = "$want" ] && "$venv/bin/python" -c ''; then
    exit 0
  fi
  "$python" -m venv --clear "$venv" || die "cannot make $venv; is python3-venv installed?"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input "${options[@]}" -r "$requirements" ||
    die "pip cannot install $requirements; is there a network?"
  echo "$want" >"$venv/requirements.sha256"
)

# build PRESET [--target TARGET...] [-- CMAKE_OPTION...]: configure and build into build/PRESET.
build() {
  local preset=$1 targets=()
  shift
  while [ $# != 0 ] && [ "$1" != -- ]; do
    targets+=("$1")
    shift
  done
  [ $# = 0 ] || shift
  cmake --preset "$preset" -DPython3_EXECUTABLE="$system_python" "$@" || return
  cmake --build --preset "$preset" --parallel "$jobs" "${targets[@]}"
}
