# For the checks: a release of this checkout, made by the packing step of release.yml.

# release FOLDER: puts the archive for this machine, its checksum and the installers there. What is packed is the debug build, as
# quick as it gets, without the debugger's tables; .ci/checks/targets tries release builds.
release() {
  local target
  # As .ci/run has built them: each selection of packages has features of its own, and so builds of its own.
  cargo test --quiet --workspace --no-run
  target=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
  mkdir -p "$1"
  strip -o "$1/jira-build-status" "$target/debug/jira-build-status" 2>/dev/null || cp "$target/debug/jira-build-status" "$1/"
  .ci/pack "$(uname -m)-unknown-linux-musl" "$1/jira-build-status" "$1" >/dev/null
  rm "$1/jira-build-status"
  cp install.sh install.ps1 "$1/"
}
