# Three stages: `build` compiles and lays out what the others hold, `minimal` (the default) is the binary and certificates alone,
# `shell` adds a static busybox, for GitLab and Jenkins, which run their scripts with the image's sh.
# Both final stages copy from `build` alone, so a prebuilt folder can stand in for it: --build-context build=FOLDER.
#
#   docker build --tag jira-build-status .
#   docker build --tag jira-build-status:shell --target shell .

# The tag moves, the digest does not; .github/dependabot.yml keeps both up to date.
FROM rust:1.95-alpine@sha256:606fd313a0f49743ee2a7bd49a0914bab7deedb12791f3a846a34a4711db7ed2 AS build
RUN apk add --no-cache busybox-static ca-certificates musl-dev
WORKDIR /src
# Paths of this stage would stand in the binary; it is the same wherever it is built. The last flag is that of .cargo/config.toml,
# which the variable takes the place of.
ENV RUSTFLAGS="--remap-path-prefix=/src=. --remap-path-prefix=/usr/local/cargo=cargo -C link-arg=-Wl,-z,pack-relative-relocs"

# The dependencies alone: this layer changes with Cargo.lock and not with the sources. The manifest names the benches and the examples.
COPY Cargo.toml Cargo.lock ./
COPY benches benches
COPY examples examples
COPY tests/jira/Cargo.toml tests/jira/Cargo.toml
RUN mkdir -p src tests/jira/src \
    && echo 'fn main() {}' >src/main.rs \
    && touch src/lib.rs tests/jira/src/lib.rs \
    && cargo build --release --locked --bin jira-build-status \
    && rm -rf src tests target/release/.fingerprint/jira-build-status-*

COPY . .
# The commit for --version: there is no repository in here.
ARG BUILD_COMMIT=""
RUN BUILD_COMMIT="$BUILD_COMMIT" cargo build --release --locked --bin jira-build-status

# Files get the time of the source, not that of the build: the same source makes the same bytes.
ARG SOURCE_DATE_EPOCH=0
RUN install -D target/release/jira-build-status /out/minimal/usr/local/bin/jira-build-status \
    && install -D -m 0644 /etc/ssl/certs/ca-certificates.crt /out/minimal/etc/ssl/certs/ca-certificates.crt \
    && cp -a /out/minimal /out/shell \
    && install -D /bin/busybox.static /out/shell/bin/busybox \
    && for applet in $(/bin/busybox.static --list); do [ -e "/out/shell/bin/$applet" ] || ln -s busybox "/out/shell/bin/$applet"; done \
    && mkdir -m 1777 /out/shell/tmp \
    && find /out -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

FROM scratch AS shell
COPY --from=build /out/shell/ /
# Not root: 1001 is also the user of GitHub's hosted runners, whose files an action may then write.
USER 1001:1001
ENV PATH=/usr/local/bin:/bin
ARG VERSION=0.1.0
ARG REVISION=""
LABEL org.opencontainers.image.title="jira-build-status" \
      org.opencontainers.image.description="Writes a build's result into a Jira field; with a shell" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
ENTRYPOINT ["jira-build-status"]

FROM scratch AS minimal
COPY --from=build /out/minimal/ /
USER 1001:1001
ENV PATH=/usr/local/bin
ARG VERSION=0.1.0
ARG REVISION=""
LABEL org.opencontainers.image.title="jira-build-status" \
      org.opencontainers.image.description="Writes a build's result into a Jira field" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
ENTRYPOINT ["jira-build-status"]
