# The emulator as a container.
#
#   docker build -t cognito-emulator .
#   docker run --rm -p 127.0.0.1:9229:9229 cognito-emulator
#
# A seed: a file in /etc/cognito-emulator/seeds.d (-v ./seeds:/etc/cognito-emulator/seeds.d:ro), or its path or its text in
# COGNITO_EMULATOR_SEED, or POST /_emulator/seed once it runs. Settings: COGNITO_EMULATOR_… variables, or flags after the
# image's name.
#
# Size, compressed (tests/test_docker.py measures the second line and keeps the sum below 150 MB):
#   python:3.12-slim               45 MB   its layers for amd64, as the registry lists them
#   /opt/cognito-emulator          27 MB   virtual environment without pip, botocore with two services' data
#   sum                            72 MB
# botocore with the data of all its services would add 15 MB to the second line.

FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY emulator ./emulator
# Without pip inside; compiled to byte code, which the user of the image could not write.
RUN python -m venv --without-pip /opt/cognito-emulator \
    && pip --python /opt/cognito-emulator/bin/python install --no-cache-dir --compile '.[guide,imports,passkeys,saml,speed]'
# Only the models of the two services are read; botocore brings those of four hundred.
RUN find /opt/cognito-emulator/lib/python3*/site-packages/botocore/data -mindepth 1 -maxdepth 1 -type d \
    ! -name cognito-idp ! -name cognito-identity -exec rm -r {} +

FROM python:3.12-slim
LABEL org.opencontainers.image.title="cognito-emulator" \
    org.opencontainers.image.description="A local Amazon Cognito that developers and test suites can trust." \
    org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/cognito-emulator /opt/cognito-emulator
# What outlives a container lies below /data: certificates of --tls, and with --data /data everything else. The ready file
# tells the health check the port; /dev/shm can be written in read-only containers too, and is empty after a restart.
ENV PATH=/opt/cognito-emulator/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    COGNITO_EMULATOR_HOST=0.0.0.0 \
    COGNITO_EMULATOR_TLS_DIR=/data/tls \
    COGNITO_EMULATOR_SEEDS_DIR=/etc/cognito-emulator/seeds.d \
    COGNITO_EMULATOR_READY_FILE=/dev/shm/cognito-emulator.json
# It belongs to the user below. As in /tmp, another one (--user, or OpenShift's) can write there too.
RUN install -d -o 10001 -g 10001 -m 1777 /data
VOLUME /data
EXPOSE 9229 9230
# No name is needed for a user who owns nothing else; a number satisfies Kubernetes' runAsNonRoot.
USER 10001:10001
# Healthy means that the seed is loaded. --start-interval needs Docker 25: half a second after that it is known.
HEALTHCHECK --interval=5s --timeout=3s --start-period=3s --start-interval=500ms --retries=3 \
    CMD ["cognito-emulator", "health"]
# Exec form: SIGTERM reaches the emulator, which handles it itself (as process 1 it must) and ends within a second.
ENTRYPOINT ["cognito-emulator"]
