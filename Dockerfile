FROM python:3.13-slim AS build
WORKDIR /src
COPY LICENSE README.md pyproject.toml ./
COPY mockserver mockserver
COPY spec spec
COPY scenarios scenarios
RUN python -m venv /opt/mockserver
RUN /opt/mockserver/bin/pip install --no-cache-dir '.[compression,reload]'
# Move the bundled files to folders that a volume can replace. The links keep them in their original place.
RUN cd /opt/mockserver/lib/python3*/site-packages/mockserver/_bundled && mv spec scenarios / && ln -s /spec /scenarios .

FROM python:3.13-slim
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
