#!/usr/bin/env bash
# Installs what is missing and builds the tools into build/release. Written for Debian 12; safe to run again and again,
# and quick when nothing is to do.
#
#   bash setup.sh          leaves build/release/bin/mnv3c and mnv3-opt
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'setup.sh: %s\n' "$*" >&2; exit 1; }

# One line a reason: to build, the compiler's libraries, the tools' libraries, Halide's wheel, examples and tests, arm64; programs for
# 32-bit ARM, RISC-V and WebAssembly; boards, and C++ for them; a browser; the Debian package (what it depends on) and the test of the pkg-config file.
packages=(
  cmake ninja-build g++
  llvm-22-dev llvm-22-tools libmlir-22-dev mlir-22-tools clang-22
  libyaml-cpp-dev libfmt-dev zlib1g-dev libjemalloc-dev
  python3 python3-venv ca-certificates
  libpng-dev libjpeg-dev libgtest-dev
  g++-aarch64-linux-gnu qemu-user
  lld-22 libc6-dev-armhf-cross libgcc-12-dev-armhf-cross libc6-dev-riscv64-cross libgcc-12-dev-riscv64-cross
  wasi-libc libclang-rt-22-dev-wasm32 nodejs
  qemu-system-arm
  gcc-arm-none-eabi
  chromium
  dpkg-dev pkgconf
)

command -v dpkg-query >/dev/null || fail "this script knows Debian 12 only; elsewhere, install the like of: ${packages[*]}"
missing=()
for package in "${packages[@]}"; do
  [[ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" == installed ]] || missing+=("$package")
done

if ((${#missing[@]})); then
  if ((EUID == 0)); then as_root=()
  elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 ]]; }; then as_root=(sudo)
  else
    printf 'setup.sh: these Debian packages are missing, and installing them takes root. Please run\n\n  %s\n\nand then setup.sh again.\n' \
      "apt-get update && apt-get install -y --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  say "Installing Debian packages: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq
  # Debian 12 first came with LLVM 14; LLVM 22 is in its security updates.
  [[ "$(apt-cache policy llvm-22-dev 2>/dev/null)" == *Candidate:\ [0-9]* ]] || fail "apt knows no llvm-22-dev. It comes with Debian 12's security updates: \
/etc/apt/sources.list should have the line
  deb http://deb.debian.org/debian-security bookworm-security main"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null
fi

# Halide is on PyPI only. The wheel is unpacked into a venv, but nothing here runs it in Python: no dependencies.
requirements=codegen/requirements.txt
if ! cmp -s "$requirements" build/venv/installed.txt || [[ ! -e build/halide/include/Halide.h ]]; then
  say "Fetching $(grep -v '^#' "$requirements" | tr '\n' ' ')from PyPI into build/venv"
  mkdir -p build
  /usr/bin/python3 -m venv --clear build/venv # Debian's own python3: it is the one that python3-venv belongs to
  build/venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r "$requirements"
  # The presets look for Halide at build/halide, whichever Python this is.
  ln -sfn "$(build/venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("platlib"))')/halide" build/halide
  cp "$requirements" build/venv/installed.txt
fi

if [[ ! -e build/release/build.ninja ]]; then
  say "Configuring build/release"
  launcher=()
  if command -v ccache >/dev/null; then
    # It keeps results of whole files, and does not know whether precompiled headers are in them.
    launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON)
  fi
  # A configure that stops half way leaves no build.ninja, but a cache with its mistakes.
  cmake --preset release --fresh -DHALIDE_ROOT="$PWD/build/halide" "${launcher[@]}"
fi

say "Building mnv3c and mnv3-opt into build/release (from nothing: a few minutes)"
cmake --build build/release --parallel "$(nproc)" --target mnv3c mnv3-opt
say "Ready: build/release/bin/mnv3c"
