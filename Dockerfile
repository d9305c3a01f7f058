# Postern in a container: the package as `npm pack` makes it, and what it needs to run.

FROM node:24-slim AS packed
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json README.md LICENSE CHANGELOG.md ./
COPY src src
COPY tools tools
COPY examples examples
COPY test/pack test/pack
RUN npm pack && tar -xzf postern-*.tgz

FROM node:24-slim AS needed
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:24-slim
# The first process of a container has to bury what others leave behind, the embedded PostgreSQL for one, and Node does not.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends tini \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/postern
COPY --from=needed /build/node_modules node_modules
COPY --from=packed /build/package .
# The data folder is /var/lib/postern; POSTERN_HOME is left for whoever runs this, since it contradicts DATABASE_URL.
RUN ln -s /opt/postern/src/cli/postern.mjs /usr/local/bin/postern \
  && chmod 755 /opt/postern/src/cli/postern.mjs \
  && install --directory --owner=node --group=node --mode=700 /var/lib/postern
ENV NODE_ENV=production \
  XDG_DATA_HOME=/var/lib \
  POSTERN_HOST=0.0.0.0 \
  POSTERN_PORT=8410
USER node
VOLUME /var/lib/postern
EXPOSE 8410
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.POSTERN_PORT + '/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--", "postern"]
CMD ["start"]
