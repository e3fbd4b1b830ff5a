# Python 3.13.15 on Debian trixie.
FROM python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b AS build
WORKDIR /src
COPY LICENSE README.md pyproject.toml ./
COPY deploy deploy
COPY mockserver mockserver
COPY spec spec
COPY scenarios scenarios
# Every package has a hash in a lock file; pip downloads nothing else.
RUN python -m venv /opt/build && /opt/build/bin/pip install --no-cache-dir --require-hashes -r deploy/build-requirements.txt
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /opt/wheels .
RUN python -m venv /opt/mockserver
RUN /opt/mockserver/bin/pip install --no-cache-dir --require-hashes -r deploy/requirements.txt
RUN /opt/mockserver/bin/pip install --no-cache-dir --no-deps --no-index /opt/wheels/*.whl && /opt/mockserver/bin/pip check
# Move the bundled files to folders that a volume can replace. The links keep them in their original place.
RUN cd /opt/mockserver/lib/python3*/site-packages/mockserver/_bundled && mv spec scenarios / && ln -s /spec /scenarios .

FROM python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b
COPY --from=build /opt/mockserver /opt/mockserver
COPY --from=build /spec /spec
COPY --from=build /scenarios /scenarios
# 0.0.0.0 is inside the container; `docker run --publish` decides who can reach it from outside.
ENV PATH=/opt/mockserver/bin:$PATH PYTHONUNBUFFERED=1 MOCKSERVER_HOST=0.0.0.0
# A number, because runAsNonRoot of Kubernetes cannot check a name.
USER 65532:65532
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=3s --timeout=3s --start-period=10s CMD ["mockserver", "health"]
ENTRYPOINT ["mockserver"]
