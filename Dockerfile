# Python 3.13.15 on Debian trixie.
FROM python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b AS build
# The package index. Without this argument, pip uses its default.
ARG PIP_INDEX_URL
WORKDIR /src
COPY deploy deploy
# Every package has a hash in a lock file; pip downloads nothing else.
RUN python3 -m venv /opt/build && /opt/build/bin/pip install --no-cache-dir --require-hashes -r deploy/build-requirements.txt
RUN python3 -m venv --without-pip /opt/mockserver
RUN /opt/build/bin/pip --python /opt/mockserver/bin/python install --no-cache-dir --no-compile --require-hashes -r deploy/requirements.txt
# Remove Faker's texts in other languages. The mock uses en_US, and Faker takes from en_GB what en_US does not have.
RUN find /opt/mockserver -path '*/faker/providers/*' -type d -name '??_*' ! -name 'en_??' -prune -exec rm -r {} +
COPY LICENSE README.md pyproject.toml ./
COPY mockserver mockserver
COPY spec spec
COPY scenarios scenarios
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /opt/wheels .
RUN /opt/build/bin/pip --python /opt/mockserver/bin/python install --no-cache-dir --no-compile --no-deps --no-index /opt/wheels/*.whl
RUN /opt/build/bin/pip --python /opt/mockserver/bin/python check
# Move the bundled files to folders that a volume can replace. The links keep them in their original place.
RUN cd /opt/mockserver/lib/python3*/site-packages/mockserver/_bundled && mv spec scenarios / && ln -s /spec /scenarios .
# The file system is read-only, so Python cannot write bytecode when it runs.
RUN /opt/mockserver/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/mockserver/lib
# Python, a shell and the libraries they need: the final image has nothing else of the base image.
RUN python3 deploy/system.py /system /opt/mockserver

FROM scratch
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Wingback mock server" \
      org.opencontainers.image.description="A mock of Wingback's \"create payment session\" API that is true to its OpenAPI contract." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
COPY --from=build /system /
COPY --from=build /opt/mockserver /opt/mockserver
COPY --from=build /spec /spec
COPY --from=build /scenarios /scenarios
# The mock listens on all addresses of the container. `docker run --publish` decides who can reach it from outside.
ENV PATH=/opt/mockserver/bin:/usr/local/bin:/usr/bin:/bin PYTHONUNBUFFERED=1 MOCKSERVER_HOST=0.0.0.0
# A number, because runAsNonRoot of Kubernetes cannot check a name.
USER 65532:65532
EXPOSE 8080
STOPSIGNAL SIGTERM
# No start period: with one, Docker makes the first check after five seconds, unless a flag changes that.
HEALTHCHECK --interval=2s --timeout=3s --retries=5 CMD ["mockserver", "health"]
ENTRYPOINT ["mockserver"]
