# syntax=docker/dockerfile:1
# Two images: `--target api` (no TensorFlow) and `--target worker` (TensorFlow and bubblewrap).
FROM node:22-bookworm-slim AS build
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates g++ python3-pip \
  && rm -rf /var/lib/apt/lists/*
ENV EPOCHAL_CACHE_DIR=/opt/epochal
WORKDIR /epochal
COPY . .
RUN --mount=type=cache,target=/root/.npm node scripts/setup.mjs

# What each image needs at run time; the compiled code stays where the build left it.
FROM build AS api-files
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --ignore-scripts --workspace @epochal/api

FROM build AS worker-files
RUN --mount=type=cache,target=/root/.npm \
  npm ci --omit=dev --ignore-scripts --workspace @epochal/worker --workspace @epochal/trainer \
  && node libs/tensorflow/install/install.mjs

FROM node:22-bookworm-slim AS runtime
ENV NODE_ENV=production DATA_DIR=/data
RUN mkdir /data && chown node:node /data
VOLUME /data
WORKDIR /epochal

FROM runtime AS api
ENV HOST=0.0.0.0 PORT=8000
COPY --from=api-files /epochal ./
USER node
EXPOSE 8000
CMD ["node", "--enable-source-maps", "apps/api/dist/main.js"]

FROM runtime AS worker
RUN apt-get update \
  && apt-get install --yes --no-install-recommends bubblewrap \
  && rm -rf /var/lib/apt/lists/*
ENV EPOCHAL_CACHE_DIR=/opt/epochal
COPY --from=build /opt/epochal/tensorflow /opt/epochal/tensorflow
COPY --from=worker-files /epochal ./
USER node
CMD ["node", "--enable-source-maps", "apps/worker/dist/main.js"]
