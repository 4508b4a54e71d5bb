#!/bin/sh
# Installs jira-build-status from a release, for Linux and macOS. Needs curl or wget, tar and no root:
#
#   curl -fsSL https://github.com/OWNER/jira-build-status/releases/download/v0.1.0/install.sh -o install.sh
#   VERSION=0.1.0 BIN_DIR="$HOME/.local/bin" sh install.sh
#
# VERSION       0.1.0, or latest (latest)
# BIN_DIR       where the program is put ($HOME/.local/bin)
# RELEASES_URL  a mirror that holds latest/download/FILE and download/vVERSION/FILE
#
# The archive's checksum is always compared. Where the GitHub CLI is there and logged in (or GH_TOKEN is set), it also verifies
# that the release workflow of this repository built the archive. If either is wrong, nothing is installed and nothing is run.
set -eu

repository=OWNER/jira-build-status

fail() {
  echo "error: jira-build-status was not installed: $*" >&2
  exit 1
}

download() { # URL FILE
  if command -v curl >/dev/null 2>&1; then
    curl -fsSL --retry 2 --connect-timeout 15 --max-time 300 -o "$2" "$1" || fail "$1 cannot be downloaded"
  elif command -v wget >/dev/null 2>&1; then
    wget -q -T 60 -O "$2" "$1" || fail "$1 cannot be downloaded"
  else
    fail "there is neither curl nor wget"
  fi
}

sum() { # FILE
  if command -v sha256sum >/dev/null 2>&1; then
    sha256sum "$1"
  elif command -v shasum >/dev/null 2>&1; then
    shasum -a 256 "$1"
  elif command -v openssl >/dev/null 2>&1; then
    openssl dgst -sha256 -r "$1"
  else
    fail "there is no sha256sum, shasum or openssl to compare its checksum with"
  fi
}

target() {
  case $(uname -s)/$(uname -m) in
    Linux/x86_64 | Linux/amd64) echo x86_64-unknown-linux-musl ;;
    Linux/aarch64 | Linux/arm64) echo aarch64-unknown-linux-musl ;;
    Linux/armv7*) echo armv7-unknown-linux-musleabihf ;;
    Darwin/x86_64) echo x86_64-apple-darwin ;;
    Darwin/arm64) echo aarch64-apple-darwin ;;
    *) fail "there is no release for $(uname -s) on $(uname -m)" ;;
  esac
}

attested() { # FILE
  if ! command -v gh >/dev/null 2>&1 || ! gh attestation verify --help >/dev/null 2>&1; then
    echo "the attestation was not verified: there is no gh here that can"
  elif [ -z "${GH_TOKEN:-}${GITHUB_TOKEN:-}" ] && ! gh auth status --hostname github.com >/dev/null 2>&1; then
    echo "the attestation was not verified: gh is not logged in"
  else
    gh attestation verify "$1" --repo "$repository" >&2 || fail "its attestation is not that of $repository"
    echo "the attestation is that of $repository"
  fi
}

# A function that the last line calls: a script that was cut off does nothing.
main() {
  version=${VERSION:-latest}
  version=${version#v}
  case $version in
    *[!0-9A-Za-z.+-]*) fail "VERSION is $version, not a version such as 0.1.0" ;;
  esac
  releases=${RELEASES_URL:-https://github.com/$repository/releases}
  bin=${BIN_DIR:-${HOME:?BIN_DIR and HOME are not set}/.local/bin}
  target=$(target)
  archive=jira-build-status-$target.tar.gz
  from=$releases/download/v$version
  [ "$version" != latest ] || from=$releases/latest/download

  # Outside of the working directory, which may be a checkout.
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  trap 'exit 1' HUP INT TERM
  download "$from/$archive" "$work/$archive"
  download "$from/$archive.sha256" "$work/$archive.sha256"
  wanted=$(sed -n '1s/^\([0-9a-f]\{64\}\)\( .*\)\{0,1\}$/\1/p' "$work/$archive.sha256")
  [ -n "$wanted" ] || fail "$from/$archive.sha256 is not a checksum"
  found=$(sum "$work/$archive")
  found=${found%% *}
  [ "$found" = "$wanted" ] || fail "the checksum of $archive is $found, not $wanted"
  attestation=$(attested "$work/$archive")

  tar -xzf "$work/$archive" -C "$work"
  set -- "$work"/jira-build-status-*-"$target"/jira-build-status
  [ "$version" = latest ] || set -- "$work/jira-build-status-$version-$target/jira-build-status"
  [ -f "$1" ] || fail "$archive does not hold version $version"
  "$1" --version >"$work/version" || fail "the program does not run here"
  mkdir -p "$bin"
  # Renamed into place: a program that runs now is not written to.
  cp "$1" "$bin/.jira-build-status.$$"
  chmod 755 "$bin/.jira-build-status.$$"
  mv -f "$bin/.jira-build-status.$$" "$bin/jira-build-status"
  echo "installed $bin/jira-build-status, $(cat "$work/version"); the checksum is right, $attestation"
}

main
