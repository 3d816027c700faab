# burnd in a container. README.md, "Docker", says how it is run.

FROM swift:6.3-bookworm AS build
# Where the sources are while they are compiled.
ARG source=/src
WORKDIR $source
# The list of packages is the one that script/demo uses; it changes rarely, so it makes a layer of its own.
COPY script/lib/messages.sh script/lib/packages.sh script/lib/
RUN bash -c 'set -euo pipefail; . script/lib/messages.sh; . script/lib/packages.sh; install_packages build'
COPY . .
# The same build as that of the scripts: the Swift runtime goes into the programs, since the image below has none.
RUN bash -c 'set -euo pipefail; . script/lib/messages.sh; . script/lib/station.sh; build_burnd' \
 && mkdir /out \
 && cp .build/release/burnd .build/release/burnd-decode /out/ \
 && strip /out/*

FROM debian:12-slim
# The libraries whose -dev packages the build used, and curl for the health check.
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      curl libavcodec59 libavformat59 libavutil57 libmicrohttpd12 libseccomp2 libsqlite3-0 libssl3 libstdc++6 \
      libswresample4 libsystemd0 libudev1 \
 && rm -rf /var/lib/apt/lists/*
# Group cdrom owns the recorders, on the host as in here: Debian gives it the number 24 everywhere.
RUN useradd --system --uid 900 --groups cdrom --home-dir /data --shell /usr/sbin/nologin burnd \
 && install -d -o burnd -g burnd /data
COPY --from=build /out/burnd /out/burnd-decode /usr/bin/
COPY public /usr/share/burnd/public
COPY openapi.yaml /usr/share/burnd/openapi.yaml
USER burnd
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
    CMD ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8080/healthz"]
ENTRYPOINT ["burnd", "serve", "--listen", "0.0.0.0:8080", "--data", "/data", "--public", "/usr/share/burnd/public"]
# What `docker run` says after the image's name follows; without that, it takes in the recorders that it can see.
