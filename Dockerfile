# A runner for .github/workflows/sweep-gpu.yml: GitHub's runner agent, Node, and the tensorflow engine with CUDA, built
# once. One container serves one job and is gone.
#
#   docker build -t ticketbench-gpu .
#   config=$(gh api -X POST "repos/OWNER/REPOSITORY/actions/runners/generate-jitconfig" -f name="gpu-$RANDOM" \
#     -F runner_group_id=1 -f "labels[]=self-hosted" -f "labels[]=gpu" -f "labels[]=ephemeral" --jq .encoded_jit_config)
#   docker run --rm --gpus all --memory 64g --pids-limit 4096 --security-opt no-new-privileges -e CONFIG="$config" ticketbench-gpu
#
# The host needs NVIDIA's driver (525 or later, for CUDA 12) and its container toolkit; CUDA's libraries come with the
# engine. Give the container no folder of the host, no Docker socket and no network but GitHub and the package registries:
# what it runs was labelled by a maintainer, and is a stranger's code all the same.

# What it stands on can be another image: a mirror's copy, or a plain Debian with a user 1001 whose home is /home/runner.
ARG NODE=node:24.18.0-bookworm-slim
ARG RUNNER=ghcr.io/actions/actions-runner:2.337.0

FROM ${NODE} AS node

FROM ${RUNNER}
SHELL ["/bin/bash", "-o", "pipefail", "-c"]

# python3 and pip fetch TensorFlow's wheel, g++ compiles the binding, git is what checkout needs.
USER 0
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates g++ git make python3 python3-pip \
  && rm -rf /var/lib/apt/lists/*

# Node with npm, and its headers, which the binding is compiled against.
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/include/node /usr/local/include/node
COPY --from=node /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
  && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx

# The engine: tfjs-node from npm, TensorFlow and CUDA from PyPI (each held to the checksum in tools/tensorflow/pins.ts),
# the binding between them, and a training step as its test. Jobs find it through TICKETBENCH_ENGINES.
# --build-arg ENGINE= leaves CUDA out, to try the image on a machine without a GPU.
ARG ENGINE=--gpu
ENV TICKETBENCH_ENGINES=/opt/ticketbench/engines
WORKDIR /opt/ticketbench/source
COPY . .
RUN npm run engine:tensorflow -- ${ENGINE:+"$ENGINE"} \
  && rm -rf /opt/ticketbench/source \
  && chmod -R a+rX,go-w /opt/ticketbench

# What NVIDIA's container toolkit brings in from the host: the driver's compute part.
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility

# The image's user "runner".
USER 1001
WORKDIR /home/runner
# A just-in-time configuration is good for one job: the agent registers with it, runs one, and ends.
CMD ["/bin/bash", "-c", "exec ./run.sh --jitconfig \"$CONFIG\""]
