# hyplink with its server, on the CPU, as a user without rights. A run is mounted, and may be read-only:
#
#   docker build -t hyplink .
#   docker run --rm --read-only --tmpfs /tmp -p 127.0.0.1:8000:8000 -v "$PWD/runs/my:/run/my:ro" hyplink serve /run/my --host 0.0.0.0
#
# In the container the server listens on all addresses; `-p 127.0.0.1:8000:8000` keeps it on the host. Reached by another
# name than localhost or an address, it needs `--allow-host NAME`. To keep decisions, mount the run's parent folder
# read-write: they are written beside the run.
FROM python:3.12-slim AS build
RUN apt-get update && apt-get install --yes --no-install-recommends g++ && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY pyproject.toml README.md LICENSE constraints.txt ./
COPY hyplink hyplink
# The index of PyTorch's wheels for the CPU; without it the wheels for GPUs are installed, which are several times larger.
ARG TORCH_INDEX=
RUN python -m venv /opt/hyplink \
    && /opt/hyplink/bin/pip install --no-cache-dir ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} torch \
    && /opt/hyplink/bin/pip install --no-cache-dir '.[server]'

FROM python:3.12-slim
COPY --from=build /opt/hyplink /opt/hyplink
ENV PATH=/opt/hyplink/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 NUMBA_CACHE_DIR=/tmp/numba HOME=/tmp
RUN useradd --system --no-create-home --uid 10001 hyplink
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
ENTRYPOINT ["hyplink"]
CMD ["serve", "/run/my", "--host", "0.0.0.0"]
