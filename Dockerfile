# The help desk in one image: `serve` runs web, channels, clocks and deliveries together.
#
#   docker build --tag helpdesk .
#
# It needs a volume at /var/lib/helpdesk and a master key; compose.yaml shows both, with PostgreSQL.

FROM python:3.12-slim AS build

ENV PYTHONDONTWRITEBYTECODE=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore \
    UV_NO_CACHE=1

WORKDIR /build
COPY requirements-uv.lock requirements.lock ./
# Wheels only, each checked against its hash: no compiler, and nothing that the lock file does not name.
RUN python -m venv uv \
    && uv/bin/python -m pip install --no-cache-dir --quiet --only-binary :all: --require-hashes \
        --requirement requirements-uv.lock \
    && uv/bin/uv venv --quiet --python "$(command -v python3.12)" /opt/helpdesk \
    && uv/bin/uv pip sync --quiet --python /opt/helpdesk/bin/python --compile-bytecode \
        --only-binary :all: --require-hashes requirements.lock

# The three packages go where an installation would put them; a change in them rebuilds from here only.
WORKDIR /opt/helpdesk/lib/python3.12/site-packages
COPY bot bot
COPY knowledge_base knowledge_base
COPY escalation escalation
RUN printf '%s\n' '#!/opt/helpdesk/bin/python' 'from bot.cli import main' '' 'main()' \
        > /opt/helpdesk/bin/helpdesk \
    && chmod 755 /opt/helpdesk/bin/helpdesk \
    && /opt/helpdesk/bin/python -m compileall -q bot knowledge_base escalation


FROM python:3.12-slim

# pip has no work here, and what is not there can't be misused.
RUN python -m pip uninstall --yes --quiet --root-user-action=ignore pip \
    && groupadd --gid 10001 helpdesk \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/helpdesk \
        --shell /usr/sbin/nologin helpdesk \
    && install --directory --owner=10001 --group=10001 --mode=0700 /var/lib/helpdesk

COPY --from=build /opt/helpdesk /opt/helpdesk
COPY LICENSE /usr/share/doc/helpdesk/LICENSE

# Nothing is written outside the volume and /tmp, so the root file system may be read-only.
ENV PATH=/opt/helpdesk/bin:$PATH \
    OPENBLAS_NUM_THREADS=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONSAFEPATH=1 \
    HELPDESK_DATA_DIR=/var/lib/helpdesk \
    HELPDESK_LOG_FORMAT=json

USER 10001:10001
WORKDIR /var/lib/helpdesk
VOLUME ["/var/lib/helpdesk"]
EXPOSE 8000

HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import http.client, os, sys; desk = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('HELPDESK_PORT') or 8000), timeout=4); desk.request('GET', '/healthz'); sys.exit(desk.getresponse().status != 200)"]

CMD ["helpdesk", "serve", "--host", "0.0.0.0"]
